#include "model/layers/cell.h"
#include "model/layers/layer_norm.h"
#include "model/product/vector.h"

/* Hochreiter & Schmidhuber 1997 with the forget gate of Gers et al. 2000; gates i, f, g, o. */

/* With layer normalisation of c: h = o tanh(g_c N(c) + b_c). */
VECTOR_CLONES
static void normed_output(const struct cell_row *row)
{
    int H = row->H;
    const real *restrict gain = row->memory_gain, *restrict bias = row->memory_bias;
    const real *restrict o = row->gates + 3 * (int64_t)H;
    real *restrict normal = row->memory_normal, *restrict h = row->h;
    layer_norm_vector(H, row->c, normal);
#pragma omp simd
    for (int j = 0; j < H; j++)
        h[j] = o[j] * vector_tanh(gain[j] * normal[j] + bias[j]);
}

/* i = sigma(.)  f = sigma(.)  g = tanh(.)  o = sigma(.)      of W x + U h_before + b
 * c = f c_before + i g
 * h = o tanh(c) */
VECTOR_CLONES
static void lstm_forward(const struct cell_row *row)
{
    int H = row->H;
    const real *restrict b = row->bias, *restrict c_before = row->c_before;
    real *restrict i = row->gates, *restrict f = i + H, *restrict g = f + H, *restrict o = g + H;
    real *restrict h = row->h, *restrict c = row->c;
#pragma omp simd
    for (int j = 0; j < H; j++) {
        i[j] = vector_logistic(i[j] + b[j]);
        f[j] = vector_logistic(f[j] + b[H + j]);
        g[j] = vector_tanh(g[j] + b[2 * H + j]);
        o[j] = vector_logistic(o[j] + b[3 * H + j]);
        c[j] = f[j] * c_before[j] + i[j] * g[j];
        h[j] = o[j] * vector_tanh(c[j]);
    }
    if (row->memory_gain)
        normed_output(row);
}

/* One unit, given q, what o is multiplied with, and the gradient d of c:
 * do = dh q   di = d g   df = d c_before   dg = d i      and through the gate functions
 * dc_before = d f */
static inline void backward_unit(const struct cell_row *row, int j, real q, real d)
{
    int H = row->H;
    real *gate = row->gates + j;
    real i = gate[0], f = gate[H], g = gate[2 * H], o = gate[3 * H];
    gate[0] = d * g * i * (1 - i);
    gate[H] = d * row->c_before[j] * f * (1 - f);
    gate[2 * H] = d * i * (1 - g * g);
    gate[3 * H] = row->dh[j] * q * o * (1 - o);
    row->dc[j] = d * f;
    row->dh[j] = 0;
}

/* With q = tanh(g_c N(c) + b_c), c made again: the gradient behind N is dh o (1 - q^2), which goes
 * on to c through N. */
VECTOR_CLONES
static void normed_backward(const struct cell_row *row)
{
    int H = row->H;
    const real *gain = row->memory_gain, *bias = row->memory_bias;
    const real *i = row->gates, *f = i + H, *g = f + H, *o = g + H;
    real *normal = row->memory_normal, *dnormal = row->dmemory_normal, *dc = row->dmemory;
#pragma omp simd
    for (int j = 0; j < H; j++)
        normal[j] = f[j] * row->c_before[j] + i[j] * g[j];
    real scale = layer_norm_vector(H, normal, normal);
#pragma omp simd
    for (int j = 0; j < H; j++) {
        real q = vector_tanh(gain[j] * normal[j] + bias[j]);
        dnormal[j] = row->dh[j] * o[j] * (1 - q * q);
    }
    layer_norm_vector_backward(H, gain, normal, scale, dnormal, dc);
#pragma omp simd
    for (int j = 0; j < H; j++)
        backward_unit(row, j, vector_tanh(gain[j] * normal[j] + bias[j]), row->dc[j] + dc[j]);
}

/* With q = tanh(c), c made again: dc += dh o (1 - q^2) */
VECTOR_CLONES
static void lstm_backward(const struct cell_row *row)
{
    int H = row->H;
    const real *i = row->gates, *f = i + H, *g = f + H, *o = g + H;
    if (row->memory_gain) {
        normed_backward(row);
        return;
    }
#pragma omp simd
    for (int j = 0; j < H; j++) {
        real q = vector_tanh(f[j] * row->c_before[j] + i[j] * g[j]);
        backward_unit(row, j, q, row->dc[j] + row->dh[j] * o[j] * (1 - q * q));
    }
}

const struct cell cell_lstm = {.gates = 4,
                               .memory = 1,
                               .bias = INITIAL_FORGET,
                               .forward = lstm_forward,
                               .backward = lstm_backward};
