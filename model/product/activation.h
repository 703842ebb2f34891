/* tanh over rows of numbers, and its way back. As exp and the logistic function beside it (vector.h)
 * it is our own in single precision: vectorised, the same bits on every processor (libm chooses by
 * processor), within 4 units in the last place (of all floats the farthest is 0.990 for exp, 1.330
 * for tanh, 2.402 units off for the logistic function); a NaN stays one. In double libm's. */
#ifndef ACTIVATION_H
#define ACTIVATION_H

#include "model/product/real.h"
#include <stddef.h>

void activation_tanh(const real *x, real *y, size_t count);

/* dx = dy (1 - y^2), y = tanh(x); dx may be dy. */
void activation_tanh_backward(const real *y, const real *dy, real *dx, size_t count);

#endif
