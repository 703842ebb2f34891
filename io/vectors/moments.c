#include "io/vectors/moments.h"
#include "comm/base/clones.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include <float.h>
#include <math.h>

void moments_init(struct moments *moments, int dimension)
{
    require(dimension > 0);
    *moments = (struct moments){.dimension = dimension};
    moments->mean = memory_take((size_t)dimension * sizeof *moments->mean);
    moments->squares = memory_take((size_t)dimension * sizeof *moments->squares);
}

/* m' = m + (x - m) / n;  s' = s + (x - m) (x - m') */
VECTOR_CLONES static void add_frame(double *restrict mean, double *restrict squares,
                                    const float *restrict frame, int dimension, double n)
{
    for (int i = 0; i < dimension; i++) {
        double difference = frame[i] - mean[i];
        mean[i] += difference / n;
        squares[i] += difference * (frame[i] - mean[i]);
    }
}

void moments_add(struct moments *moments, const float *values, int64_t frames)
{
    for (int64_t i = 0; i < frames; i++)
        add_frame(moments->mean, moments->squares, values + i * moments->dimension,
                  moments->dimension, (double)++moments->frames);
}

void moments_finish(const struct moments *moments, float *mean, float *deviation)
{
    for (int i = 0; i < moments->dimension; i++) {
        double n = (double)moments->frames;
        double root = moments->frames ? sqrt(moments->squares[i] / n) : 0;
        mean[i] = (float)moments->mean[i];
        deviation[i] = root < FLT_MIN ? 1 : (float)root;
    }
}

void moments_release(struct moments *moments)
{
    memory_free(moments->mean);
    memory_free(moments->squares);
    *moments = (struct moments){0};
}

void moments_normalise(float *values, int64_t frames, int dimension, const float *mean,
                       const float *deviation)
{
    for (int64_t t = 0; t < frames; t++)
        for (int i = 0; i < dimension; i++) {
            float *x = &values[t * dimension + i];
            *x = (float)(((double)*x - mean[i]) / deviation[i]);
        }
}

void moments_restore(float *values, int64_t frames, int dimension, const float *mean,
                     const float *deviation)
{
    for (int64_t t = 0; t < frames; t++)
        for (int i = 0; i < dimension; i++) {
            float *x = &values[t * dimension + i];
            *x = (float)((double)*x * deviation[i] + mean[i]);
        }
}
