#include "comm/base/random.h"
#include "comm/base/die.h"
#include <Random123/philox.h>
#include <math.h>

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

/* Words 2 * position and the next: always in one block. */
static void random_pair(const struct random_key *key, uint64_t position, uint32_t pair[2])
{
    uint32_t words[4];
    random_block(key, position / 2, words);
    pair[0] = words[position % 2 * 2];
    pair[1] = words[position % 2 * 2 + 1];
}

/* Natural logarithm of 0 < x < inf, from 2 artanh((m - 1) / (m + 1)). Not libm's: that one picks
 * its code by processor, and the last bit with it. */
static double same_log(double x)
{
    const double ln_2 = 0.69314718055994530942;
    int exponent;
    double m = frexp(x, &exponent);
    if (m < 0.70710678118654752440) {
        m *= 2;
        exponent--;
    }
    double s = (m - 1) / (m + 1), square = s * s, sum = 0;
    for (int odd = 21; odd >= 1; odd -= 2)
        sum = sum * square + 1.0 / odd;
    return exponent * ln_2 + 2 * s * sum;
}

/* cos(2 pi u) for 0 <= u < 1, from Taylor's series within a quarter turn; for the same reason. */
static double same_cos_of_turns(double u)
{
    double from_half = fabs(u - 0.5); // cos(2 pi u) = -cos(2 pi from_half)
    double folded = from_half > 0.25 ? 0.5 - from_half : from_half; // and cos(pi - x) = -cos(x)
    double x = 6.28318530717958647693 * folded, square = x * x, sum = 0;
    for (int even = 24; even >= 2; even -= 2)
        sum = (1 + sum) * -square / (even * (even - 1));
    return from_half > 0.25 ? 1 + sum : -(1 + sum);
}

double random_normal(const struct random_key *key, uint64_t position)
{
    uint32_t pair[2];
    random_pair(key, position, pair);
    double radius = sqrt(-2 * same_log((pair[0] + 1.0) * TWO_TO_MINUS_32));
    return radius * same_cos_of_turns(pair[1] * TWO_TO_MINUS_32);
}

uint64_t random_below(const struct random_key *key, uint64_t position, uint64_t bound)
{
    require(bound >= 1);
    uint32_t pair[2];
    random_pair(key, position, pair);
    uint64_t number = (uint64_t)pair[1] << 32 | pair[0];
    return (uint64_t)((unsigned __int128)number * bound >> 64);
}

void random_shuffle(const struct random_key *key, int64_t *values, int64_t count)
{
    for (int64_t i = count - 1; i > 0; i--) {
        int64_t j = (int64_t)random_below(key, (uint64_t)i, (uint64_t)i + 1);
        int64_t value = values[i];
        values[i] = values[j];
        values[j] = value;
    }
}
