/* Inverted dropout (Srivastava et al. 2014; scaled at training time): an element is zero with
 * probability `rate`, else divided by 1 - rate. The mask is a function of the key and the element's
 * position, so backward makes it again instead of keeping it. rate 0 does nothing.
 * The random numbers are Philox's (comm/base/random_group.h), keyed by the seed, the update, the
 * lane (trainer/run/update.c) and a purpose for each place of the model (random.h). mask(key, p):
 * of each 64 positions in a row, the 16 w + l th takes word w of their l-th block. */
#ifndef DROPOUT_H
#define DROPOUT_H

#include "comm/base/random.h"
#include "model/product/real.h"
#include <stdbool.h>
#include <stddef.h>

/* x[i] *= mask(key, first + i); the same call with the gradient is backward. */
void dropout(const struct random_key *key, double rate, uint64_t first, real *x, size_t count);

/* x: the rows [row[0], row[steps]) of `width`, of which step s has [row[s], row[s + 1]), starting
 * with row[0]. Row r, unit j takes the mask of first + r width + j; if `alike`, the b-th row of any
 * step that of first + b width + j: one mask for all steps (variational dropout, Gal & Ghahramani
 * 2016). */
void dropout_steps(const struct random_key *key, double rate, bool alike, uint64_t first, int steps,
                   const int64_t *row, int width, real *x);

#endif
