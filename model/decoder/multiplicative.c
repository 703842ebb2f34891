#include "model/decoder/attention.h"
#include "model/shape/place.h"

/* The multiplicative scores of Luong et al. 2015.
 *     dot      score(h, m) = h^T m         keys are the states themselves, K = M = H
 *     general  score(h, m) = h^T W m       keys W m, K = H */

static void dot_init(struct attention *attention, const struct shape *shape, const char *prefix,
                     struct parameters *parameters)
{
    (void)shape, (void)prefix, (void)parameters;
    attention->K = attention->M;
}

static void general_init(struct attention *attention, const struct shape *shape, const char *prefix,
                         struct parameters *parameters)
{
    (void)shape;
    attention->K = attention->H;
    int H = attention->H, M = attention->M;
    int64_t W = place_add(parameters, prefix, "weight", H, M, 1, INITIAL_GLOROT);
    attention->key = (struct linear){W, H, M, M};
}

static void dot_start(const struct attention *attention, const real *block,
                      struct attention_states *states, struct arena *arena)
{
    (void)attention, (void)block, (void)arena;
    states->keys = states->bank->states;
}

/* keys (N, H) = m (N, M) W^T */
static void general_start(const struct attention *attention, const real *block,
                          struct attention_states *states, struct arena *arena)
{
    int N = (int)states->bank->N, H = attention->H, M = attention->M;
    real *keys = arena_take(arena, (size_t)N * (size_t)H, sizeof(real));
    linear_forward(&attention->key, block, NULL, N, states->bank->states, M, 0, keys, H);
    states->keys = keys;
}

/* e_b (n, S_b) = query_b (n, K) keys_b^T */
static void score(const struct attention *attention, const real *block,
                  struct attention_states *states, int t, int n, const real *query)
{
    (void)block;
    const struct bank *bank = states->bank;
    int K = attention->K, B = bank->B, W = (int)bank->W;
    for (int b = 0; b < B; b++)
        states->items[b] =
            (struct product_item){query + (int64_t)b * K,
                                  states->keys + bank->first[b] * K,
                                  states->weights + (int64_t)t * W + bank->weights[b],
                                  n,
                                  bank->lengths[b],
                                  K};
    product_each(PRODUCT_NT, states->items, B, B * K, K, 0, W);
}

static void dot_start_backward(const struct attention *attention, const real *block,
                               struct attention_states *states, struct arena *arena)
{
    (void)attention, (void)block, (void)arena;
    states->dkeys = states->bank->dstates;
}

static void general_start_backward(const struct attention *attention, const real *block,
                                   struct attention_states *states, struct arena *arena)
{
    (void)block;
    states->dkeys =
        arena_take_zeroed(arena, (size_t)states->bank->N * (size_t)attention->K, sizeof(real));
}

/* dquery_b (n, K) += de_b (n, S_b) keys_b */
static void score_backward(const struct attention *attention, const real *block,
                           struct attention_states *states, int t, int n, real *dquery)
{
    (void)block;
    const struct bank *bank = states->bank;
    int K = attention->K, B = bank->B, N = (int)bank->N;
    for (int b = 0; b < B; b++)
        states->items[b] = (struct product_item){states->dweights + (int64_t)t * N + bank->first[b],
                                                 states->keys + bank->first[b] * K,
                                                 dquery + (int64_t)b * K,
                                                 n,
                                                 K,
                                                 bank->lengths[b]};
    product_each(PRODUCT_NN, states->items, B, N, K, 1, B * K);
}

/* dkeys_b (S_b, K) += de_b^T (S_b, T) queries_b (T, K) */
static void dot_finish(const struct attention *attention, const real *block, real *gradient,
                       struct attention_states *states, const real *queries)
{
    (void)block, (void)gradient;
    const struct bank *bank = states->bank;
    int K = attention->K, B = bank->B, N = (int)bank->N;
    for (int b = 0; b < B; b++)
        states->items[b] = (struct product_item){states->dweights + bank->first[b],
                                                 queries + (int64_t)b * K,
                                                 states->dkeys + bank->first[b] * K,
                                                 bank->lengths[b],
                                                 K,
                                                 states->T};
    product_each(PRODUCT_TN, states->items, B, N, B * K, 1, K);
}

/* dW (H, M) += dkeys^T m    dm (N, M) += dkeys W */
static void general_finish(const struct attention *attention, const real *block, real *gradient,
                           struct attention_states *states, const real *queries)
{
    const struct bank *bank = states->bank;
    int N = (int)bank->N, H = attention->H, M = attention->M;
    dot_finish(attention, block, gradient, states, queries);
    linear_finish(&attention->key, gradient, N, states->dkeys, H, bank->states, M);
    linear_backward(&attention->key, block, NULL, N, states->dkeys, H, 1, bank->dstates, M);
}

const struct attention_row attention_dot = {dot_init,           dot_start,      score,
                                            dot_start_backward, score_backward, dot_finish};
const struct attention_row attention_general = {
    general_init, general_start, score, general_start_backward, score_backward, general_finish};
