/* The readout: what the output layer sees of a step (the deep output of Bahdanau et al. 2015, the
 * attentional state of Luong et al. 2015):
 *     r = tanh(W [h; E y; c] + b)   attention on the previous state; without it there is no c
 *     r = tanh(W [h; c])            attention on the current state
 * W's columns stand for what it reads, one block each, so nothing is copied side by side. */
#ifndef READOUT_H
#define READOUT_H

#include "model/parameters.h"
#include "model/shape.h"

struct readout {
    int H, E, M, R;       // widths of h, E y and c (0 where it is not read), r
    int64_t weight, bias; // places: (R, H + E + M), (R) or PLACE_NONE
};
void readout_init(struct readout *readout, const struct shape *shape,
                  struct parameters *parameters);

/* What is read: h (rows, H); x (rows, E), the embedded symbol; c (rows, M), rows ldc apart. */
struct readout_input {
    const real *h, *x, *c;
    int ldc;
};

/* r (rows, R). */
void readout_forward(const struct readout *readout, const real *block, int64_t rows,
                     const struct readout_input *input, real *r);
/* Turns dr into the gradient before tanh; writes dh (rows, H) and, if c is read, dc (rows, M). */
void readout_backward(const struct readout *readout, const real *block, int64_t rows, const real *r,
                      real *dr, real *dh, real *dc);
/* After all steps, from what readout_backward left in dr: adds the parameters' gradients and to dx
 * (rows, E). */
void readout_finish(const struct readout *readout, const real *block, real *gradient, int64_t rows,
                    const struct readout_input *input, const real *dr, real *dx);

/* Multiply-adds of a row in forward. */
int64_t readout_cost(const struct readout *readout);

#endif
