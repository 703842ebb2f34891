#include "model/encoder/bank.h"
#include "comm/base/die.h"
#include "model/layers/dropout.h"
#include "model/product/threads.h"
#include <string.h>

void bank_init(struct bank *bank, const struct steps *steps, const int32_t *row, int M,
               const real *h, double rate, const struct random_key *key, uint64_t masks,
               struct arena *arena)
{
    int B = steps->B;
    int64_t N = steps->first[steps->count];
    *bank = (struct bank){.B = B, .M = M, .room = B, .N = N, .W = N, .row = row, .masks = masks};
    bank->lengths = arena_take(arena, (size_t)B, sizeof *bank->lengths);
    for (int s = 0; s < steps->count; s++)
        for (int i = 0; i < steps->first[s + 1] - steps->first[s]; i++)
            bank->lengths[row[i]] = s + 1;
    bank->first = bank->weights = arena_take(arena, (size_t)B, sizeof *bank->first);
    bank->states = arena_take(arena, (size_t)bank->N * (size_t)M, sizeof(real));
    for (int64_t b = 0, first = 0; b < B; b++) {
        bank->first[b] = first;
        first += bank->lengths[b];
    }
#pragma omp parallel for num_threads(threads()) schedule(static) if (threads() > 1)
    for (int i = 0; i < B; i++)
        for (int s = 0; s < bank->lengths[row[i]]; s++)
            memcpy(bank->states + (bank->first[row[i]] + s) * M, h + (steps->first[s] + i) * M,
                   (size_t)M * sizeof(real));
    if (key) {
        struct random_key of = *key;
        of.purpose = RANDOM_DROP_ENCODER;
        dropout(&of, rate, masks, bank->states, (size_t)bank->N * (size_t)M);
    }
}

void bank_share(struct bank *bank, int rows, struct arena *arena)
{
    const struct bank sentences = *bank;
    size_t room = (size_t)bank->B * (size_t)rows;
    bank->room = (int)room;
    bank->W = bank->N * rows;
    bank->lengths = arena_take(arena, room, sizeof *bank->lengths);
    bank->first = arena_take(arena, room, sizeof *bank->first);
    bank->weights = arena_take(arena, room, sizeof *bank->weights);
    for (int b = 0; b < bank->B && sentences.lengths; b++) {
        bank->lengths[b] = sentences.lengths[b];
        bank->first[b] = bank->weights[b] = sentences.first[b];
    }
}

void bank_attend(struct bank *bank, const struct bank *sentences, const int *sentence, int count)
{
    require(count <= bank->room);
    int64_t weights = 0;
    for (int i = 0; i < count && sentences->lengths; i++) {
        bank->first[i] = sentences->first[sentence[i]];
        bank->lengths[i] = sentences->lengths[sentence[i]];
        bank->weights[i] = weights;
        weights += bank->lengths[i];
    }
    bank->B = count;
    require(weights <= bank->W);
}

void bank_start_backward(struct bank *bank, struct arena *arena)
{
    bank->dstates = arena_take_zeroed(arena, (size_t)bank->N * (size_t)bank->M, sizeof(real));
}

void bank_backward(struct bank *bank, const struct steps *steps, double rate,
                   const struct random_key *key, real *dh)
{
    int M = bank->M;
    if (key) {
        struct random_key of = *key;
        of.purpose = RANDOM_DROP_ENCODER;
        dropout(&of, rate, bank->masks, bank->dstates, (size_t)bank->N * (size_t)M);
    }
#pragma omp parallel for num_threads(threads()) schedule(static) if (threads() > 1)
    for (int i = 0; i < bank->B; i++) {
        const real *dstates = bank->dstates + bank->first[bank->row[i]] * M;
        for (int s = 0; s < bank->lengths[bank->row[i]]; s++)
            memcpy(dh + (steps->first[s] + i) * M, dstates + (int64_t)s * M,
                   (size_t)M * sizeof(real));
    }
}

/* v = 1/S_b sum_s m_s */
void bank_mean(const struct bank *bank, real *mean, int ld)
{
    int M = bank->M;
#pragma omp parallel for num_threads(threads()) schedule(static) if (threads() > 1)
    for (int b = 0; b < bank->B; b++) {
        real *v = mean + (int64_t)b * ld;
        for (int j = 0; j < M; j++)
            v[j] = 0;
        for (int s = 0; s < bank->lengths[b]; s++)
            for (int j = 0; j < M; j++)
                v[j] += bank->states[(bank->first[b] + s) * M + j];
        for (int j = 0; j < M; j++)
            v[j] /= (real)bank->lengths[b];
    }
}

void bank_mean_backward(const struct bank *bank, const real *dmean, int ld)
{
    int M = bank->M;
#pragma omp parallel for num_threads(threads()) schedule(static) if (threads() > 1)
    for (int b = 0; b < bank->B; b++)
        for (int s = 0; s < bank->lengths[b]; s++)
            for (int j = 0; j < M; j++)
                bank->dstates[(bank->first[b] + s) * M + j] +=
                    dmean[(int64_t)b * ld + j] / (real)bank->lengths[b];
}
