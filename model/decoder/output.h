/* The output layer: softmax(V r + b), its loss and gradient, in chunks of rows that stay in cache,
 * so that memory never holds positions x vocabulary. Rows are the non-padding positions only. Label
 * smoothing e: the target's share is 1 - e + e / V, every other symbol's e / V (Szegedy et al.
 * 2016). */
#ifndef OUTPUT_H
#define OUTPUT_H

#include "comm/base/memory.h"
#include "model/product/packed.h"
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
/* The following of one row; logits (V) are without b. */
struct likely {
    int32_t symbol;
    real value; // logit + b
};
/* The likeliest symbols from `first` on, largest value first, of equal ones the lower first. They
 * go in among `count` lower symbols that are already there, up to `most`; returns how many there
 * are. What is no number, or minus infinite, is left out; where one is no number, so may others
 * be. */
int output_likeliest(const struct output *output, const real *logits, int first, int most,
                     struct likely *likely, int count);
/* log sum_j exp(logit_j + b_j): a value less that is the symbol's log-probability, as in
 * output_loss. The logits are overwritten. */
double output_log_sum(const struct output *output, real *logits);
/* Draws a symbol from softmax((logits + b) / temperature) over those from `first` on, by a uniform
 * number in [0, 1); temperature > 0. `first` where none is a number. */
int output_draw(const struct output *output, const real *logits, int first, double temperature,
                double uniform);

#endif
