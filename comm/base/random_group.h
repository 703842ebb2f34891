/* Philox4x32-10 for many blocks at once, in vectors as wide as the processor's: the same numbers as
 * random_block() (the test compares), which is five times slower in a loop. Dropout takes its masks
 * from here. For functions compiled as clones (clones.h), so inline. */
#ifndef RANDOM_GROUP_H
#define RANDOM_GROUP_H

#include "comm/base/random.h"

enum { RANDOM_WORDS = 4, RANDOM_BLOCKS = 16 }; // of a block; that are made together

/* words[w][l] = word w of block RANDOM_BLOCKS * group + l. */
static inline void random_group(const struct random_key *key, uint64_t group,
                                uint32_t words[RANDOM_WORDS][RANDOM_BLOCKS])
{
    uint64_t first = group * RANDOM_BLOCKS; // and those behind it: no carry, 16 divides 2^32
#pragma omp simd
    for (int l = 0; l < RANDOM_BLOCKS; l++) {
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

#endif
