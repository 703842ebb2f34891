/* A weight W (out, in), some rows or columns of a parameter, applied to rows of numbers: y = x W^T,
 * dx = dy W, dW = dy^T x. One that is applied again and again within a micro-batch (by each step of
 * a recurrence) is first laid out for that (model/product/packed.h): linear_start, and for the way
 * back linear_start_backward; they do nothing for a few rows at a time, where it does not pay. For
 * one that is applied once, to all rows, states is NULL. */
#ifndef LINEAR_H
#define LINEAR_H

#include "model/product/packed.h"

struct linear {
    int64_t place; // in the block
    int out, in;
    int ld; // between rows of W
};
struct linear_states {
    struct packed forward, backward;
};

/* rows: to which it will be applied at a time, at most. */
void linear_start(const struct linear *linear, const real *block, int rows, struct arena *arena,
                  struct linear_states *states);
void linear_start_backward(const struct linear *linear, const real *block, int rows,
                           struct arena *arena, struct linear_states *states);
/* y (rows, out) = [y +] x (rows, in) W^T */
void linear_forward(const struct linear *linear, const real *block,
                    const struct linear_states *states, int64_t rows, const real *x, int ldx,
                    int add, real *y, int ldy);
/* dx (rows, in) = [dx +] dy (rows, out) W */
void linear_backward(const struct linear *linear, const real *block,
                     const struct linear_states *states, int64_t rows, const real *dy, int lddy,
                     int add, real *dx, int lddx);
/* dW += dy^T x */
void linear_finish(const struct linear *linear, real *gradient, int64_t rows, const real *dy,
                   int lddy, const real *x, int ldx);

/* Bytes of the arena that linear_start and linear_start_backward take. */
int64_t linear_memory(const struct linear *linear);

#endif
