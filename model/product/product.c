#include "model/product/product.h"
#include "comm/base/points.h"
#include "model/product/product_library.h"
#include "model/product/threads.h"
#include "model/product/vector.h"
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

atomic_int_fast64_t product_ragged;

static enum products chosen;
static enum precision present;

const char *const product_makers[] = {[PRODUCTS_AUTO] = "auto",
                                      [PRODUCTS_OPENBLAS] = "openblas",
                                      [PRODUCTS_ONEDNN] = "onednn",
                                      [PRODUCTS_REFERENCE] = "reference",
                                      NULL};
const char *const product_precisions[] = {
    [PRECISION_FLOAT32] = "float32", [PRECISION_BFLOAT16] = "bfloat16", NULL};

static const struct product_library *maker(enum products products, enum precision precision)
{
    static const struct product_library *const libraries[] = {
        [PRODUCTS_AUTO] = &product_openblas,
        [PRODUCTS_OPENBLAS] = &product_openblas,
#ifdef CHORUS_ONEDNN
        [PRODUCTS_ONEDNN] = &product_onednn,
#endif
        [PRODUCTS_REFERENCE] = &product_reference,
    };
    if (products == PRODUCTS_AUTO && precision == PRECISION_BFLOAT16)
        return libraries[PRODUCTS_ONEDNN];
    return libraries[products];
}

bool product_there(enum products products)
{
    return maker(products, PRECISION_FLOAT32) != NULL;
}

bool product_start(enum products products, struct reason *why)
{
    if (!product_there(products))
        return fail(why, "oneDNN is not built in: install its development package (Debian's "
                         "libdnnl-dev) and build again");
    for (enum products p = PRODUCTS_AUTO; p <= PRODUCTS_REFERENCE; p++)
        if (product_there(p) && maker(p, PRECISION_FLOAT32)->start)
            maker(p, PRECISION_FLOAT32)->start();
    chosen = products;
    present = PRECISION_FLOAT32;
    return true;
}

bool product_precise(enum precision precision, struct reason *why)
{
    const struct product_library *by = maker(chosen, precision);
    return by ? by->precise(precision, why)
              : fail(why, "oneDNN, which multiplies bfloat16, is not built in: float32, or "
                          "--products reference (slow)");
}

enum precision product_precision(enum precision precision)
{
    enum precision before = present;
    present = precision;
    return before;
}

const char *product_words(enum precision precision)
{
    const struct product_library *by = maker(chosen, precision);
    static char words[128];
    snprintf(words, sizeof words, "%s%s, kernel %s", by ? by->words() : "nothing",
             chosen == PRODUCTS_OPENBLAS ? " alone" : "", product_kernel());
    return words;
}

const struct product_library *product_by(void)
{
    return maker(chosen, present);
}

enum precision product_now(void)
{
    return present;
}

bool product_own(void)
{
    return chosen == PRODUCTS_AUTO && present == PRECISION_FLOAT32;
}

static product_listener *listening;

void product_tell(product_listener *listener)
{
    listening = listener;
}

void product_told(int form, const struct product_item *items, int count)
{
    if (listening)
        listening(form, items, count);
}

/* True where nothing is left to be multiplied. */
static bool empty(int M, int N, int K, int add, real *C, int ldc)
{
    if (K == 0 && !add)
        for (int m = 0; m < M; m++)
            memset(C + (int64_t)m * ldc, 0, (size_t)N * sizeof(real));
    return M == 0 || N == 0 || K == 0;
}

/* y += scale x */
static inline void add_row(real scale, const real *x, real *y, int count)
{
#pragma omp simd
    for (int i = 0; i < count; i++)
        y[i] += scale * x[i];
}

static inline real dot(const real *x, const real *y, int count)
{
    struct lanes lanes = {0};
    int i = 0;
    for (; i + LANES <= count; i += LANES)
        lanes_add_product(&lanes, x + i, y + i);
    real rest = 0;
    for (; i < count; i++)
        rest += x[i] * y[i];
    return lanes_total(&lanes) + rest;
}

/* row (N) = [row +] a (K) B^T, each element a dot. B is read at four places far apart at once,
 * which memory gives faster than one after the other: on a Zen 3 core the shapes reference and
 * additive translate one sentence 1.4 and 1.5 times as fast. */
enum { STREAMS = 4 };

