#include "model/decoder/output_values.h"
#include "model/product/natural.h"
#include "model/product/vector.h"

/* y (D) becomes its gradient, y - t. */
static double squared_error(int D, const real *target, real *y)
{
    double sum = 0;
    for (int i = 0; i < D; i++) {
        y[i] -= target[i];
        sum += (double)y[i] * (double)y[i];
    }
    return sum / 2;
}

/* z becomes its gradient, s(z) - last. -log s(x) = log(1 + e^-|x|) + max(-x, 0) */
static double stop_error(int last, real *z)
{
    real x = last ? *z : -*z;
    double loss = natural_log(1 + (double)vector_exp(x < 0 ? x : -x));
    *z = vector_logistic(*z) - (real)last;
    return x < 0 ? loss - (double)x : loss;
}

void output_values_loss(const struct dense *output, const real *block, const real *r,
                        const real *targets, const int32_t *last, int64_t rows, double *losses,
                        real *dr, real *gradient, struct arena *arena)
{
    const int V = output->out, D = last ? V - 1 : V;
    real *y = arena_take(arena, (size_t)rows * (size_t)V, sizeof(real)); // (rows, V)
    dense_forward(output, block, rows, r, y);
    for (int64_t i = 0; i < rows; i++) {
        losses[i] = squared_error(D, targets + i * D, y + i * V);
        if (last)
            losses[i] += stop_error(last[i], y + i * V + D);
    }
    if (dr)
        dense_backward(output, block, gradient, rows, r, NULL, y, 0, dr);
}
