/* One vector v for a sentence, from its states: what classify reads of it. A row for each of
 * ALL_POOLINGS (model/shape/kinds.h); a new one is two functions, and its row there.
 *     last        the forward state at the last place beside the backward state at the first, of
 *                 the top layer
 *     mean, max   of the states, element by element
 *     attention   sum over s of a_s m_s, a = softmax(u^T tanh(W m_s + b)) (Yang et al. 2016, Lin et
 *                 al. 2017); parameters PREFIX.weight (A, M), .bias (A), .score (1, A) */
#ifndef POOLING_H
#define POOLING_H

#include "model/encoder/encoder.h"
#include "model/layers/dense.h"
#include "model/product/product.h"

struct pooling {
    const struct pooling_row *row;
    int M;
    struct dense hidden; // attention: (A, M)
    int64_t score;       // place, attention: (1, A)
};
/* Of SOURCE or SECOND. */
void pooling_init(struct pooling *pooling, const struct shape *shape, enum side side,
                  struct parameters *parameters);

struct pooling_states {
    real *v;                    // (B, M)
    int32_t *largest;           // (B, M): which state, for max
    real *hidden, *weights;     // (N, A), (N): tanh(W m + b) and a, for attention
    struct product_item *items; // (B), work
};

struct pooling_row {
    void (*init)(struct pooling *pooling, const struct shape *shape, const char *prefix,
                 struct parameters *parameters); // NULL: it has none
    void (*forward)(const struct pooling *pooling, const real *block, const struct encoder *encoder,
                    const struct encoder_states *source, struct arena *arena,
                    struct pooling_states *states);
    /* Adds to the source's gradients; dv (B, M). */
    void (*backward)(const struct pooling *pooling, const real *block, real *gradient,
                     const struct encoder *encoder, struct encoder_states *source,
                     const struct pooling_states *states, const real *dv, struct arena *arena);
    /* Of a state: multiply-adds in forward; reals that it takes, backward's among them. NULL: 0 */
    int64_t (*cost)(const struct pooling *pooling);
    int64_t (*reals)(const struct pooling *pooling);
};
#define POOLING_ROW(kind, name, ...) extern const struct pooling_row pooling_##name;
ALL_POOLINGS(POOLING_ROW)
#undef POOLING_ROW

void pooling_forward(const struct pooling *pooling, const real *block,
                     const struct encoder *encoder, const struct encoder_states *source,
                     struct arena *arena, struct pooling_states *states);
void pooling_backward(const struct pooling *pooling, const real *block, real *gradient,
                      const struct encoder *encoder, struct encoder_states *source,
                      const struct pooling_states *states, const real *dv, struct arena *arena);

/* Multiply-adds in forward of a state. Bytes of the arena for N states of B sentences, backward's
 * among them. */
int64_t pooling_cost(const struct pooling *pooling);
int64_t pooling_memory(const struct pooling *pooling, int64_t N, int B);

#endif
