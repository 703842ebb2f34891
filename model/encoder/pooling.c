#include "model/encoder/pooling.h"
#include "comm/base/die.h"
#include "comm/base/parts.h"
#include "model/product/rows.h"
#include "model/product/softmax.h"
#include "model/product/threads.h"
#include "model/shape/place.h"

static void last_forward(const struct pooling *pooling, const real *block,
                         const struct encoder *encoder, const struct encoder_states *source,
                         struct arena *arena, struct pooling_states *states)
{
    (void)pooling, (void)block, (void)arena;
    encoder_final(encoder, source, encoder->layers - 1, states->v, NULL, encoder->M);
}

static void last_backward(const struct pooling *pooling, const real *block, real *gradient,
                          const struct encoder *encoder, struct encoder_states *source,
                          const struct pooling_states *states, const real *dv, struct arena *arena)
{
    (void)pooling, (void)block, (void)gradient, (void)states, (void)arena;
    encoder_final_backward(encoder, source, encoder->layers - 1, dv, NULL, encoder->M);
}

static void mean_forward(const struct pooling *pooling, const real *block,
                         const struct encoder *encoder, const struct encoder_states *source,
                         struct arena *arena, struct pooling_states *states)
{
    (void)pooling, (void)block, (void)encoder, (void)arena;
    bank_mean(&source->bank, states->v, source->bank.M);
}

static void mean_backward(const struct pooling *pooling, const real *block, real *gradient,
                          const struct encoder *encoder, struct encoder_states *source,
                          const struct pooling_states *states, const real *dv, struct arena *arena)
{
    (void)pooling, (void)block, (void)gradient, (void)encoder, (void)states, (void)arena;
    bank_mean_backward(&source->bank, dv, source->bank.M);
}

/* v_j = max over s of m_sj, of equal ones the first; a NaN is kept. */
static void max_forward(const struct pooling *pooling, const real *block,
                        const struct encoder *encoder, const struct encoder_states *source,
                        struct arena *arena, struct pooling_states *states)
{
    (void)block, (void)encoder;
    const struct bank *bank = &source->bank;
    int M = pooling->M;
    states->largest = arena_take(arena, (size_t)bank->B * (size_t)M, sizeof *states->largest);
#pragma omp parallel for num_threads(threads()) schedule(static) if (threads() > 1)
    for (int b = 0; b < bank->B; b++) {
        const real *m = bank->states + bank->first[b] * M;
        real *v = states->v + (int64_t)b * M;
        int32_t *largest = states->largest + (int64_t)b * M;
        for (int j = 0; j < M; j++) {
            v[j] = m[j];
            largest[j] = 0;
        }
        for (int s = 1; s < bank->lengths[b]; s++)
            for (int j = 0; j < M; j++)
                if (!(m[(int64_t)s * M + j] <= v[j]) && v[j] == v[j]) {
                    v[j] = m[(int64_t)s * M + j];
                    largest[j] = s;
                }
    }
}

static void max_backward(const struct pooling *pooling, const real *block, real *gradient,
                         const struct encoder *encoder, struct encoder_states *source,
                         const struct pooling_states *states, const real *dv, struct arena *arena)
{
    (void)block, (void)gradient, (void)encoder, (void)arena;
    const struct bank *bank = &source->bank;
    int M = pooling->M;
    for (int b = 0; b < bank->B; b++)
        for (int j = 0; j < M; j++) {
            int64_t at = (int64_t)b * M + j;
            bank->dstates[(bank->first[b] + states->largest[at]) * M + j] += dv[at];
        }
}

/* e_s = u^T tanh(W m_s + b)   a = softmax(e) over the sentence   v = sum_s a_s m_s */
static void attention_forward(const struct pooling *pooling, const real *block,
                              const struct encoder *encoder, const struct encoder_states *source,
                              struct arena *arena, struct pooling_states *states)
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
static void attention_backward(const struct pooling *pooling, const real *block, real *gradient,
                               const struct encoder *encoder, struct encoder_states *source,
                               const struct pooling_states *states, const real *dv,
                               struct arena *arena)
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

static const struct pooling_row kinds[POOLINGS] = {
    [POOLING_LAST] = {0, last_forward, last_backward},
    [POOLING_MEAN] = {0, mean_forward, mean_backward},
    [POOLING_MAX] = {0, max_forward, max_backward},
    [POOLING_ATTENTION] = {1, attention_forward, attention_backward},
};

void pooling_init(struct pooling *pooling, const struct shape *shape, enum side side,
                  struct parameters *parameters)
{
    require(shape->pooling < POOLINGS);
    *pooling = (struct pooling){.row = &kinds[shape->pooling], .M = shape_bank_width(shape, side)};
    if (!pooling->row->attends)
        return;
    const char *prefix = side == SECOND ? "second_pooling" : "pooling";
    const int A = shape->attention_hidden;
    pooling->score = place_add(parameters, prefix, "score", 1, A, 1, INITIAL_GLOROT);
    dense_init(&pooling->hidden, parameters, prefix, "weight", "bias", A, pooling->M, 1);
}

void pooling_forward(const struct pooling *pooling, const real *block,
                     const struct encoder *encoder, const struct encoder_states *source,
                     struct arena *arena, struct pooling_states *states)
{
    enum part before = part_enter(PART_ATTENTION);
    *states = (struct pooling_states){0};
    states->v = arena_take(arena, (size_t)source->bank.B * (size_t)pooling->M, sizeof *states->v);
    pooling->row->forward(pooling, block, encoder, source, arena, states);
    part_enter(before);
}

void pooling_backward(const struct pooling *pooling, const real *block, real *gradient,
                      const struct encoder *encoder, struct encoder_states *source,
                      const struct pooling_states *states, const real *dv, struct arena *arena)
{
    enum part before = part_enter(PART_ATTENTION);
    pooling->row->backward(pooling, block, gradient, encoder, source, states, dv, arena);
    part_enter(before);
}

int64_t pooling_cost(const struct pooling *pooling)
{
    return pooling->row->attends ? dense_cost(&pooling->hidden) + pooling->hidden.out + pooling->M
                                 : 0;
}

int64_t pooling_memory(const struct pooling *pooling, int64_t N, int B)
{
    int64_t attends = pooling->row->attends ? N * (2 * pooling->hidden.out + 2) : 0;
    return (3 * (int64_t)B * pooling->M + attends) * (int64_t)sizeof(real);
}
