#include "model/decoder/attention.h"
#include "model/product/rows.h"
#include "model/product/threads.h"
#include "model/product/vector.h"
#include "model/shape/place.h"

/* The additive score of Bahdanau et al. 2015: score(h, m) = v^T tanh(W_k m + b + W_q h). K = A =
 * attention-hidden. With k = W_k m + b and q = W_q h
 *     tanh(k + q) = 1 - 2 / (1 + e^2k e^2q)
 * so an exponential is due for each key and each query, not for each pair of them: `keys` and
 * `projected` hold e^2k and e^2q. The tanh of a step is made again in backward: keeping it would
 * take T times the memory of the keys and be no faster. */

enum { BLOCK = 256 };

/* Beyond this k and q count as this, so that no exponential is infinite or zero: their product may
 * be both, which tanh survives. */
#ifdef CHORUS_DOUBLE
#define MOST 350
#else
#define MOST 43
#endif

/* x = e^2x */
VECTOR_CLONES
static void raise(int A, real *x)
{
#pragma omp simd
    for (int j = 0; j < A; j++) {
        real y = vector_select(x[j] > MOST, MOST, x[j]);
        x[j] = vector_exp(2 * vector_select(y < -MOST, -MOST, y));
    }
}

/* 1 - tanh(k + q), from their exponentials. */
static inline real below_one(real k, real q)
{
    return 2 / (1 + k * q);
}

static void init(struct attention *attention, const struct shape *shape, const char *prefix,
                 struct parameters *parameters)
{
    int A = shape->attention_hidden;
    attention->K = A;
    int64_t key = place_add(parameters, prefix, "key", A, attention->M, 1, INITIAL_GLOROT);
    attention->key = (struct linear){key, A, attention->M, attention->M};
    attention->bias = place_add(parameters, prefix, "bias", A, 0, 1, INITIAL_ZERO);
    int64_t query = place_add(parameters, prefix, "query", A, attention->H, 1, INITIAL_GLOROT);
    attention->query = (struct linear){query, A, attention->H, attention->H};
    attention->score = place_add(parameters, prefix, "score", 1, A, 1, INITIAL_GLOROT);
}

/* k (N, A) = m (N, M) W_k^T + b   keys = e^2k */
static void start(const struct attention *attention, const real *block,
                  struct attention_states *states, struct arena *arena)
{
    int A = attention->K, M = attention->M, N = (int)states->bank->N;
    real *keys = arena_take(arena, (size_t)N * (size_t)A, sizeof(real));
    linear_forward(&attention->key, block, NULL, N, states->bank->states, M, 0, keys, A);
    rows_add_bias(N, A, block + attention->bias, keys);
#pragma omp parallel for num_threads(threads()) schedule(static) if (threads() > 1)
    for (int i = 0; i < N; i++)
        raise(A, keys + (int64_t)i * A);
    states->keys = keys;
    states->projected =
        arena_take(arena, (size_t)states->T * (size_t)states->bank->room * (size_t)A, sizeof(real));
    if (attention->stepwise)
        linear_start(&attention->query, block, states->bank->room, arena, &states->query);
}

static const struct linear_states *query_weights(const struct attention *attention,
                                                 const struct attention_states *states)
{
    return attention->stepwise ? &states->query : NULL;
}

/* v^T tanh, a block at a time. */
VECTOR_CLONES
static real score_one(int A, const real *v, const real *k, const real *q)
{
    real z[BLOCK], rest = 0;
    struct lanes sums = {0};
    for (int first = 0; first < A; first += BLOCK) {
        int count = A - first < BLOCK ? A - first : BLOCK, j = 0;
#pragma omp simd
        for (int i = 0; i < count; i++)
            z[i] = 1 - below_one(k[first + i], q[first + i]);
        for (; j + (int)LANES <= count; j += (int)LANES)
            lanes_add_product(&sums, v + first + j, z + j);
        for (; j < count; j++)
            rest += v[first + j] * z[j];
    }
    return lanes_total(&sums) + rest;
}

