#include "model/encoder/pooling.h"
#include "comm/base/die.h"
#include "comm/base/parts.h"
#include "model/product/threads.h"

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

const struct pooling_row pooling_last = {.forward = last_forward, .backward = last_backward};
const struct pooling_row pooling_mean = {.forward = mean_forward, .backward = mean_backward};
const struct pooling_row pooling_max = {.forward = max_forward, .backward = max_backward};

#define POOLING_ROW(kind, name, ...) [kind] = &pooling_##name,
static const struct pooling_row *const rows[POOLINGS] = {ALL_POOLINGS(POOLING_ROW)};

void pooling_init(struct pooling *pooling, const struct shape *shape, enum side side,
                  struct parameters *parameters)
{
    require(shape->pooling < POOLINGS);
    *pooling = (struct pooling){.row = rows[shape->pooling], .M = shape_bank_width(shape, side)};
    if (pooling->row->init)
        pooling->row->init(pooling, shape, side == SECOND ? "second_pooling" : "pooling",
                           parameters);
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
    return pooling->row->cost ? pooling->row->cost(pooling) : 0;
}

int64_t pooling_memory(const struct pooling *pooling, int64_t N, int B)
{
    int64_t reals = pooling->row->reals ? N * pooling->row->reals(pooling) : 0;
    return (3 * (int64_t)B * pooling->M + reals) * (int64_t)sizeof(real);
}
