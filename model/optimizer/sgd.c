/* Stochastic gradient descent as PyTorch defines it: v = m v + g, no dampening. */
#include "model/optimizer/optimizer.h"
#include "model/product/vector.h"

/* The numbers of a step that are equal for all elements. */
struct factors {
    real scale, decay, momentum, rate;
};

/* g = scale gradient + decay w;  m = momentum m + g;  w -= rate m */
VECTOR_CLONES
static void with_momentum(const struct factors *factors, int64_t count, real *restrict weights,
                          const real *restrict gradient, real *restrict first)
{
    const struct factors f = *factors;
    for (int64_t i = 0; i < count; i++) {
        first[i] = f.momentum * first[i] + (gradient[i] * f.scale + weights[i] * f.decay);
        weights[i] -= f.rate * first[i];
    }
}

VECTOR_CLONES
static void plain(const struct factors *factors, int64_t count, real *restrict weights,
                  const real *restrict gradient)
{
    const struct factors f = *factors;
    for (int64_t i = 0; i < count; i++)
        weights[i] -= f.rate * (gradient[i] * f.scale + weights[i] * f.decay);
}

static int moments(const struct optimizer *optimizer)
{
    return optimizer->momentum != 0;
}

static void take(const struct optimizer *optimizer, double learning_rate, int64_t step,
                 double scale, const struct stretch *s)
{
    (void)step;
    const struct factors factors = {(real)scale, (real)optimizer->weight_decay,
                                    (real)optimizer->momentum, (real)learning_rate};
    if (moments(optimizer))
        with_momentum(&factors, stretch_count(s), s->weights, s->gradient, s->first);
    else
        plain(&factors, stretch_count(s), s->weights, s->gradient);
}

const struct optimizer_kind optimizer_sgd = {.name = "sgd",
                                             .help = "with --momentum, as PyTorch defines it",
                                             .uses = OPTIMIZER_MOMENTUM,
                                             .moments = moments,
                                             .step = take};
