/* Element-wise work on matrices whose rows stand `ld` apart. Rows (for sums: columns) are shared
 * between the threads where there is enough to do; every sum has one fixed order. */
#ifndef ROWS_H
#define ROWS_H

#include "model/product/real.h"
#include <stdbool.h>
#include <stdint.h>

void rows_copy(int64_t rows, int width, const real *x, int ldx, real *y, int ldy); // y = x
void rows_add(int64_t rows, int width, const real *x, int ldx, real *y, int ldy);  // y += x
void rows_add_bias(int64_t rows, int width, const real *bias, real *y);            // y += bias
void rows_tanh(int64_t rows, int width, const real *bias,
               real *y); // y = tanh(y + bias); bias may be NULL
/* dy = dy (1 - y^2), y = tanh(.) */
void rows_tanh_backward(int64_t rows, int width, const real *y, real *dy);
/* sum[j] += x[0][j] + x[1][j] + ... */
void rows_sum(int64_t rows, int width, const real *x, int ldx, real *sum);
/* sum[j] += x[0][j] y[0][j] + x[1][j] y[1][j] + ... */
void rows_sum_products(int64_t rows, int width, const real *x, int ldx, const real *y, int ldy,
                       real *sum);
/* Neither infinite nor NaN, all of them. */
bool rows_finite(const real *x, int64_t count);

/* Rows x width from which on a loop is shared between the threads. */
enum { ROWS_SHARED = 16384 };

#endif
