/* For the gradients of single parts: numbers to start from, and the check. A part is made a
 * function by the sum over its outputs of weight x output, so the weight is the gradient at the
 * output. */
#ifndef GRADIENT_PARTS_H
#define GRADIENT_PARTS_H

#include "comm/base/random.h"
#include "tests/gradients/differences.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Uniform in +-1. */
static inline void parts_fill(real *x, int64_t count, uint64_t seed)
{
    struct random_key key = {seed, RANDOM_WEIGHTS, 0, 0};
    for (int64_t i = 0; i < count; i++)
        x[i] = (real)(2 * random_uniform(&key, (uint64_t)i) - 1);
}

static inline double parts_dot(const real *x, const real *y, int64_t count)
{
    double sum = 0;
    for (int64_t i = 0; i < count; i++)
        sum += (double)x[i] * (double)y[i];
    return sum;
}

static inline void parts_check(double (*function)(void *), void *context, real *x,
                               const real *gradient, int64_t count, const char *label)
{
    struct differences differences = {function, context, x, gradient, count, 0};
    assert_true(differences_largest(gradient, count) > 1e-3);
    assert_int_equal(differences_check(&differences, label).wrong, 0);
}

#endif
