/* The only home of cblas.h. */
#include "model/product/product_library.h"
#include <cblas.h>
#include <stdio.h>
#include <string.h>

static void multiply(enum precision precision, enum product_form form,
                     const struct product_item *item, int lda, int ldb, int add, int ldc)
{
    CBLAS_TRANSPOSE a = form == PRODUCT_TN ? CblasTrans : CblasNoTrans;
    CBLAS_TRANSPOSE b = form == PRODUCT_NT ? CblasTrans : CblasNoTrans;
    (void)precision;
    product_alone();
#ifdef CHORUS_DOUBLE
    cblas_dgemm(CblasRowMajor, a, b, item->M, item->N, item->K, 1, item->A, lda, item->B, ldb,
                add ? 1 : 0, item->C, ldc);
#else
    cblas_sgemm(CblasRowMajor, a, b, item->M, item->N, item->K, 1, item->A, lda, item->B, ldb,
                add ? 1 : 0, item->C, ldc);
#endif
}

void product_whole(enum product_form form, int M, int N, int K, const real *A, int lda,
                   const real *B, int ldb, int add, real *C, int ldc)
{
    struct product_item item = {A, B, C, M, N, K};
    multiply(PRECISION_FLOAT32, form, &item, lda, ldb, add, ldc);
}

static bool precise(enum precision precision, struct reason *why)
{
    return precision == PRECISION_FLOAT32 ||
           fail(why, "OpenBLAS multiplies float32 only: --products auto, or reference (slow)");
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

/* Its own threads off. */
static void start(void)
{
    openblas_set_num_threads(1);
}

const struct product_library product_openblas = {
    .start = start, .words = product_library, .precise = precise, .multiply = multiply};
