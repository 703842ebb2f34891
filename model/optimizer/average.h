/* An exponential moving average of the weights (Polyak & Juditsky 1992), which forgets its start as
 * TensorFlow's and Marian's do: a += (1 - d)(w - a), d = min(decay, (1 + step) / (10 + step)).
 * Element-wise: the result for an element does not depend on how the block is cut into parts. */
#ifndef AVERAGE_H
#define AVERAGE_H

#include "model/product/real.h"
#include <stdint.h>

/* average and weights: `count` reals of the part, the weights as the step left them. step counts
 * from 1: as optimizer_step's. */
void average_step(double decay, int64_t step, int64_t count, real *average, const real *weights);

#endif
