/* What the hot loops share. VECTOR_CLONES compiles a function for several widths of vectors, chosen
 * when the program starts; contraction is off and sums are written with LANES partial sums, so
 * every clone gives the same bits. vector_exp, vector_tanh and vector_logistic are here to be
 * inlined into such loops: branch-free, so that they vectorise. */
#ifndef VECTOR_H
#define VECTOR_H

#include "comm/base/clones.h"
#include "model/product/real.h"
#include <math.h>
#include <stdint.h>
#include <string.h>

/* Partial sums, in vectors that fit a register (GCC keeps wider ones in memory); two of them hide
 * the latency of an addition. */
typedef real lane_vector __attribute__((vector_size(32)));
#ifdef CHORUS_DOUBLE
typedef int64_t lane_mask __attribute__((vector_size(32)));
#else
typedef int32_t lane_mask __attribute__((vector_size(32)));
#endif
enum { LANE_VECTORS = 2, LANES = LANE_VECTORS * 32 / sizeof(real) };
struct lanes {
    lane_vector sums[LANE_VECTORS];
};

static inline void lanes_add(struct lanes *lanes, const real *x)
{
    for (int v = 0; v < LANE_VECTORS; v++) {
        lane_vector a;
        memcpy(&a, x + v * (LANES / LANE_VECTORS), sizeof(a));
        lanes->sums[v] += a;
    }
}

static inline void lanes_add_product(struct lanes *lanes, const real *x, const real *y)
{
    for (int v = 0; v < LANE_VECTORS; v++) {
        lane_vector a, b;
        memcpy(&a, x + v * (LANES / LANE_VECTORS), sizeof(a));
        memcpy(&b, y + v * (LANES / LANE_VECTORS), sizeof(b));
        lanes->sums[v] += a * b;
    }
}

static inline void lanes_raise(struct lanes *lanes, const real *x)
{
    for (int v = 0; v < LANE_VECTORS; v++) {
        lane_vector a;
        memcpy(&a, x + v * (LANES / LANE_VECTORS), sizeof(a));
        lane_mask more = a > lanes->sums[v];
        lanes->sums[v] = (lane_vector)((more & (lane_mask)a) | (~more & (lane_mask)lanes->sums[v]));
    }
}

static inline real lanes_at(const struct lanes *lanes, int l)
{
    return lanes->sums[l / (LANES / LANE_VECTORS)][l % (LANES / LANE_VECTORS)];
}

/* All lanes, added up pairwise. */
static inline real lanes_total(const struct lanes *lanes)
{
    lane_vector sums = lanes->sums[0] + lanes->sums[1];
#ifdef CHORUS_DOUBLE
    return (sums[0] + sums[2]) + (sums[1] + sums[3]);
#else
    return ((sums[0] + sums[4]) + (sums[2] + sums[6])) +
           ((sums[1] + sums[5]) + (sums[3] + sums[7]));
#endif
}

#ifdef CHORUS_DOUBLE

static inline double vector_select(int condition, double yes, double no)
{
    return condition ? yes : no;
}

static inline double vector_exp(double x)
{
    return exp(x);
}

static inline double vector_tanh(double x)
{
    return tanh(x);
}

#else

static inline uint32_t bits_of(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof(bits));
    return bits;
}

static inline float float_of(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof(x));
    return x;
}

/* condition ? yes : no, which GCC leaves a branch where the condition is a comparison that could
 * trap. */
static inline float vector_select(int condition, float yes, float no)
{
    uint32_t mask = -(uint32_t)condition;
    return float_of((bits_of(yes) & mask) | (bits_of(no) & ~mask));
}

/* e^x = 2^n e^r, n = round(x / ln 2), |r| <= ln 2 / 2; ln 2 in two parts (Cody & Waite), the
 * polynomial of Cephes' expf. 2^n goes in as two factors, so that results below the normal numbers
 * and overflow come out right. */
static inline float vector_exp(float x)
{
    const float round = 0x1.8p23f;          // adding it leaves the nearest integer in the low bits
    x = vector_select(x > 89.0f, 89.0f, x); // beyond these the result is inf and 0; a NaN passes
    x = vector_select(x < -104.0f, -104.0f, x);
    float shifted = x * 1.44269504f + round;
    float n = shifted - round;
    float r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = (p * (r * r) + r) + 1.0f;
    int32_t exponent = (int32_t)(bits_of(shifted) - bits_of(round));
    int32_t half = exponent >> 1, rest = exponent - half;
    return p * float_of((uint32_t)(half + 127) << 23) * float_of((uint32_t)(rest + 127) << 23);
}

/* With the sign of x: |x| < 0.625: |x| + |x|^3 P(x^2) (Cephes' tanhf); else 1 - 2 / (e^2|x| + 1).
 */
static inline float vector_tanh(float x)
{
    float size = fabsf(x), square = x * x;
    float p = -5.70498872745e-3f;
    p = p * square + 2.06390887954e-2f;
    p = p * square - 5.37397155531e-2f;
    p = p * square + 1.33314422036e-1f;
    p = p * square - 3.33332819422e-1f;
    float small = p * square * size + size;
    float large = 1.0f - 2.0f / (vector_exp(2.0f * size) + 1.0f);
    float result = vector_select(size < 0.625f, small, large);
    return float_of(bits_of(result) | (bits_of(x) & 0x80000000u));
}

#endif

/* 1 / (1 + e^-x), from e^-|x| so that small results keep their digits. */
static inline real vector_logistic(real x)
{
    real e = vector_exp(vector_select(x < 0, x, -x));
    return vector_select(x < 0, e, 1) / (1 + e);
}

/* Of count >= 1 numbers. */
static inline real vector_largest(const real *x, int count)
{
    real most = x[0];
    int i = 0;
    if (count >= LANES) {
        struct lanes lanes;
        memcpy(&lanes, x, sizeof(lanes));
        for (; i + LANES <= count; i += LANES)
            lanes_raise(&lanes, x + i);
        for (int l = 0; l < LANES; l++)
            most = lanes_at(&lanes, l) > most ? lanes_at(&lanes, l) : most;
    }
    for (; i < count; i++)
        most = x[i] > most ? x[i] : most;
    return most;
}

/* Up to 256 numbers are added up in `real` before their sum goes on in double. */
static inline double vector_sum(const real *x, int count)
{
    enum { BLOCK = 256 };
    double total = 0;
    for (int first = 0; first < count; first += BLOCK) {
        int end = count - first < BLOCK ? count : first + BLOCK, i = first;
        struct lanes lanes = {0};
        for (; i + LANES <= end; i += LANES)
            lanes_add(&lanes, x + i);
        total += lanes_total(&lanes);
        for (; i < end; i++)
            total += x[i];
    }
    return total;
}

#endif
