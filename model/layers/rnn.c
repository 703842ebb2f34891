#include "model/layers/cell.h"
#include "model/product/vector.h"

/* Elman 1990: one gate, which is h. */

/* h = tanh(W x + U h_before + b) */
VECTOR_CLONES
static void rnn_forward(const struct cell_row *row)
{
    const real *restrict b = row->bias;
    real *restrict a = row->gates, *restrict h = row->h;
#pragma omp simd
    for (int j = 0; j < row->H; j++)
        h[j] = a[j] = vector_tanh(a[j] + b[j]);
}

/* da = dh (1 - h^2) */
VECTOR_CLONES
static void rnn_backward(const struct cell_row *row)
{
    real *restrict a = row->gates, *restrict dh = row->dh;
#pragma omp simd
    for (int j = 0; j < row->H; j++) {
        a[j] = dh[j] * (1 - a[j] * a[j]);
        dh[j] = 0;
    }
}

const struct cell cell_rnn = {
    .gates = 1, .bias = INITIAL_ZERO, .forward = rnn_forward, .backward = rnn_backward};