static void score(const struct attention *attention, const real *block,
                  struct attention_states *states, int t, int n, const real *query)
{
    const struct bank *bank = states->bank;
    int A = attention->K, H = attention->H, B = bank->B;
    real *projected = states->projected + (int64_t)t * B * A; // (n, B, A)
    linear_forward(&attention->query, block, query_weights(attention, states), (int64_t)n * B,
                   query, H, 0, projected, A);
#pragma omp parallel for num_threads(threads()) schedule(static) if (threads() > 1)
    for (int b = 0; b < B; b++)
        for (int i = 0; i < n; i++) {
            real *q = projected + ((int64_t)i * B + b) * A;
            real *scores = states->weights + (t + i) * bank->W + bank->weights[b];
            const real *keys = states->keys + bank->first[b] * A;
            raise(A, q);
            for (int64_t s = 0; s < bank->lengths[b]; s++)
                scores[s] = score_one(A, block + attention->score, keys + s * A, q);
        }
}

static void start_backward(const struct attention *attention, const real *block,
                           struct attention_states *states, struct arena *arena)
{
    size_t A = (size_t)attention->K, B = (size_t)states->bank->B;
    states->dkeys = arena_take_zeroed(arena, (size_t)states->bank->N * A, sizeof(real));
    states->dprojected = arena_take_zeroed(arena, (size_t)states->T * B * A, sizeof(real));
    states->dscore = arena_take_zeroed(arena, B * A, sizeof(real));
    if (attention->stepwise)
        linear_start_backward(&attention->query, block, states->bank->B, arena, &states->query);
}

/* With z = tanh(k + q) = 1 - y and e = v^T z:
 *     dv += de z     dk += de v (1 - z^2), which is de v y (2 - y)     dq likewise */
VECTOR_CLONES
static void score_one_backward(int A, const real *restrict v, const real *restrict k,
                               const real *restrict q, real de, real *restrict dv,
                               real *restrict dk, real *restrict dq)
{
#pragma omp simd
    for (int j = 0; j < A; j++) {
        real y = below_one(k[j], q[j]);
        real d = de * v[j] * (y * (2 - y));
        dv[j] += de * (1 - y);
        dk[j] += d;
        dq[j] += d;
    }
}

static void score_backward(const struct attention *attention, const real *block,
                           struct attention_states *states, int t, int n, real *dquery)
{
    const struct bank *bank = states->bank;
    int A = attention->K, H = attention->H, B = bank->B;
    real *dprojected = states->dprojected + (int64_t)t * B * A; // (n, B, A)
#pragma omp parallel for num_threads(threads()) schedule(static) if (threads() > 1)
    for (int b = 0; b < B; b++)
        for (int i = 0; i < n; i++) {
            int64_t row = (int64_t)i * B + b;
            const real *q = states->projected + ((int64_t)t * B + row) * A;
            const real *de = states->dweights + (t + i) * bank->N;
            for (int64_t s = bank->first[b]; s < bank->first[b] + bank->lengths[b]; s++)
                score_one_backward(A, block + attention->score, states->keys + s * A, q, de[s],
                                   states->dscore + (int64_t)b * A, states->dkeys + s * A,
                                   dprojected + row * A);
        }
    linear_backward(&attention->query, block, query_weights(attention, states), (int64_t)n * B,
                    dprojected, A, 1, dquery, H);
}

static void finish(const struct attention *attention, const real *block, real *gradient,
                   struct attention_states *states, const real *queries)
{
    const struct bank *bank = states->bank;
    int A = attention->K, H = attention->H, M = attention->M;
    int N = (int)bank->N, rows = states->T * bank->B;
    rows_sum(bank->B, A, states->dscore, A, gradient + attention->score);
    linear_finish(&attention->query, gradient, rows, states->dprojected, A, queries, H);
    linear_finish(&attention->key, gradient, N, states->dkeys, A, bank->states, M);
    rows_sum(N, A, states->dkeys, A, gradient + attention->bias);
    linear_backward(&attention->key, block, NULL, N, states->dkeys, A, 1, bank->dstates, M);
}

const struct attention_row attention_additive = {init,           start,          score,
                                                 start_backward, score_backward, finish};
