/* exp, tanh and the logistic function over rows of numbers. In single precision our own,
 * vectorised, the same bits on every processor (libm chooses by processor), within 4 units in the
 * last place (of all floats the farthest is 0.990, 1.330 and 2.402 units off); a NaN stays one. In
 * double precision libm's. */
#ifndef ACTIVATION_H
#define ACTIVATION_H

#include "model/product/real.h"
#include <stddef.h>

void activation_exp(const real *x, real *y, size_t count);
void activation_tanh(const real *x, real *y, size_t count);
void activation_logistic(const real *x, real *y, size_t count);

/* dx = dy (1 - y^2), y = tanh(x); dx may be dy. */
void activation_tanh_backward(const real *y, const real *dy, real *dx, size_t count);

#endif
