#include "comm/base/random.h"
#include "comm/base/clones.h"
#include "comm/base/die.h"
#include <Random123/philox.h>
#include <math.h>
#include <string.h>

static const double TWO_TO_MINUS_32 = 0x1p-32;

void random_block(const struct random_key *key, uint64_t block, uint32_t words[4])
{
    philox4x32_ctr_t counter = {{(uint32_t)block, (uint32_t)(block >> 32), key->update,
                                 (uint32_t)key->purpose << 16 | key->lane}};
    philox4x32_key_t seed = {{(uint32_t)key->seed, (uint32_t)(key->seed >> 32)}};
    philox4x32_ctr_t result = philox4x32(counter, seed);
    for (int w = 0; w < 4; w++)
        words[w] = result.v[w];
}

uint32_t random_word(const struct random_key *key, uint64_t position)
{
    uint32_t words[4];
    random_block(key, position / 4, words);
    return words[position % 4];
}

double random_uniform(const struct random_key *key, uint64_t position)
{
    return random_word(key, position) * TWO_TO_MINUS_32;
}

void random_uniforms(const struct random_key *key, uint64_t first, int64_t count, double *uniforms)
{
    uint32_t words[4];
    for (int64_t i = 0; i < count; i++) {
        uint64_t position = first + (uint64_t)i;
        if (i == 0 || position % 4 == 0)
            random_block(key, position / 4, words);
        uniforms[i] = words[position % 4] * TWO_TO_MINUS_32;
    }
}

/* Words 2 * position and the next: always in one block. */
static void random_pair(const struct random_key *key, uint64_t position, uint32_t pair[2])
{
    uint32_t words[4];
    random_block(key, position / 2, words);
    pair[0] = words[position % 2 * 2];
    pair[1] = words[position % 2 * 2 + 1];
}

/* Many at once in vectors as wide as the processor's: without a branch, so that the loop becomes
 * vectors, and every clone gives the same bits. */
enum { NORMALS = 64 }; // at once; even

static inline double double_of(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Below 2^52. */
static inline double double_of_integer(uint64_t integer)
{
    return double_of(integer | UINT64_C(0x4330000000000000)) - 0x1p52;
}

/* Natural logarithm of a normal x > 0, from 2 artanh((m - 1) / (m + 1)) with x = 2^e m and m next
 * to 1. Not libm's: that one picks its code by processor, and the last bit with it. */
static inline double same_log(double x)
{
    const double ln_2 = 0.69314718055994530942;
    const uint64_t ones = (UINT64_C(1) << 52) - 1, root_half = UINT64_C(0x6a09e667f3bcd);
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    uint64_t fraction = bits & ones, large = (fraction + (ones + 1 - root_half)) >> 52; // 0 or 1
    double e = double_of_integer((bits >> 52) + large) - 1023;
    double m = double_of(fraction | (0x3ff - large) << 52);
    double s = (m - 1) / (m + 1), square = s * s, sum = 0;
    for (int odd = 21; odd >= 1; odd -= 2)
        sum = sum * square + 1.0 / odd;
    return e * ln_2 + 2 * s * sum;
}

/* cos(2 pi u) for a multiple u of 2^-32 in [0, 1), from Taylor's series within a quarter turn; for
 * the same reason. */
static inline double same_cos_of_turns(double u)
{
    double from_half = fabs(u - 0.5);              // cos(2 pi u) = -cos(2 pi from_half)
    double folded = 0.25 - fabs(from_half - 0.25); // and cos(pi - x) = -cos(x)
    double x = 6.28318530717958647693 * folded, square = x * x, sum = 0;
    for (int even = 24; even >= 2; even -= 2)
        sum = (1 + sum) * -square / (even * (even - 1));
    return -copysign(1, 0.25 - from_half) * (1 + sum);
}

VECTOR_CLONES
static void normals_of(const uint32_t *words, int count, double *normals)
{
    for (int i = 0; i < count; i++) {
        double radius =
            sqrt(-2 * same_log((double_of_integer(words[2 * i]) + 1) * TWO_TO_MINUS_32));
        normals[i] =
            radius * same_cos_of_turns(double_of_integer(words[2 * i + 1]) * TWO_TO_MINUS_32);
    }
}

void random_normals(const struct random_key *key, uint64_t first, int64_t count, double *normals)
{
    uint32_t words[2 * NORMALS + 4];
    for (int64_t done = 0; done < count; done += NORMALS) {
        int now = (int)(count - done < NORMALS ? count - done : NORMALS);
        uint64_t position = first + (uint64_t)done, odd = position % 2;
        for (uint64_t i = 0; 2 * i < odd + (uint64_t)now; i++)
            random_block(key, position / 2 + i, words + 4 * i);
        normals_of(words + 2 * odd, now, normals + done);
    }
}

uint64_t random_below(const struct random_key *key, uint64_t position, uint64_t bound)
{
    require(bound >= 1);
    uint32_t pair[2];
    random_pair(key, position, pair);
    uint64_t number = (uint64_t)pair[1] << 32 | pair[0];
    return (uint64_t)((unsigned __int128)number * bound >> 64);
}
