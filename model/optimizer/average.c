#include "model/optimizer/average.h"
#include "comm/base/die.h"
#include "model/product/vector.h"

/* a += rest (w - a) */
VECTOR_CLONES
static void follow(real rest, int64_t count, real *restrict average, const real *restrict weights)
{
    for (int64_t i = 0; i < count; i++)
        average[i] += rest * (weights[i] - average[i]);
}

void average_step(double decay, int64_t step, int64_t count, real *average, const real *weights)
{
    require(step >= 1 && decay > 0 && decay < 1);
    double early = (1 + (double)step) / (10 + (double)step);
    follow((real)(1 - (early < decay ? early : decay)), count, average, weights);
}
