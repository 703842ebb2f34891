#include "model/layers/dropout.h"
#include "comm/base/die.h"
#include "model/product/threads.h"
#include "model/product/vector.h"

enum {
    WORDS = 4,              // of a block of random numbers
    BLOCKS = 16,            // that are made together
    GROUP = WORDS * BLOCKS, // positions that they serve
    PIECE = 64 * GROUP      // positions below which threads do not pay
};

/* words[w][l] = word w of block BLOCKS * group + l: Philox4x32-10 for many blocks at once, the same
 * numbers as random_block() (the test compares), which is five times slower here. */
static inline void random_group(const struct random_key *key, uint64_t group,
                                uint32_t words[WORDS][BLOCKS])
{
    uint64_t first = group * BLOCKS; // and the next BLOCKS - 1: no carry, BLOCKS divides 2^32
#pragma omp simd
    for (int l = 0; l < BLOCKS; l++) {
        uint32_t k0 = (uint32_t)key->seed, k1 = (uint32_t)(key->seed >> 32);
        uint32_t x0 = (uint32_t)first + (uint32_t)l, x1 = (uint32_t)(first >> 32);
        uint32_t x2 = key->update, x3 = (uint32_t)key->purpose << 16 | key->lane;
#pragma GCC unroll 10
        for (int round = 0; round < 10; round++, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u) {
            uint64_t a = (uint64_t)x0 * 0xD2511F53u, b = (uint64_t)x2 * 0xCD9E8D57u;
            x0 = (uint32_t)(b >> 32) ^ x1 ^ k0;
            x1 = (uint32_t)b;
            x2 = (uint32_t)(a >> 32) ^ x3 ^ k1;
            x3 = (uint32_t)a;
        }
        words[0][l] = x0;
        words[1][l] = x1;
        words[2][l] = x2;
        words[3][l] = x3;
    }
}

/* Position GROUP g + BLOCKS w + l takes word w of block BLOCKS g + l. [from, to) is the part of the
 * group that x has, x[0] being position GROUP g + from. */
VECTOR_CLONES
static void drop(const struct random_key *key, uint32_t threshold, real scale, uint64_t group,
                 int from, int to, real *x)
{
    uint32_t words[WORDS][BLOCKS];
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
