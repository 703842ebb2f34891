/* What stands behind product.c and packed.c, a file each, which is the only home of its library's
 * header. All are called by several threads at once, and compute on the calling thread alone where
 * nothing else is said; the bits depend on shape, strides and operands only. */
#ifndef PRODUCT_LIBRARY_H
#define PRODUCT_LIBRARY_H

#include "comm/base/reason.h"
#include "model/product/product.h"
#include <omp.h>

struct product_library {
    void (*start)(void);        // before all else; NULL: nothing is to be done
    const char *(*words)(void); // name and version, and its kernel where no other tells
    /* Can operands of this precision be had on this processor? */
    bool (*precise)(enum precision precision, struct reason *why);
    /* C (M, N) = [C +] product; no dimension is 0. */
    void (*multiply)(enum precision precision, enum product_form form,
                     const struct product_item *item, int lda, int ldb, int add, int ldc);
    /* A right side (K, N) that is used many times, laid out: as packed.h says. NULL: nothing is
     * gained by it. */
    int64_t (*packed_bytes)(enum precision precision, int K, int N);
    void (*pack)(enum precision precision, enum product_form form, int K, int N, const real *B,
                 int ldb, void *packed);
    /* By several threads. */
    void (*multiply_packed)(enum precision precision, int M, int N, int K, const real *A, int lda,
                            const void *packed, int add, real *C, int ldc);
};

extern const struct product_library product_openblas, product_reference;
#ifdef CHORUS_ONEDNN
extern const struct product_library product_onednn;
#endif

/* Who makes products of the present precision, and which that is; own: packed.h's own kernels make
 * those of weights that are used many times. */
const struct product_library *product_by(void);
enum precision product_now(void);
bool product_own(void);

/* The libraries' OpenMP builds go by this thread's omp_get_max_threads(). */
static inline void product_alone(void)
{
    if (omp_get_max_threads() != 1)
        omp_set_num_threads(1);
}

#endif
