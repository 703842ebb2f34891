/* Adam (Kingma & Ba 2015) and AdamW (Loshchilov & Hutter 2019), as PyTorch defines them: epsilon
 * outside the root, after the correction of the bias. */
#include "model/optimizer/optimizer.h"
#include "model/product/vector.h"

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

static void take(const struct optimizer *optimizer, double learning_rate, int64_t step,
                 double scale, double decay, double keep, const struct stretch *s)
{
    const struct factors factors = {
        .scale = (real)scale,
        .decay = (real)decay,
        .keep = (real)keep,
        .beta1 = (real)optimizer->beta1,
        .rest1 = (real)(1 - optimizer->beta1),
        .beta2 = (real)optimizer->beta2,
        .rest2 = (real)(1 - optimizer->beta2),
        .root = (real)sqrt(1 - optimizer_power(optimizer->beta2, step)),
        .epsilon = (real)optimizer->epsilon,
        .step = (real)(learning_rate / (1 - optimizer_power(optimizer->beta1, step))),
    };
    adam(&factors, stretch_count(s), s->weights, s->gradient, s->first, s->second);
}

static void step_added(const struct optimizer *optimizer, double learning_rate, int64_t step,
                       double scale, const struct stretch *stretch)
{
    take(optimizer, learning_rate, step, scale, optimizer->weight_decay, 1, stretch);
}

static void step_decoupled(const struct optimizer *optimizer, double learning_rate, int64_t step,
                           double scale, const struct stretch *stretch)
{
    double keep = 1 - learning_rate * optimizer->weight_decay;
    take(optimizer, learning_rate, step, scale, 0, keep, stretch);
}

static int both(const struct optimizer *optimizer)
{
    (void)optimizer;
    return 2;
}

const struct optimizer_kind optimizer_adam = {.name = "adam",
                                              .help = "as PyTorch defines it (Kingma & Ba 2015)",
                                              .uses = OPTIMIZER_BETA1 | OPTIMIZER_BETA2 |
                                                      OPTIMIZER_EPSILON,
                                              .moments = both,
                                              .step = step_added};

const struct optimizer_kind optimizer_adamw = {
    .name = "adamw",
    .help = "the same with --weight-decay, 0.01 unless given, on the weights themselves "
            "(Loshchilov & Hutter 2019)",
    .uses = OPTIMIZER_BETA1 | OPTIMIZER_BETA2 | OPTIMIZER_EPSILON,
    .weight_decay = 0.01,
    .moments = both,
    .step = step_decoupled};
