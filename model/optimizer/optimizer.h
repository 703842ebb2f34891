/* What an update does to the weights: the optimizers, a row of a table each (optimizer.c), in a
 * file of their kind. A new one is such a file, with its row, and a line of OPTIMIZERS. A step is
 * taken on stretches of the block. Most are element-wise: the result for an element does not depend
 * on where stretches begin and end, which may be anywhere. One that is `whole` looks at a parameter
 * as a whole: each stretch is one, and ranks share the block at the ends of parameters. */
#ifndef OPTIMIZER_H
#define OPTIMIZER_H

#include "model/product/real.h"
#include <stdbool.h>
#include <stdint.h>

/* The numbers that not all use. */
enum { OPTIMIZER_BETA1 = 1, OPTIMIZER_BETA2 = 2, OPTIMIZER_EPSILON = 4, OPTIMIZER_MOMENTUM = 8 };

struct optimizer {
    const struct optimizer_kind *kind;
    double beta1, beta2, epsilon, momentum;
    double weight_decay;
};

struct stretch {
    int64_t rows, columns; // of a parameter that is whole (columns 0: a vector); else count and 0
    real *weights;
    const real *gradient;
    real *first, *second; // moments, as long as the weights; NULL where none are kept
};
static inline int64_t stretch_count(const struct stretch *stretch)
{
    return stretch->rows * (stretch->columns ? stretch->columns : 1);
}

struct optimizer_kind {
    const char *name, *help;
    int uses;            // which numbers, or-ed
    double weight_decay; // unless one is given
    bool whole;
    /* How many blocks of moments it keeps, which start as zeros: none, the first, or both. */
    int (*moments)(const struct optimizer *optimizer);
    void (*step)(const struct optimizer *optimizer, double learning_rate, int64_t step,
                 double scale, const struct stretch *stretch);
};

#define OPTIMIZERS(ROW)                                                                            \
    ROW(adam)                                                                                      \
    ROW(adamw)                                                                                     \
    ROW(sgd)
#define OPTIMIZER_ROW(name) extern const struct optimizer_kind optimizer_##name;
OPTIMIZERS(OPTIMIZER_ROW)
#undef OPTIMIZER_ROW
extern const struct optimizer_kind *const optimizer_table[]; // up to NULL

int optimizer_moments(const struct optimizer *optimizer);

/* The gradient is multiplied by `scale` first (1 / tokens, times clipping). step counts from 1:
 * steps that were taken, this one included (a skipped update takes none). */
void optimizer_step(const struct optimizer *optimizer, double learning_rate, int64_t step,
                    double scale, const struct stretch *stretch);

/* base^n by squaring: libm's pow picks its code by processor. */
double optimizer_power(double base, int64_t n);

#endif
