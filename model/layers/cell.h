/* The recurrent cells, a row for each of CELLS (model/shape/kinds.h). A cell is the part of a step
 * that no product does: what happens to one sentence's gates once W x + U h is known. Its G gates
 * have H units each; the recurrent parts of the last `apart` of them are not added to W x but
 * handed over by themselves. These may read what the cell makes of h and of the gates before
 * (`reset`). A new cell is a file with these functions and its row. */
#ifndef CELL_H
#define CELL_H

#include "model/shape/parameters.h"
#include "model/shape/shape.h"

/* One sentence at one step. G gates, K of them apart; joined means the G - K others. The functions
 * come in the order reset, forward; backward, reset_backward. */
struct cell_row {
    int H;
    const real *bias;       // (G H), added to W x
    const real *apart_bias; // (K H), added to U h of the gates apart
    real *gates;            // (G H) forward: in W x (+ U h where joined), out what backward needs;
                            //       backward: out the gradient of W x
    real *apart; // (K H) forward: in U h, out what backward needs; backward: out its gradient
    const real *h_before; // (H)
    const real *seen;     // (H): h_before as U h reads it, with dropout
    const real *c_before; // (H), only of cells with memory, as c and dc
    real *h, *c;          // (H) forward: out
    // layer normalisation of c (model/layers/layer_norm.h), NULL without it:
    const real *memory_gain, *memory_bias; // (H)
    real *memory_normal;                   // (H) out: N(c)
    real *dmemory_normal, *dmemory;        // (H) backward: out the gradient of g_c N(c); work
    real *dh, *dc; // (H) backward: in the gradient of h and c; out that of h_before (without what
                   //     comes through U) and c_before
    // only of cells with a reset:
    real *reset;        // (H) reset: out what U of the gates apart reads
    real *work;         // (H) the cell's own, from backward to reset_backward
    const real *dreset; // (H) reset_backward: in the gradient of `reset`
    real *dseen;        // (H) reset_backward: that of `seen` is added to
};

struct cell {
    int gates, apart;
    int memory; // has a c beside h
    enum initial bias;
    void (*forward)(const struct cell_row *row);
    void (*backward)(const struct cell_row *row);
    /* NULL: U of the gates apart reads h_before as the others do, and has a bias of its own. Else
     * the gates joined are known when `reset` is called, and backward leaves to reset_backward what
     * comes to them through `reset`. */
    void (*reset)(const struct cell_row *row);
    void (*reset_backward)(const struct cell_row *row);
};

#define CELL_ROW(kind, name) extern const struct cell cell_##name;
CELLS(CELL_ROW)
#undef CELL_ROW

const struct cell *cell_of(enum cell_kind kind);

#endif
