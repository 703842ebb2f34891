/* Natural logarithm and exponential of doubles, the same bits on every processor: libm's pick their
 * code by processor, and the last bit with it. */
#ifndef NATURAL_H
#define NATURAL_H

#include <math.h>

/* Of 1 <= x < inf (a NaN stays one), from 2 artanh((m - 1) / (m + 1)). */
static inline double natural_log(double x)
{
    int exponent;
    double m = frexp(x, &exponent) * M_SQRT2; // in [0.71, 1.41)
    double s = (m - 1) / (m + 1), square = s * s, sum = 0;
    for (int odd = 21; odd >= 1; odd -= 2)
        sum = sum * square + 1.0 / odd;
    return (exponent - 0.5) * M_LN2 + 2 * s * sum;
}

/* Of -700 <= x <= 700: e^x = 2^n e^r, n = round(x / ln 2), e^r from Taylor's series. */
static inline double natural_exp(double x)
{
    const double ln_2_head = 0x1.62e42feep-1, ln_2_rest = 0x1.a39ef35793c76p-33;
    double n = floor(x * M_LOG2E + 0.5), r = (x - n * ln_2_head) - n * ln_2_rest, sum = 1;
    for (int i = 14; i >= 1; i--)
        sum = 1 + sum * r / i;
    return ldexp(sum, (int)n);
}

#endif
