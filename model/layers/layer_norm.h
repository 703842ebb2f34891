/* Layer normalisation inside a recurrent cell (Ba et al. 2016), over the H units of each of its G
 * gates, of W x and of U h_before by themselves:
 *     N(a) = (a - mean a) / sqrt(variance a + 1e-5)     x' = g_x N(W x)     u' = g_u N(U h_before)
 *     RNN   h = tanh(x' + u' + b)
 *     LSTM  i, f, g, o of x' + u' + b; c as ever, not normalised itself; h = o tanh(g_c N(c) + b_c)
 *     GRU   r, z of x' + u' + b; n = tanh(x'_n + b_n + r (u'_n + b'))
 * so what the paper adds to each of x' and u' is one bias, the cell's own. Calling sequence:
 * layer_norm_start, layer_norm_forward for a step at a time; layer_norm_start_backward,
 * layer_norm_backward for a step at a time, layer_norm_finish. */
#ifndef LAYER_NORM_H
#define LAYER_NORM_H

#include "comm/base/memory.h"
#include "model/shape/parameters.h"

struct layer_norm {
    int G, K, H;                 // gates, those of them apart, units of each
    int64_t input, recurrent;    // places: g_x (G H), g_u (G H)
    int64_t memory, memory_bias; // g_c (H), b_c (H); PLACE_NONE without memory
};
/* Adds PREFIX.norm_input, .norm_recurrent and, with memory, .norm_memory and .norm_memory_bias. */
void layer_norm_init(struct layer_norm *norm, struct parameters *parameters, const char *prefix,
                     int G, int K, int H, int memory);

/* Of one micro-batch: N rows, B at a step at most. */
struct layer_norm_states {
    real *input;                         // (N, G H): N(W x)
    real *recurrent;                     // (N, G H): U h, then N(U h), after backward dU h
    real *input_scale, *recurrent_scale; // (N, G): 1 / sqrt(variance + 1e-5)
    // (B, H) each, of the step at hand: N(c), the gradient of g_c N(c), and the cell's work
    real *memory, *dmemory, *work;
    // sums over the rows that went back: (G H) each, (K H), (H) each
    real *dinput, *drecurrent, *dbias, *dapart_bias, *dmemory_gain, *dmemory_bias;
};
void layer_norm_start(const struct layer_norm *norm, int64_t N, int B, struct arena *arena,
                      struct layer_norm_states *states);
/* For the rows [row, row + rows). Of the gates joined, apart is NULL: gates (rows, G H): in W x,
 * out g_x N(W x) + g_u N(U h). Of those apart: out g_x N(W x), apart (rows, K H): g_u N(U h). */
void layer_norm_forward(const struct layer_norm *norm, const real *block,
                        struct layer_norm_states *states, int64_t row, int rows, real *gates,
                        real *apart);
void layer_norm_start_backward(const struct layer_norm *norm, int B, struct arena *arena,
                               struct layer_norm_states *states);
/* From the gradients of what forward gave, of the same gates: gates becomes the gradient of W x,
 * states->recurrent that of U h. */
void layer_norm_backward(const struct layer_norm *norm, const real *block,
                         struct layer_norm_states *states, int64_t row, int rows, real *gates,
                         const real *apart);
/* Adds to the gains' gradients, and to those of the cell's own biases at these places. */
void layer_norm_finish(const struct layer_norm *norm, const struct layer_norm_states *states,
                       int64_t bias, int64_t apart_bias, real *gradient);
/* Reals that a row keeps. */
int64_t layer_norm_memory(const struct layer_norm *norm);

/* y = N(x), which may be x; returns 1 / sqrt(variance x + 1e-5). */
real layer_norm_vector(int H, const real *x, real *y);
/* dx = the gradient of x, from dy, of gain N(x); y = N(x). dx may be dy or y. */
void layer_norm_vector_backward(int H, const real *gain, const real *y, real scale, const real *dy,
                                real *dx);

#endif
