/* The step between two layers of a pyramidal encoder (Chan et al. 2016): the upper one reads the
 * lower one's states in pairs, side by side, so it has half the steps. The last state of an odd
 * number is joined with zeros. Sentences of n states go on with (n + 1) / 2. */
#ifndef PYRAMID_H
#define PYRAMID_H

#include "comm/base/memory.h"
#include "model/layers/recurrent.h"

/* The steps of the pairs of these. */
struct steps pyramid_steps(const struct steps *below, struct arena *arena);
/* x (N', 2 M) from h (N, M), packed by `steps`, which are pyramid_steps of `below`, and by that. */
void pyramid_join(const struct steps *below, const struct steps *steps, int M, const real *h,
                  real *x);
/* dh (N, M) = the gradient of h, from dx (N', 2 M). */
void pyramid_split(const struct steps *below, const struct steps *steps, int M, const real *dx,
                   real *dh);

#endif
