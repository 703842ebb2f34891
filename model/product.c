#include "model/product.h"
#include "comm/base/points.h"
#include "model/threads.h"
#include "model/vector.h"
#include <cblas.h>
#include <omp.h>
#include <stdatomic.h>
#include <stdio.h>

static atomic_int_fast64_t ragged;

int64_t product_ragged(void)
{
    return atomic_load(&ragged);
}

/* One call of the library. Its OpenMP build goes by this thread's omp_get_max_threads(), whatever
 * it was told before. */
static void call(enum product_form form, int M, int N, int K, const real *A, int lda, const real *B,
                 int ldb, int add, real *C, int ldc)
{
    if (omp_get_max_threads() != 1)
        omp_set_num_threads(1);
    CBLAS_TRANSPOSE a = form == PRODUCT_TN ? CblasTrans : CblasNoTrans;
    CBLAS_TRANSPOSE b = form == PRODUCT_NT ? CblasTrans : CblasNoTrans;
#ifdef CHORUS_DOUBLE
    cblas_dgemm(CblasRowMajor, a, b, M, N, K, 1, A, lda, B, ldb, add ? 1 : 0, C, ldc);
#else
    cblas_sgemm(CblasRowMajor, a, b, M, N, K, 1, A, lda, B, ldb, add ? 1 : 0, C, ldc);
#endif
}

void product_whole(enum product_form form, int M, int N, int K, const real *A, int lda,
                   const real *B, int ldb, int add, real *C, int ldc)
{
    call(form, M, N, K, A, lda, B, ldb, add, C, ldc);
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

VECTOR_CLONES
static void plain(enum product_form form, const struct product_item *item, int lda, int ldb,
                  int add, int ldc)
{
    for (int m = 0; m < item->M; m++) {
        real *row = item->C + (int64_t)m * ldc;
        if (form == PRODUCT_NT) {
            const real *a = item->A + (int64_t)m * lda;
            for (int n = 0; n < item->N; n++) {
                real sum = dot(a, item->B + (int64_t)n * ldb, item->K);
                row[n] = add ? row[n] + sum : sum;
            }
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

/* The library packs its operands first, which does not pay for a few rows (1 x 2048 x 512: 6
 * GFLOP/s, plain loops 28). */
static void piece(enum product_form form, const struct product_item *item, int lda, int ldb,
                  int add, int ldc)
{
    int M = item->M, N = item->N, K = item->K;
    if (M < 4 || N < 4 || K < 4 || (double)M * N * K < 1 << 13)
        plain(form, item, lda, ldb, add, ldc);
    else
        call(form, M, N, K, item->A, lda, item->B, ldb, add, item->C, ldc);
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
        atomic_fetch_add(&ragged, 1);
#pragma omp parallel for num_threads(threads()) schedule(static) if (pieces > 1 && threads() > 1)
    for (int p = 0; p < pieces; p++) {
        int first = p * width, count = side - first < width ? side - first : width;
        struct product_item item = {A + first * step_A, B + first * step_B, C + first * step_C,
                                    tall ? count : M,   tall ? N : count,   K};
        piece(form, &item, lda, ldb, add, ldc);
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
            piece(form, item, lda, ldb, add, ldc);
    }
}

const char *product_library(void)
{
    static char name[64];
    snprintf(name, sizeof(name), "%s", openblas_get_config());
    char *space = strchr(name, ' '); // "OpenBLAS 0.3.21 NO_LAPACKE ..."
    if (space && (space = strchr(space + 1, ' ')))
        *space = '\0';
    return name;
}

const char *product_kernel(void)
{
    return openblas_get_corename();
}

bool product_choosable(void)
{
    return strstr(openblas_get_config(), "DYNAMIC_ARCH") != NULL;
}

void product_start(void)
{
    openblas_set_num_threads(1);
}
