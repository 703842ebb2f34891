/* How the encoder hands over the context: the first states of the decoder's layers. A table with
 * one row for each kind, in the order of enum context_kind; a new one is two functions and a row
 * in context.c.
 *     last     h_l, c_l = the encoder's final h and c of layer l
 *     affine   h_l = tanh(W_l v + b_l), c_l = 0, v = final h of the top layer
 *     mean     the same with v = mean of the sentence's states in the memory bank */
#ifndef CONTEXT_H
#define CONTEXT_H

#include "model/encoder.h"

struct context {
    const struct context_row *row;
    int layers, H, M;
    int memory;                                       // the decoder's cell has a c
    int64_t weight[SHAPE_LAYERS], bias[SHAPE_LAYERS]; // places: (H, M), (H); affine and mean
};
void context_init(struct context *context, const struct shape *shape,
                  struct parameters *parameters);

struct context_states {
    int B;
    real *summary; // (B, M): v
    real *h, *c;   // (layers, B, H); c NULL where the cell has none
};

struct context_row {
    const char *name;
    int projected; // through W_l and b_l
    void (*forward)(const struct context *context, const real *block, const struct encoder *encoder,
                    const struct encoder_states *source, struct context_states *states);
    /* dh, dc (layers, B, H); dh is overwritten. */
    void (*backward)(const struct context *context, const real *block, real *gradient,
                     const struct encoder *encoder, struct encoder_states *source,
                     const struct context_states *states, real *dh, const real *dc,
                     struct arena *arena);
};

void context_forward(const struct context *context, const real *block,
                     const struct encoder *encoder, const struct encoder_states *source,
                     struct arena *arena, struct context_states *states);
void context_backward(const struct context *context, const real *block, real *gradient,
                      const struct encoder *encoder, struct encoder_states *source,
                      const struct context_states *states, real *dh, const real *dc,
                      struct arena *arena);

/* Multiply-adds of a sentence in forward. */
int64_t context_cost(const struct context *context);

#endif
