#include "model/product/rows.h"
#include "model/product/activation.h"
#include "model/product/threads.h"
#include "model/product/vector.h"

enum { COLUMNS = 256 }; // of one piece of rows_sum

// cppcheck-suppress unusedFunction ; it stands in pragmas alone
static int shared(int64_t rows, int width)
{
    return threads() > 1 && rows * width > ROWS_SHARED;
}

void rows_copy(int64_t rows, int width, const real *x, int ldx, real *y, int ldy)
{
#pragma omp parallel for num_threads(threads()) schedule(static) if (shared(rows, width))
    for (int64_t i = 0; i < rows; i++)
        memcpy(y + i * ldy, x + i * ldx, (size_t)width * sizeof(real));
}

VECTOR_CLONES
static void add(int width, const real *x, real *y)
{
    for (int j = 0; j < width; j++)
        y[j] += x[j];
}

void rows_add(int64_t rows, int width, const real *x, int ldx, real *y, int ldy)
{
#pragma omp parallel for num_threads(threads()) schedule(static) if (shared(rows, width))
    for (int64_t i = 0; i < rows; i++)
        add(width, x + i * ldx, y + i * ldy);
}

void rows_add_bias(int64_t rows, int width, const real *bias, real *y)
{
    rows_add(rows, width, bias, 0, y, width);
}

void rows_tanh(int64_t rows, int width, const real *bias, real *y)
{
    if (bias)
        rows_add_bias(rows, width, bias, y);
    activation_tanh(y, y, (size_t)(rows * width));
}

void rows_tanh_backward(int64_t rows, int width, const real *y, real *dy)
{
    activation_tanh_backward(y, dy, dy, (size_t)(rows * width));
}

void rows_sum(int64_t rows, int width, const real *x, int ldx, real *sum)
{
#pragma omp parallel for num_threads(threads()) schedule(static) if (shared(rows, width))
    for (int first = 0; first < width; first += COLUMNS) {
        int count = width - first < COLUMNS ? width - first : COLUMNS;
        for (int64_t i = 0; i < rows; i++)
            add(count, x + i * ldx + first, sum + first);
    }
}

VECTOR_CLONES
static void add_products(int width, const real *restrict x, const real *restrict y,
                         real *restrict sum)
{
    for (int j = 0; j < width; j++)
        sum[j] += x[j] * y[j];
}

void rows_sum_products(int64_t rows, int width, const real *x, int ldx, const real *y, int ldy,
                       real *sum)
{
#pragma omp parallel for num_threads(threads()) schedule(static) if (shared(rows, width))
    for (int first = 0; first < width; first += COLUMNS) {
        int count = width - first < COLUMNS ? width - first : COLUMNS;
        for (int64_t i = 0; i < rows; i++)
            add_products(count, x + i * ldx + first, y + i * ldy + first, sum + first);
    }
}

/* x - x is zero but for infinities and NaN. */
VECTOR_CLONES
static bool all_finite(const real *x, int64_t count)
{
    int broken = 0;
    for (int64_t i = 0; i < count; i++)
        broken |= x[i] - x[i] != 0;
    return !broken;
}

bool rows_finite(const real *x, int64_t count)
{
    int broken = 0;
#pragma omp parallel for num_threads(threads()) reduction(| : broken) if (count > ROWS_SHARED)
    for (int64_t i = 0; i < count; i += ROWS_SHARED)
        broken |= !all_finite(x + i, count - i < ROWS_SHARED ? count - i : ROWS_SHARED);
    return !broken;
}
