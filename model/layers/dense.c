#include "model/layers/dense.h"
#include "model/product/product.h"
#include "model/product/rows.h"
#include "model/shape/place.h"
#include <stddef.h>

void dense_init(struct dense *dense, struct parameters *parameters, const char *prefix,
                const char *weight, const char *bias, int out, int in, int tanh)
{
    *dense = (struct dense){.out = out, .in = in, .tanh = tanh};
    dense->weight = place_add(parameters, prefix, weight, out, in, 1, INITIAL_GLOROT);
    dense->bias = place_add(parameters, prefix, bias, out, 0, 1, INITIAL_ZERO);
}

void dense_forward(const struct dense *dense, const real *block, int64_t rows, const real *x,
                   real *y)
{
    int out = dense->out, in = dense->in;
    product(PRODUCT_NT, (int)rows, out, in, x, in, block + dense->weight, in, 0, y, out);
    if (dense->tanh)
        rows_tanh(rows, out, block + dense->bias, y);
    else
        rows_add_bias(rows, out, block + dense->bias, y);
}

void dense_backward(const struct dense *dense, const real *block, real *gradient, int64_t rows,
                    const real *x, const real *y, real *dy, int add, real *dx)
{
    int out = dense->out, in = dense->in;
    if (dense->tanh)
        rows_tanh_backward(rows, out, y, dy);
    product(PRODUCT_TN, out, in, (int)rows, dy, out, x, in, 1, gradient + dense->weight, in);
    rows_sum(rows, out, dy, out, gradient + dense->bias);
    if (dx)
        product(PRODUCT_NN, (int)rows, in, out, dy, out, block + dense->weight, in, add, dx, in);
}

int64_t dense_cost(const struct dense *dense)
{
    return (int64_t)dense->out * dense->in;
}
