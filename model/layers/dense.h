/* A layer without recurrence: y = W x + b, or tanh of it. */
#ifndef DENSE_H
#define DENSE_H

#include "model/shape/parameters.h"

struct dense {
    int64_t weight, bias; // places: (out, in), (out)
    int out, in;
    int tanh;
};
/* Adds PREFIX.WEIGHT and PREFIX.BIAS. */
void dense_init(struct dense *dense, struct parameters *parameters, const char *prefix,
                const char *weight, const char *bias, int out, int in, int tanh);

/* x (rows, in), y (rows, out). */
void dense_forward(const struct dense *dense, const real *block, int64_t rows, const real *x,
                   real *y);
/* dy (rows, out) becomes the gradient before tanh; adds to the parameters'. dx (rows, in) = [dx +]
 * the gradient of x; it may be NULL. */
void dense_backward(const struct dense *dense, const real *block, real *gradient, int64_t rows,
                    const real *x, const real *y, real *dy, int add, real *dx);

/* Multiply-adds of a row in forward. */
int64_t dense_cost(const struct dense *dense);

#endif
