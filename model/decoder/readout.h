/* The readout: what the output layer sees of a step (the deep output of Bahdanau et al. 2015, the
 * attentional state of Luong et al. 2015):
 *     r = tanh(W [h; E y; c] + b)   attention before or within the step
 *     r = tanh(W [h; E y; v] + b)   a context v that is joined to every step, or none
 *     r = tanh(W [h; c])            attention on the current state
 *     r = h                         shape->readout 0: there is no layer (R = 0, nothing is called)
 * without E y where feed-previous is off. W's columns stand for what it reads, one block each, so
 * nothing is copied side by side; v's part is taken once for a sentence. */
#ifndef READOUT_H
#define READOUT_H

#include "model/layers/constant.h"
#include "model/product/linear.h"
#include "model/shape/parameters.h"
#include "model/shape/shape.h"

struct readout {
    int H, E, M, R;        // widths of h, E y and c or v (0 where it is not read), r
    int joined;            // it is v
    struct linear h, x, c; // what of W (R, H + E + M) stands for each
    int64_t bias;          // place: (R) or PLACE_NONE
};
void readout_init(struct readout *readout, const struct shape *shape,
                  struct parameters *parameters);

/* What is read: h (rows, H); x (rows, E), the embedded symbol; c (rows, M), rows ldc apart, or v of
 * B sentences, of which the rows are one or more steps. */
struct readout_input {
    const real *h, *x, *c;
    int ldc;
    const struct constant *v;
    int B;
};

/* Where it is applied step by step, as with input feeding: readout_start, and for the way back
 * readout_start_backward. Else states is NULL. */
struct readout_states {
    struct linear_states h, x, c;
};
void readout_start(const struct readout *readout, const real *block, int rows, struct arena *arena,
                   struct readout_states *states);
void readout_start_backward(const struct readout *readout, const real *block, int rows,
                            struct arena *arena, struct readout_states *states);

/* r (rows, R). */
void readout_forward(const struct readout *readout, const real *block,
                     const struct readout_states *states, int64_t rows,
                     const struct readout_input *input, real *r);
/* Turns dr into the gradient before tanh; writes dh (rows, H) and, if c is read, dc (rows, M). What
 * is v's is the caller's. */
void readout_backward(const struct readout *readout, const real *block,
                      const struct readout_states *states, int64_t rows, const real *r, real *dr,
                      real *dh, real *dc);
/* After all steps, from what readout_backward left in dr: adds the parameters' gradients and to dx
 * (rows, E). */
void readout_finish(const struct readout *readout, const real *block, real *gradient, int64_t rows,
                    const struct readout_input *input, const real *dr, real *dx);

/* Multiply-adds of a row in forward. Bytes of the arena that readout_start and its counterpart
 * take. */
int64_t readout_cost(const struct readout *readout);
int64_t readout_memory(const struct readout *readout);

#endif
