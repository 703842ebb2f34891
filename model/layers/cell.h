/* The recurrent cells: a table with one row for each kind, in the order of enum cell_kind. A cell
 * is the part of a step that no product does: what happens to one sentence's gates once W x + U h
 * is known. Its G gates have H units each; the recurrent parts of the last `apart` of them are not
 * added to W x but handed over by themselves (GRU's new gate multiplies its own by r first). A new
 * cell is a file with these two functions and a row in cell.c. */
#ifndef CELL_H
#define CELL_H

#include "model/shape/parameters.h"
#include "model/shape/shape.h"

/* One sentence at one step. G gates, P of them apart; joined means the G - P others. */
struct cell_row {
    int H;
    const real *bias;       // (G H), added to W x
    const real *apart_bias; // (P H), added to U h of the gates apart
    real *gates;            // (G H) forward: in W x (+ U h where joined), out what backward needs;
                            //       backward: out the gradient of W x
    real *apart; // (P H) forward: in U h, out what backward needs; backward: out its gradient
    const real *h_before; // (H)
    const real *c_before; // (H), only of cells with memory, as c and dc
    real *h, *c;          // (H) forward: out
    // layer normalisation of c (model/layers/layer_norm.h), NULL without it:
    const real *memory_gain, *memory_bias; // (H)
    real *memory_normal;                   // (H) out: N(c)
    real *dmemory_normal, *dmemory;        // (H) backward: out the gradient of g_c N(c); work
    real *dh, *dc; // (H) backward: in the gradient of h and c; out that of h_before (without what
                   //     comes through U) and c_before
};

struct cell {
    int gates, apart;
    int memory; // has a c beside h
    enum initial bias;
    void (*forward)(const struct cell_row *row);
    void (*backward)(const struct cell_row *row);
};

const struct cell *cell_of(enum cell_kind kind);

/* Hochreiter & Schmidhuber 1997 with the forget gate of Gers et al. 2000; gates i, f, g, o. */
void lstm_forward(const struct cell_row *row);
void lstm_backward(const struct cell_row *row);

/* Cho et al. 2014 with the reset gate after the recurrent product, as PyTorch has it; gates r, z,
 * n, of which n apart. */
void gru_forward(const struct cell_row *row);
void gru_backward(const struct cell_row *row);

/* Elman 1990: one gate, which is h. */
void rnn_forward(const struct cell_row *row);
void rnn_backward(const struct cell_row *row);

#endif
