#include "model/cell.h"
#include "model/vector.h"

/* i = sigma(.)  f = sigma(.)  g = tanh(.)  o = sigma(.)      of W x + U h_before + b
 * c = f c_before + i g
 * h = o tanh(c) */
VECTOR_CLONES
void lstm_forward(const struct cell_row *row)
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
}

/* With q = tanh(c), c made again:
 * dc += dh o (1 - q^2)      do = dh q       and through the gate functions
 * di = dc g   df = dc c_before   dg = dc i  dc_before = dc f */
VECTOR_CLONES
void lstm_backward(const struct cell_row *row)
{
    int H = row->H;
    const real *restrict c_before = row->c_before;
    real *restrict gate_i = row->gates, *restrict gate_f = gate_i + H,
                   *restrict gate_g = gate_f + H, *restrict gate_o = gate_g + H;
    real *restrict dh = row->dh, *restrict dc = row->dc;
#pragma omp simd
    for (int j = 0; j < H; j++) {
        real i = gate_i[j], f = gate_f[j], g = gate_g[j], o = gate_o[j];
        real q = vector_tanh(f * c_before[j] + i * g);
        real d = dc[j] + dh[j] * o * (1 - q * q);
        gate_i[j] = d * g * i * (1 - i);
        gate_f[j] = d * c_before[j] * f * (1 - f);
        gate_g[j] = d * i * (1 - g * g);
        gate_o[j] = dh[j] * q * o * (1 - o);
        dc[j] = d * f;
        dh[j] = 0;
    }
}
