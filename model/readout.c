#include "model/readout.h"
#include "model/place.h"
#include "model/product.h"
#include "model/rows.h"
#include <stddef.h>

static int width(const struct readout *readout)
{
    return readout->H + readout->E + readout->M;
}

void readout_init(struct readout *readout, const struct shape *shape, struct parameters *parameters)
{
    int attends = shape->context_use == CONTEXT_USE_ATTENTION;
    int current = attends && shape->attention_state == ATTENTION_CURRENT;
    *readout = (struct readout){
        .H = shape->hidden,
        .E = current ? 0 : shape->embedding,
        .M = attends ? shape_memory_width(shape) : 0,
        .R = shape->readout,
        .bias = PLACE_NONE,
    };
    readout->weight =
        place_add(parameters, "readout", "weight", readout->R, width(readout), 1, INITIAL_GLOROT);
    if (!current)
        readout->bias = place_add(parameters, "readout", "bias", readout->R, 0, 1, INITIAL_ZERO);
}

void readout_forward(const struct readout *readout, const real *block, int64_t rows,
                     const struct readout_input *input, real *r)
{
    int H = readout->H, E = readout->E, M = readout->M, R = readout->R, ld = width(readout);
    const real *W = block + readout->weight;
    product(PRODUCT_NT, (int)rows, R, H, input->h, H, W, ld, 0, r, R);
    if (E)
        product(PRODUCT_NT, (int)rows, R, E, input->x, E, W + H, ld, 1, r, R);
    if (M)
        product(PRODUCT_NT, (int)rows, R, M, input->c, input->ldc, W + H + E, ld, 1, r, R);
    rows_tanh(rows, R, readout->bias == PLACE_NONE ? NULL : block + readout->bias, r);
}

void readout_backward(const struct readout *readout, const real *block, int64_t rows, const real *r,
                      real *dr, real *dh, real *dc)
{
    int H = readout->H, E = readout->E, M = readout->M, R = readout->R, ld = width(readout);
    const real *W = block + readout->weight;
    rows_tanh_backward(rows, R, r, dr);
    product(PRODUCT_NN, (int)rows, H, R, dr, R, W, ld, 0, dh, H);
    if (M)
        product(PRODUCT_NN, (int)rows, M, R, dr, R, W + H + E, ld, 0, dc, M);
}

void readout_finish(const struct readout *readout, const real *block, real *gradient, int64_t rows,
                    const struct readout_input *input, const real *dr, real *dx)
{
    int H = readout->H, E = readout->E, M = readout->M, R = readout->R, ld = width(readout);
    const real *W = block + readout->weight;
    real *dW = gradient + readout->weight;
    product(PRODUCT_TN, R, H, (int)rows, dr, R, input->h, H, 1, dW, ld);
    if (E) {
        product(PRODUCT_TN, R, E, (int)rows, dr, R, input->x, E, 1, dW + H, ld);
        product(PRODUCT_NN, (int)rows, E, R, dr, R, W + H, ld, 1, dx, E);
    }
    if (M)
        product(PRODUCT_TN, R, M, (int)rows, dr, R, input->c, input->ldc, 1, dW + H + E, ld);
    if (readout->bias != PLACE_NONE)
        rows_sum(rows, R, dr, gradient + readout->bias);
}

int64_t readout_cost(const struct readout *readout)
{
    return (int64_t)readout->R * width(readout);
}
