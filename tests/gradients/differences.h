/* A gradient against differences of the function that it claims to be the gradient of, element by
 * element, in double precision:
 *
 *     |a - n| <= 1e-6 max(|a|, |n|, 1e-3 max|g|)      for every element
 *
 * n is the central difference; where rounding or curvature keeps that from being exact enough, the
 * five-point difference (f(x - 2h) - 8 f(x - h) + 8 f(x + h) - f(x + 2h)) / 12h, whose error falls
 * with h^4, also with small steps: layer normalisation of numbers that are nearly equal bends
 * sharply. */
#ifndef DIFFERENCES_H
#define DIFFERENCES_H

#include "model/product/real.h"
#include <math.h>
#include <stdint.h>
#include <stdio.h>

struct differences {
    double (*function)(void *context); // of the numbers at x
    void *context;
    real *x;
    const real *gradient;
    int64_t count;
    double largest; // max|g| over all that belongs together; 0: of these
};

/* What came of it. worst: the largest |a - n| / max(...), to be told beside the tolerance. */
struct differences_result {
    int64_t wrong;
    double worst;
};

static const double differences_tolerance = 1e-6;

static inline double difference_at(const struct differences *it, int64_t i, double step)
{
    real x = it->x[i];
    it->x[i] = x + step;
    double value = it->function(it->context);
    it->x[i] = x;
    return value;
}

static inline double difference_central(const struct differences *it, int64_t i, double h)
{
    return (difference_at(it, i, h) - difference_at(it, i, -h)) / (2 * h);
}

static inline double difference_five(const struct differences *it, int64_t i, double h)
{
    return (4 * difference_central(it, i, h) - difference_central(it, i, 2 * h)) / 3;
}

static inline double difference_error(double a, double n, double largest)
{
    double scale = fmax(fmax(fabs(a), fabs(n)), 1e-3 * largest);
    return scale > 0 ? fabs(a - n) / scale : fabs(a - n);
}

static inline double differences_largest(const real *gradient, int64_t count)
{
    double largest = 0;
    for (int64_t i = 0; i < count; i++)
        largest = fmax(largest, fabs((double)gradient[i]));
    return largest;
}

/* Prints the first wrong elements with `label`. A NaN is wrong. */
static inline struct differences_result differences_check(const struct differences *it,
                                                          const char *label)
{
    struct differences_result result = {0, 0};
    double largest = it->largest > 0 ? it->largest : differences_largest(it->gradient, it->count);
    for (int64_t i = 0; i < it->count; i++) {
        double a = it->gradient[i];
        double n = difference_central(it, i, 3e-5);
        double error = difference_error(a, n, largest);
        static const double steps[] = {4e-4, 2e-5, 2e-6};
        for (int s = 0; s < 3 && !(error <= differences_tolerance / 4); s++) {
            n = difference_five(it, i, steps[s]);
            error = fmin(error, difference_error(a, n, largest));
        }
        if (!(error <= differences_tolerance)) {
            if (result.wrong++ < 3)
                fprintf(stderr, "%s[%lld]: backward says %.9g, differences %.9g\n", label,
                        (long long)i, a, n);
        }
        if (!(error <= result.worst))
            result.worst = error;
    }
    return result;
}

#endif
