#include "model/layers/dropout.h"
#include "comm/base/die.h"
#include "comm/base/random_group.h"
#include "model/product/threads.h"
#include "model/product/vector.h"

enum {
    GROUP = RANDOM_WORDS * RANDOM_BLOCKS, // positions that one call of random_group serves
    PIECE = 64 * GROUP                    // positions below which threads do not pay
};

/* [from, to) is the part of the group that x has, x[0] being position GROUP g + from. */
VECTOR_CLONES
static void drop(const struct random_key *key, uint32_t threshold, real scale, uint64_t group,
                 int from, int to, real *x)
{
    uint32_t words[RANDOM_WORDS][RANDOM_BLOCKS];
    random_group(key, group, words);
    const uint32_t *word = words[0];
    if (from == 0 && to == GROUP)
        for (int i = 0; i < GROUP; i++)
            x[i] *= word[i] < threshold ? 0 : scale;
    else
        for (int i = from; i < to; i++)
            x[i - from] *= word[i] < threshold ? 0 : scale;
}

void dropout(const struct random_key *key, double rate, uint64_t first, real *x, size_t count)
{
    require(rate >= 0 && rate < 1);
    if (rate == 0 || count == 0)
        return;
    uint32_t threshold = (uint32_t)(rate * 0x1p32);
    real scale = (real)(1 / (1 - rate));
    uint64_t end = first + count, groups = (end - 1) / GROUP - first / GROUP + 1;
#pragma omp parallel for num_threads(threads())                                                    \
    schedule(static) if (groups > PIECE / GROUP && threads() > 1)
    for (uint64_t g = first / GROUP; g < first / GROUP + groups; g++) {
        uint64_t from = g * GROUP < first ? first : g * GROUP;
        uint64_t to = (g + 1) * GROUP < end ? (g + 1) * GROUP : end;
        drop(key, threshold, scale, g, (int)(from - g * GROUP), (int)(to - g * GROUP),
             x + (from - first));
    }
}

void dropout_steps(const struct random_key *key, double rate, bool alike, uint64_t first, int steps,
                   const int64_t *row, int width, real *x)
{
    uint64_t columns = (uint64_t)width;
    if (!alike)
        dropout(key, rate, first + (uint64_t)row[0] * columns, x,
                (uint64_t)(row[steps] - row[0]) * columns);
    for (int s = 0; alike && s < steps; s++)
        dropout(key, rate, first, x + (row[s] - row[0]) * width,
                (uint64_t)(row[s + 1] - row[s]) * columns);
}
