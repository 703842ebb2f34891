#include "trainer/benchmark/peak.h"
#include "comm/base/clock.h"
#include "comm/base/memory.h"
#include "comm/base/points.h"
#include "model/product/product.h"
#include "model/product/threads.h"
#include <stdint.h>

enum { CUBE = 2048, TRIES = 3, TRIAD = 1 << 23 };

struct cubes {
    float *a, *b;
    float *c; // one for each thread
};

static void multiply(void *context, int64_t piece)
{
    struct cubes *cubes = context;
    float *c = cubes->c + piece * CUBE * CUBE;
    product_whole(PRODUCT_NN, CUBE, CUBE, CUBE, cubes->a, CUBE, cubes->b, CUBE, 0, c, CUBE);
}

static float *numbers(int64_t count)
{
    float *x = memory_take((size_t)count * sizeof *x);
    for (int64_t i = 0; i < count; i++)
        x[i] = (float)(i % 7) - 3;
    return x;
}

double peak_sgemm(void)
{
    const int64_t elements = (int64_t)CUBE * CUBE;
    struct cubes cubes = {numbers(elements), numbers(elements), numbers(elements * threads())};
    double best = 0;
    for (int i = 0; i < TRIES; i++) {
        double start = clock_seconds();
        threads_run(threads(), multiply, &cubes);
        double rate = 2.0 * CUBE * (double)elements * threads() / (clock_seconds() - start);
        best = rate > best ? rate : best;
        point_alive();
    }
    memory_free(cubes.a);
    memory_free(cubes.b);
    memory_free(cubes.c);
    return best;
}

/* Not inlined, so that no pass of it is left out. */
__attribute__((noinline)) static void triad(float *restrict a, const float *restrict b,
                                            const float *restrict c, float x)
{
#pragma omp simd
    for (int i = 0; i < TRIAD; i++)
        a[i] = b[i] + x * c[i];
}

double peak_triad(void)
{
    float *a = numbers(TRIAD), *b = numbers(TRIAD), *c = numbers(TRIAD);
    double best = 0;
    for (int i = 0; i < 2 * TRIES; i++) {
        double start = clock_seconds();
        triad(a, b, c, (float)i);
        double rate = 3.0 * TRIAD * (double)sizeof *a / (clock_seconds() - start);
        best = rate > best ? rate : best;
        point_alive();
    }
    memory_free(a);
    memory_free(b);
    memory_free(c);
    return best;
}
