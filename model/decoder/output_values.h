/* The output layer of vectors: y = W r + b, and half the squared error, summed over a vector's
 * numbers. Of decoded vectors that end one more output z, a logit, says whether this one is the
 * last: its loss is the cross-entropy of that, -log s(z) or -log(1 - s(z)),
 * s(z) = 1 / (1 + e^-z). */
#ifndef OUTPUT_VALUES_H
#define OUTPUT_VALUES_H

#include "comm/base/memory.h"
#include "model/layers/dense.h"

/* losses[i] in double, of r (rows, R) and targets (rows, D). last (rows), 1 or 0: which are; NULL:
 * there is no z, and the layer has D outputs, else D + 1. With dr not NULL: dr (rows, R) = the
 * gradient of the sum of losses, and those of the parameters are added to. */
void output_values_loss(const struct dense *output, const real *block, const real *r,
                        const real *targets, const int32_t *last, int64_t rows, double *losses,
                        real *dr, real *gradient, struct arena *arena);

#endif
