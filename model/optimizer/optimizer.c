#include "model/optimizer/optimizer.h"
#include "comm/base/die.h"
#include "model/product/threads.h"
#include "model/product/vector.h"

enum { PIECE = 16384 };

int optimizer_moments(const struct optimizer *optimizer)
{
    return optimizer->kind == OPTIMIZER_SGD ? optimizer->momentum != 0 : 2;
}

/* base^n by squaring: libm's pow picks its code by processor. */
static double power(double base, int64_t n)
{
    double result = 1;
    for (; n; n /= 2, base *= base)
        if (n % 2)
            result *= base;
    return result;
}

/* The numbers of a step that are equal for all elements. */
struct factors {
    real scale, decay, keep; // of the gradient; added to it, times the weight; of the weight
    real beta1, rest1, beta2, rest2, root, epsilon, step;
};

/* g = scale gradient + decay w;  w = keep w
 * m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2
 * w -= rate / (1 - b1^t) m / (sqrt(v) / sqrt(1 - b2^t) + epsilon) */
VECTOR_CLONES
static void adam(const struct factors *factors, int64_t count, real *restrict weights,
                 const real *restrict gradient, real *restrict first, real *restrict second)
{
    const struct factors f = *factors;
    for (int64_t i = 0; i < count; i++) {
        real g = gradient[i] * f.scale + weights[i] * f.decay;
        real m = f.beta1 * first[i] + f.rest1 * g;
        real v = f.beta2 * second[i] + f.rest2 * (g * g);
        first[i] = m;
        second[i] = v;
#ifdef CHORUS_DOUBLE
        real root = sqrt(v);
#else
        real root = sqrtf(v);
#endif
        weights[i] = weights[i] * f.keep - f.step * (m / (root / f.root + f.epsilon));
    }
}

/* g = scale gradient + decay w;  m = momentum m + g;  w -= rate m */
VECTOR_CLONES
static void sgd(const struct factors *factors, int64_t count, real *restrict weights,
                const real *restrict gradient, real *restrict first)
{
    const struct factors f = *factors;
    for (int64_t i = 0; i < count; i++) {
        first[i] = f.beta1 * first[i] + (gradient[i] * f.scale + weights[i] * f.decay);
        weights[i] -= f.step * first[i];
    }
}

VECTOR_CLONES
static void sgd_plain(const struct factors *factors, int64_t count, real *restrict weights,
                      const real *restrict gradient)
{
    const struct factors f = *factors;
    for (int64_t i = 0; i < count; i++)
        weights[i] -= f.step * (gradient[i] * f.scale + weights[i] * f.decay);
}

static struct factors factors_of(const struct optimizer *optimizer, double learning_rate,
                                 int64_t step, double scale)
{
    double decay = optimizer->weight_decay;
    struct factors f = {.scale = (real)scale, .decay = (real)decay, .keep = 1};
    if (optimizer->kind == OPTIMIZER_SGD) {
        f.beta1 = (real)optimizer->momentum;
        f.step = (real)learning_rate;
        return f;
    }
    if (optimizer->kind == OPTIMIZER_ADAMW) {
        f.decay = 0;
        f.keep = (real)(1 - learning_rate * decay);
    }
    f.beta1 = (real)optimizer->beta1;
    f.rest1 = (real)(1 - optimizer->beta1);
    f.beta2 = (real)optimizer->beta2;
    f.rest2 = (real)(1 - optimizer->beta2);
    f.root = (real)sqrt(1 - power(optimizer->beta2, step));
    f.epsilon = (real)optimizer->epsilon;
    f.step = (real)(learning_rate / (1 - power(optimizer->beta1, step)));
    return f;
}

void optimizer_step(const struct optimizer *optimizer, double learning_rate, int64_t step,
                    double scale, int64_t count, real *weights, const real *gradient, real *first,
                    real *second)
{
    require(step >= 1);
    struct factors f = factors_of(optimizer, learning_rate, step, scale);
    int64_t pieces = (count + PIECE - 1) / PIECE;
#pragma omp parallel for num_threads(threads()) schedule(static) if (pieces > 1 && threads() > 1)
    for (int64_t p = 0; p < pieces; p++) {
        int64_t i = p * PIECE, n = count - i < PIECE ? count - i : PIECE;
        if (optimizer->kind != OPTIMIZER_SGD)
            adam(&f, n, weights + i, gradient + i, first + i, second + i);
        else if (optimizer->momentum != 0)
            sgd(&f, n, weights + i, gradient + i, first + i);
        else
            sgd_plain(&f, n, weights + i, gradient + i);
    }
}
