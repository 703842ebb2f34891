#include "model/encoder/pooling.h"
#include "model/product/softmax.h"
#include "model/shape/place.h"

/* Yang et al. 2016, Lin et al. 2017. A = attention-hidden. */

static void init(struct pooling *pooling, const struct shape *shape, const char *prefix,
                 struct parameters *parameters)
{
    const int A = shape->attention_hidden;
    pooling->score = place_add(parameters, prefix, "score", 1, A, 1, INITIAL_GLOROT);
    dense_init(&pooling->hidden, parameters, prefix, "weight", "bias", A, pooling->M, 1);
}

/* e_s = u^T tanh(W m_s + b)   a = softmax(e) over the sentence   v = sum_s a_s m_s */
static void forward(const struct pooling *pooling, const real *block, const struct encoder *encoder,
                    const struct encoder_states *source, struct arena *arena,
                    struct pooling_states *states)
{
    (void)encoder;
    const struct bank *bank = &source->bank;
    const int A = pooling->hidden.out, M = pooling->M;
    states->hidden = arena_take(arena, (size_t)bank->N * (size_t)A, sizeof(real));
    states->weights = arena_take(arena, (size_t)bank->N, sizeof(real));
    states->items = arena_take(arena, (size_t)bank->B, sizeof *states->items);
    dense_forward(&pooling->hidden, block, bank->N, bank->states, states->hidden);
    product(PRODUCT_NT, (int)bank->N, 1, A, states->hidden, A, block + pooling->score, A, 0,
            states->weights, 1);
    for (int b = 0; b < bank->B; b++) { // v_b (1, M) = a_b (1, S_b) m_b (S_b, M)
        real *a = states->weights + bank->first[b];
        softmax(a, a, bank->lengths[b]);
        states->items[b] = (struct product_item){a,
                                                 bank->states + bank->first[b] * M,
                                                 states->v + (int64_t)b * M,
                                                 1,
                                                 M,
                                                 bank->lengths[b]};
    }
    product_each(PRODUCT_NN, states->items, bank->B, 1, M, 0, M);
}

/* dm_s += a_s dv   de_s = a_s (da_s - sum_k a_k da_k), da_s = dv^T m_s */
static void backward(const struct pooling *pooling, const real *block, real *gradient,
                     const struct encoder *encoder, struct encoder_states *source,
                     const struct pooling_states *states, const real *dv, struct arena *arena)
{
    (void)encoder;
    const struct bank *bank = &source->bank;
    const int A = pooling->hidden.out, M = pooling->M;
    real *de = arena_take(arena, (size_t)bank->N, sizeof(real)); // (N)
    real *dhidden = arena_take(arena, (size_t)bank->N * (size_t)A, sizeof(real));
    for (int b = 0; b < bank->B; b++)
        states->items[b] =
            (struct product_item){dv + (int64_t)b * M, bank->states + bank->first[b] * M,
                                  de + bank->first[b], 1,
                                  bank->lengths[b],    M};
    product_each(PRODUCT_NT, states->items, bank->B, M, M, 0, 1);
    for (int b = 0; b < bank->B; b++) {
        softmax_backward(states->weights + bank->first[b], de + bank->first[b], bank->lengths[b]);
        states->items[b] = (struct product_item){states->weights + bank->first[b],
                                                 dv + (int64_t)b * M,
                                                 bank->dstates + bank->first[b] * M,
                                                 bank->lengths[b],
                                                 M,
                                                 1};
    }
    product_each(PRODUCT_TN, states->items, bank->B, 1, M, 1, M);
    product(PRODUCT_TN, 1, A, (int)bank->N, de, 1, states->hidden, A, 1, gradient + pooling->score,
            A);
    product(PRODUCT_NN, (int)bank->N, A, 1, de, 1, block + pooling->score, A, 0, dhidden, A);
    dense_backward(&pooling->hidden, block, gradient, bank->N, bank->states, states->hidden,
                   dhidden, 1, bank->dstates);
}

static int64_t cost(const struct pooling *pooling)
{
    return dense_cost(&pooling->hidden) + pooling->hidden.out + pooling->M;
}

static int64_t reals(const struct pooling *pooling)
{
    return 2 * pooling->hidden.out + 2;
}

const struct pooling_row pooling_attention = {init, forward, backward, cost, reals};
