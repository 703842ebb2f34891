#include "model/decoder/attention.h"
#include "comm/base/die.h"
#include "comm/base/parts.h"
#include "model/product/softmax.h"
#include "model/product/threads.h"

#define ATTENTION_ROW(kind, name, ...) [kind] = &attention_##name,
static const struct attention_row *const rows[ATTENTION_KINDS] = {ATTENTIONS(ATTENTION_ROW)};

void attention_init(struct attention *attention, const struct shape *shape, enum side side,
                    struct parameters *parameters)
{
    require(shape->attention < ATTENTION_KINDS);
    *attention = (struct attention){
        .row = rows[shape->attention],
        .H = shape->hidden,
        .M = shape_bank_width(shape, side),
        .stepwise = shape_attends(shape) != ATTENDS_AFTER || shape->input_feeding,
    };
    attention->row->init(attention, shape, side == SECOND ? "second_attention" : "attention",
                         parameters);
}

void attention_start(const struct attention *attention, const real *block, struct bank *bank, int T,
                     struct arena *arena, struct attention_states *states)
{
    enum part before = part_enter(PART_ATTENTION);
    *states = (struct attention_states){.bank = bank, .T = T};
    states->weights = arena_take(arena, (size_t)T * (size_t)bank->W, sizeof(real));
    states->items = arena_take(arena, (size_t)bank->room, sizeof *states->items);
    attention->row->start(attention, block, states, arena);
    part_enter(before);
}

void attention_forward(const struct attention *attention, const real *block,
                       struct attention_states *states, int t, int n, const real *query, real *c,
                       int ldc)
{
    enum part before = part_enter(PART_ATTENTION);
    const struct bank *bank = states->bank;
    int M = bank->M, B = bank->B, W = (int)bank->W;
    real *weights = states->weights + (int64_t)t * W;
    attention->row->score(attention, block, states, t, n, query);
#pragma omp parallel for num_threads(threads()) schedule(static) if (threads() > 1)
    for (int b = 0; b < B; b++)
        for (int i = 0; i < n; i++) {
            real *a = weights + (int64_t)i * W + bank->weights[b];
            softmax(a, a, bank->lengths[b]);
        }
    for (int b = 0; b < B; b++) // c_b (n, M) = a_b (n, S_b) m_b (S_b, M)
        states->items[b] = (struct product_item){weights + bank->weights[b],
                                                 bank->states + bank->first[b] * M,
                                                 c + (int64_t)b * ldc,
                                                 n,
                                                 M,
                                                 bank->lengths[b]};
    product_each(PRODUCT_NN, states->items, B, W, M, 0, B * ldc);
    part_enter(before);
}

void attention_start_backward(const struct attention *attention, const real *block,
                              struct arena *arena, struct attention_states *states)
{
    states->dweights = arena_take(arena, (size_t)states->T * (size_t)states->bank->N, sizeof(real));
    attention->row->start_backward(attention, block, states, arena);
}

void attention_backward(const struct attention *attention, const real *block,
                        struct attention_states *states, int t, int n, const real *dc, int ldc,
                        real *dquery)
{
    enum part before = part_enter(PART_ATTENTION);
    const struct bank *bank = states->bank;
    int M = bank->M, B = bank->B, N = (int)bank->N;
    real *weights = states->weights + (int64_t)t * N, *dweights = states->dweights + (int64_t)t * N;
    for (int b = 0; b < B; b++) // da_b (n, S_b) = dc_b (n, M) m_b^T
        states->items[b] =
            (struct product_item){dc + (int64_t)b * ldc,     bank->states + bank->first[b] * M,
                                  dweights + bank->first[b], n,
                                  bank->lengths[b],          M};
    product_each(PRODUCT_NT, states->items, B, B * ldc, M, 0, N);
#pragma omp parallel for num_threads(threads()) schedule(static) if (threads() > 1)
    for (int b = 0; b < B; b++)
        for (int i = 0; i < n; i++) {
            int64_t at = (int64_t)i * N + bank->first[b];
            softmax_backward(weights + at, dweights + at, bank->lengths[b]);
        }
    attention->row->score_backward(attention, block, states, t, n, dquery);
    part_enter(before);
}

void attention_finish(const struct attention *attention, const real *block, real *gradient,
                      struct attention_states *states, const real *dc, int ldc, const real *queries)
{
    enum part before = part_enter(PART_ATTENTION);
    const struct bank *bank = states->bank;
    int M = bank->M, B = bank->B, N = (int)bank->N;
    for (int b = 0; b < B; b++) // dm_b (S_b, M) += a_b^T (S_b, T) dc_b (T, M)
        states->items[b] = (struct product_item){states->weights + bank->first[b],
                                                 dc + (int64_t)b * ldc,
                                                 bank->dstates + bank->first[b] * M,
                                                 bank->lengths[b],
                                                 M,
                                                 states->T};
    product_each(PRODUCT_TN, states->items, B, N, B * ldc, 1, M);
    attention->row->finish(attention, block, gradient, states, queries);
    part_enter(before);
}

int64_t attention_key_cost(const struct attention *attention)
{
    return (int64_t)attention->key.out * attention->key.in;
}

int64_t attention_query_cost(const struct attention *attention)
{
    return (int64_t)attention->query.out * attention->query.in;
}

int64_t attention_pair_cost(const struct attention *attention)
{
    return attention->K + attention->M;
}

int64_t attention_memory(const struct attention *attention, int64_t N, int B, int T)
{
    int64_t K = attention->K, Q = attention->query.out;
    int64_t reals = 2 * N * (T + K) + B * K + (int64_t)T * B * 2 * Q; // with their gradients
    return reals * (int64_t)sizeof(real) +
           (attention->stepwise ? linear_memory(&attention->query) : 0);
}
