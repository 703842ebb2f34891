/* Plain loops, which the libraries are compared with, and what bfloat16 is shown by where the
 * processor has none. Each element is one chain over k in order, each product and sum rounded. */
#include "model/product/product_library.h"
#include "model/product/vector.h"
#include <string.h>

/* Of op(B) (K, N): what is rounded at a time. */
enum { DEPTH = 256, COLUMNS = 64 };

static inline real rounded(enum precision precision, real x)
{
    return precision == PRECISION_BFLOAT16 ? (real)bfloat16_value(bfloat16_of((float)x)) : x;
}

/* sums (COLUMNS) += a (depth), rounded, x block (depth, COLUMNS) */
VECTOR_CLONES
static void add_row(enum precision precision, const real *a, int64_t step, int depth,
                    const real *block, real *sums)
{
    for (int k = 0; k < depth; k++) {
        real factor = rounded(precision, a[k * step]);
        for (int n = 0; n < COLUMNS; n++)
            sums[n] += factor * block[k * COLUMNS + n];
    }
}

/* block (depth, COLUMNS) = op(B)[k.., n..], rounded; zero beyond its columns. */
static void take_block(enum precision precision, enum product_form form, const real *B, int ldb,
                       int depth, int columns, real *block)
{
    int64_t down = form == PRODUCT_NT ? 1 : ldb, along = form == PRODUCT_NT ? ldb : 1;
    memset(block, 0, (size_t)(depth * COLUMNS) * sizeof(real));
    for (int n = 0; n < columns; n++)
        for (int k = 0; k < depth; k++)
            block[k * COLUMNS + n] = rounded(precision, B[k * down + n * along]);
}

static void multiply(enum precision precision, enum product_form form,
                     const struct product_item *item, int lda, int ldb, int add, int ldc)
{
    int64_t row = form == PRODUCT_TN ? 1 : lda, step = form == PRODUCT_TN ? lda : 1;
    int64_t down = form == PRODUCT_NT ? 1 : ldb, along = form == PRODUCT_NT ? ldb : 1;
    real block[DEPTH * COLUMNS];
    for (int n = 0; n < item->N; n += COLUMNS)
        for (int k = 0; k < item->K; k += DEPTH) {
            int columns = item->N - n < COLUMNS ? item->N - n : COLUMNS;
            int depth = item->K - k < DEPTH ? item->K - k : DEPTH;
            size_t bytes = (size_t)columns * sizeof(real);
            take_block(precision, form, item->B + k * down + n * along, ldb, depth, columns, block);
            for (int m = 0; m < item->M; m++) {
                real sums[COLUMNS] = {0}, *C = item->C + (int64_t)m * ldc + n;
                if (add || k)
                    memcpy(sums, C, bytes);
                add_row(precision, item->A + m * row + k * step, step, depth, block, sums);
                memcpy(C, sums, bytes);
            }
        }
}

static bool precise(enum precision precision, struct reason *why)
{
    (void)precision, (void)why;
    return true;
}

static const char *words(void)
{
    return "plain loops";
}

const struct product_library product_reference = {
    .words = words, .precise = precise, .multiply = multiply};
