#include "model/layers/cell.h"
#include "model/product/vector.h"

/* Cho et al. 2014 with the reset gate after the recurrent product, as PyTorch has it; gates r, z,
 * n, of which n apart: it multiplies its own U h by r first. */

/* r = sigma(.)  z = sigma(.)      of W x + U h_before + b
 * u = U_n h_before + b'
 * n = tanh(W_n x + b_n + r u)
 * h = (1 - z) n + z h_before */
VECTOR_CLONES
static void gru_forward(const struct cell_row *row)
{
    int H = row->H;
    const real *restrict b = row->bias, *restrict apart_b = row->apart_bias;
    const real *restrict h_before = row->h_before;
    real *restrict r = row->gates, *restrict z = r + H, *restrict n = z + H;
    real *restrict u = row->apart, *restrict h = row->h;
#pragma omp simd
    for (int j = 0; j < H; j++) {
        r[j] = vector_logistic(r[j] + b[j]);
        z[j] = vector_logistic(z[j] + b[H + j]);
        u[j] += apart_b[j];
        n[j] = vector_tanh(n[j] + b[2 * H + j] + r[j] * u[j]);
        h[j] = (1 - z[j]) * n[j] + z[j] * h_before[j];
    }
}

/* dn = dh (1 - z)   dz = dh (h_before - n)   dh_before = dh z      and through the gate functions
 * dr = dn u         du = dn r */
VECTOR_CLONES
static void gru_backward(const struct cell_row *row)
{
    int H = row->H;
    const real *restrict h_before = row->h_before;
    real *restrict gate_r = row->gates, *restrict gate_z = gate_r + H,
                   *restrict gate_n = gate_z + H;
    real *restrict apart = row->apart, *restrict dh = row->dh;
#pragma omp simd
    for (int j = 0; j < H; j++) {
        real r = gate_r[j], z = gate_z[j], n = gate_n[j], u = apart[j], d = dh[j];
        real dn = d * (1 - z) * (1 - n * n);
        gate_r[j] = dn * u * r * (1 - r);
        gate_z[j] = d * (h_before[j] - n) * z * (1 - z);
        gate_n[j] = dn;
        apart[j] = dn * r;
        dh[j] = d * z;
    }
}

const struct cell cell_gru = {
    .gates = 3, .apart = 1, .bias = INITIAL_ZERO, .forward = gru_forward, .backward = gru_backward};
