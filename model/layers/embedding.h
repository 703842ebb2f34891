/* Rows of a matrix (V, E) chosen by symbols. */
#ifndef EMBEDDING_H
#define EMBEDDING_H

#include "model/product/real.h"
#include <stdint.h>

/* y (count, E), rows ldy apart = rows of `weights` (V, E); the symbols stand `stride` apart. */
void embedding_forward(const real *weights, int E, const int32_t *symbols, int stride,
                       int64_t count, real *y, int ldy);
/* dweights[symbol] += dy (count, E), rows lddy apart, in the order of positions for each symbol,
 * for any number of threads. */
void embedding_backward(real *dweights, int E, const int32_t *symbols, int stride, int64_t count,
                        const real *dy, int lddy);

#endif
