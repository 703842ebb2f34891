/* Inverted dropout (Srivastava et al. 2014; scaled at training time): an element is zero with
 * probability `rate`, else divided by 1 - rate. The mask is a function of the key and the element's
 * position, so backward makes it again instead of keeping it. rate 0 does nothing. */
#ifndef DROPOUT_H
#define DROPOUT_H

#include "comm/base/random.h"
#include "model/real.h"
#include <stddef.h>

/* x[i] *= mask(key, first + i); the same call with the gradient is backward. */
void dropout(const struct random_key *key, double rate, uint64_t first, real *x, size_t count);

#endif
