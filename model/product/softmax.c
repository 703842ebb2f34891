#include "model/product/softmax.h"
#include "model/product/vector.h"

VECTOR_CLONES
void softmax(const real *x, real *y, int count)
{
    if (count == 0)
        return;
    real most = vector_largest(x, count);
    for (int i = 0; i < count; i++)
        y[i] = vector_exp(x[i] - most);
    real scale = (real)(1 / vector_sum(y, count));
    for (int i = 0; i < count; i++)
        y[i] *= scale;
}

VECTOR_CLONES
void softmax_backward(const real *y, real *dy, int count)
{
    real sum = 0;
    for (int i = 0; i < count; i++)
        sum += y[i] * dy[i];
    for (int i = 0; i < count; i++)
        dy[i] = y[i] * (dy[i] - sum);
}
