/* Rows of a matrix (V, E) chosen by symbols. */
#ifndef EMBEDDING_H
#define EMBEDDING_H

#include "model/real.h"
#include <stdint.h>

/* y (count, E) = rows of `weights` (V, E). */
void embedding_forward(const real *weights, int E, const int32_t *symbols, int64_t count, real *y);
/* dweights[symbol] += dy, in the order of positions for each symbol, for any number of threads. */
void embedding_backward(real *dweights, int V, int E, const int32_t *symbols, int64_t count,
                        const real *dy);

#endif