VECTOR_CLONES
static void dots(const real *a, const struct product_item *item, int ldb, int add, real *row)
{
    int part = item->N / STREAMS, K = item->K;
    for (int n = 0; n < part; n++) {
        struct lanes lanes[STREAMS] = {0};
        const real *b[STREAMS];
        int i = 0;
        for (int s = 0; s < STREAMS; s++)
            b[s] = item->B + (int64_t)(n + s * part) * ldb;
        for (; i + LANES <= K; i += LANES)
            for (int s = 0; s < STREAMS; s++)
                lanes_add_product(&lanes[s], a + i, b[s] + i);
        for (int s = 0; s < STREAMS; s++) {
            real rest = 0, *to = row + n + s * part;
            for (int j = i; j < K; j++)
                rest += a[j] * b[s][j];
            real sum = lanes_total(&lanes[s]) + rest;
            *to = add ? *to + sum : sum;
        }
    }
    for (int n = STREAMS * part; n < item->N; n++) {
        real sum = dot(a, item->B + (int64_t)n * ldb, K);
        row[n] = add ? row[n] + sum : sum;
    }
}

VECTOR_CLONES
static void plain(enum product_form form, const struct product_item *item, int lda, int ldb,
                  int add, int ldc)
{
    for (int m = 0; m < item->M; m++) {
        real *row = item->C + (int64_t)m * ldc;
        if (form == PRODUCT_NT) {
            dots(item->A + (int64_t)m * lda, item, ldb, add, row);
            continue;
        }
        if (!add)
            memset(row, 0, (size_t)item->N * sizeof(real));
        int64_t first = form == PRODUCT_TN ? m : (int64_t)m * lda;
        int64_t step = form == PRODUCT_TN ? lda : 1;
        for (int k = 0; k < item->K; k++)
            add_row(item->A[first + k * step], item->B + (int64_t)k * ldb, row, item->N);
    }
}

/* The libraries pack their operands first, which does not pay for a few rows (1 x 2048 x 512: 6
 * GFLOP/s, plain loops 28). */
static void piece(enum precision precision, enum product_form form, const struct product_item *item,
                  int lda, int ldb, int add, int ldc)
{
    const struct product_library *by = maker(chosen, precision);
    int M = item->M, N = item->N, K = item->K;
    bool small = M < 4 || N < 4 || K < 4 || (double)M * N * K < 1 << 13;
    if (small && precision == PRECISION_BFLOAT16)
        by = &product_reference;
    if (small && by != &product_reference)
        plain(form, item, lda, ldb, add, ldc);
    else
        by->multiply(precision, form, item, lda, ldb, add, ldc);
}

/* How much of C's longer side is one piece. Measured on a Zen 3 core (sgemm peak 92 GFLOP/s; 64 x
 * 2048 x 512 of form NT and 1500 x 8000 x 512): uncut 78 and 91, pieces of 256 reach 78 and 78, of
 * 512 78 and 84, of 128 75 and 77. Below 2^21 multiply-adds (50 us) a region of threads does not
 * pay. */
static int piece_width(int M, int N, int K)
{
    const int least = 256, most = 512, pieces = 16, grain = 64;
    int side = M > N ? M : N;
    if ((double)M * N * K < 1 << 21)
        return side;
    int width = ((side + pieces - 1) / pieces + grain - 1) / grain * grain;
    return width < least ? least : width > most ? most : width;
}

void product(enum product_form form, int M, int N, int K, const real *A, int lda, const real *B,
             int ldb, int add, real *C, int ldc)
{
    if (empty(M, N, K, add, C, ldc))
        return;
    point_alive();
    product_told(form, &(struct product_item){A, B, C, M, N, K}, 1);
    bool tall = M > N;
    int side = tall ? M : N, width = piece_width(M, N, K), pieces = (side + width - 1) / width;
    int64_t step_A = !tall ? 0 : form == PRODUCT_TN ? 1 : lda;
    int64_t step_B = tall ? 0 : form == PRODUCT_NT ? ldb : 1;
    int64_t step_C = tall ? ldc : 1;
    if (pieces >= 3 && side % width)
        atomic_fetch_add(&product_ragged, 1);
#pragma omp parallel for num_threads(threads()) schedule(static) if (pieces > 1 && threads() > 1)
    for (int p = 0; p < pieces; p++) {
        int first = p * width, count = side - first < width ? side - first : width;
        struct product_item item = {A + first * step_A, B + first * step_B, C + first * step_C,
                                    tall ? count : M,   tall ? N : count,   K};
        piece(present, form, &item, lda, ldb, add, ldc);
    }
}

void product_each(enum product_form form, const struct product_item *items, int count, int lda,
                  int ldb, int add, int ldc)
{
    double work = 0;
    product_told(form, items, count);
    for (int i = 0; i < count; i++)
        work += (double)items[i].M * items[i].N * items[i].K;
    bool many = count > 1 && work > 1 << 18;
#pragma omp parallel for num_threads(threads()) schedule(static) if (many && threads() > 1)
    for (int i = 0; i < count; i++) {
        const struct product_item *item = &items[i];
        if (!empty(item->M, item->N, item->K, add, item->C, ldc))
            piece(PRECISION_FLOAT32, form, item, lda, ldb, add, ldc);
    }
}
