/* One step of an optimizer over a part of the block, as PyTorch defines them: Adam (Kingma & Ba
 * 2015; epsilon outside the root, after bias correction), AdamW (Loshchilov & Hutter 2019,
 * decoupled decay), SGD with momentum (v = m v + g, no dampening). Element-wise: the result for an
 * element does not depend on how the block is cut into parts. */
#ifndef OPTIMIZER_H
#define OPTIMIZER_H

#include "model/product/real.h"
#include <stdint.h>

enum optimizer_kind { OPTIMIZER_ADAM, OPTIMIZER_ADAMW, OPTIMIZER_SGD, OPTIMIZER_KINDS };

struct optimizer {
    enum optimizer_kind kind;
    double beta1, beta2, epsilon; // Adam, AdamW
    double momentum;              // SGD
    double weight_decay;          // AdamW: decoupled; Adam and SGD: added to the gradient
};

/* How many blocks of moments the kind keeps: first, second. SGD keeps first only with momentum. */
int optimizer_moments(const struct optimizer *optimizer);

/* weights, gradient, first and second: `count` reals of the part. The gradient is multiplied by
 * `scale` first (1 / tokens, times clipping). step counts from 1: steps that were taken, this one
 * included (a skipped update takes none). */
void optimizer_step(const struct optimizer *optimizer, double learning_rate, int64_t step,
                    double scale, int64_t count, real *weights, const real *gradient, real *first,
                    real *second);

#endif
