/* y_i = exp(x_i) / sum_k exp(x_k), of scores over a sentence's states. */
#ifndef SOFTMAX_H
#define SOFTMAX_H

#include "model/product/real.h"

/* y = softmax(x) over count numbers; survives +-1e4; y may be x. */
void softmax(const real *x, real *y, int count);
/* dx_i = y_i (dy_i - sum_k y_k dy_k), in place of dy. */
void softmax_backward(const real *y, real *dy, int count);

#endif
