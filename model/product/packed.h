/* Products with a matrix that is used many times, a weight: laid out once in panels of columns in
 * the order in which a kernel of ours reads them (Goto & van de Geijn 2008, without their packing
 * of the left side), then multiplied with few rows or many. Each element of the result is one chain
 * over k in order, from what C holds or from 0, fused multiply-adds where the processor has them:
 * neither the other rows, nor threads, nor the width of vectors show in its bits. Another library
 * of products (--products) has a layout, and bits, of its own. The panels live in the arena.
 * Calling sequence: packed_init, packed_product ... */
#ifndef PACKED_H
#define PACKED_H

#include "comm/base/memory.h"
#include "model/product/product.h"

struct packed {
    int K, N;
    const real *panels;
};

/* Does who makes the products gain by it? If not, the functions below must not be called. */
bool packed_pays(void);
/* B of PRODUCT_NN (K, N) or PRODUCT_NT (N, K), rows ldb apart. */
void packed_init(struct packed *packed, enum product_form form, int K, int N, const real *B,
                 int ldb, struct arena *arena);
/* C (M, N) = [C +] A (M, K) B; `add` keeps what C holds. Any of M, N, K may be 0. */
void packed_product(const struct packed *packed, int M, const real *A, int lda, int add, real *C,
                    int ldc);
/* Bytes of the arena that one of these takes. */
int64_t packed_bytes(int K, int N);

#endif
