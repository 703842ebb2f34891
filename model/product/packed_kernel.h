/* The kernels behind packed.c, one for each width of vectors, of which packed.c takes the one that
 * goes with the library's (product_kernel). */
#ifndef PACKED_KERNEL_H
#define PACKED_KERNEL_H

#include "model/product/real.h"
#include <stdint.h>

struct packed_kernel {
    int width; // columns of a panel
    int rows;  // of C, most at once
    /* C (rows, width) = [C +] A (rows, K) panel (K, width). */
    void (*tile)(int rows, int K, const real *A, int64_t lda, const real *panel, int add, real *C,
                 int64_t ldc);
};

extern const struct packed_kernel packed_kernel_plain; // the vectors that every processor has
#if defined(__x86_64__)
extern const struct packed_kernel packed_kernel_avx2, packed_kernel_avx512;
#endif

#endif
