/* The output layer: softmax(V r + b), its loss and gradient, in chunks of rows that stay in cache,
 * so that memory never holds positions x vocabulary. Rows are the non-padding positions only. Label
 * smoothing e: the target's share is 1 - e + e / V, every other symbol's e / V (Szegedy et al.
 * 2016). */
#ifndef OUTPUT_H
#define OUTPUT_H

#include "comm/base/memory.h"
#include "model/packed.h"
#include <stdint.h>

struct output {
    const real *weights; // (V, R)
    const real *bias;    // (V)
    int V, R;
};

/* losses[i] = -log p(target[i] | r[i]) in nats (with smoothing: the cross-entropy to the smoothed
 * target), each computed in double from the row's logits. With dr not NULL: dr (rows, R) = gradient
 * of the sum of losses, and dweights, dbias are added to. */
void output_loss(const struct output *output, const real *r, const int32_t *targets, int64_t rows,
                 double smoothing, double *losses, real *dr, real *dweights, real *dbias,
                 struct arena *arena);

/* For search: logits (rows, V) = r V^T, without b. packed: V as PRODUCT_NT, or NULL. */
void output_logits(const struct output *output, const struct packed *packed, const real *r,
                   int64_t rows, real *logits);
/* The symbol from `first` on whose logit + b is the largest, of equal ones the lowest; logits (V)
 * are without b. Any of them where one is no number. */
int output_likeliest(const struct output *output, const real *logits, int first);

/* log x of 1 <= x < inf, the same bits on every processor. */
double output_logarithm(double x);

/* y = softmax(x) over count numbers; survives +-1e4; y may be x. Attention uses it too. */
void softmax(const real *x, real *y, int count);
/* dx_i = y_i (dy_i - sum_k y_k dy_k), in place of dy. */
void softmax_backward(const real *y, real *dy, int count);

#endif
