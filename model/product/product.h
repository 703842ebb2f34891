/* Matrix products, by one of several libraries (model/product/product_library.h), which run
 * single-threaded: a product is cut into pieces by its shape alone and OpenMP runs over the pieces,
 * so the bits do not depend on the number of threads. Row-major, as C arrays are; ld is the
 * distance between rows. */
#ifndef PRODUCT_H
#define PRODUCT_H

#include "comm/base/reason.h"
#include "model/product/precision.h"
#include "model/product/real.h"
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Who makes the products (--products). */
enum products {
    PRODUCTS_AUTO, // float32: weights that are used many times by kernels of ours (packed.h), the
                   // rest by OpenBLAS; bfloat16: oneDNN
    PRODUCTS_OPENBLAS,
    PRODUCTS_ONEDNN,
    PRODUCTS_REFERENCE // plain loops of ours: slow, what the others are compared with
};
/* Their names, and those of the precisions, in the order of the enums; behind the last is NULL. */
extern const char *const product_makers[], *const product_precisions[];
/* To be called once, before any other of this file. False with a reason where the library is not
 * built in. */
bool product_start(enum products products, struct reason *why);
bool product_there(enum products products); // built in
/* Can operands be of this precision, on this processor and by who was chosen? */
bool product_precise(enum precision precision, struct reason *why);
/* From now on they are; returns what they were (float32 at the start). Of product and of packed.h;
 * product_each (attention) stays float32, where nothing is gained. */
enum precision product_precision(enum precision precision);

enum product_form {
    PRODUCT_NN, // C = A B      A (M, K)  B (K, N)
    PRODUCT_NT, // C = A B^T    A (M, K)  B (N, K): how a layer applies its weights (out, in) to
                // rows
    PRODUCT_TN  // C = A^T B    A (K, M)  B (K, N): how a weight's gradient sums over rows
};

/* C (M, N) = [C +] product; `add` keeps what C holds. Any of M, N, K may be 0 (K = 0: C = 0 unless
 * add). */
void product(enum product_form form, int M, int N, int K, const real *A, int lda, const real *B,
             int ldb, int add, real *C, int ldc);

/* count independent products of the same form and shape, strides between their operands (attention:
 * one for each sentence). Each is one piece. Plain loops where the matrices are too small for a
 * call to pay. */
struct product_item {
    const real *A, *B;
    real *C;
    int M, N, K; // each its own
};
void product_each(enum product_form form, const struct product_item *items, int count, int lda,
                  int ldb, int add, int ldc);

/* For measurements. The same as `product`, by one call of OpenBLAS on this thread: what it reaches
 * where nothing is cut. */
void product_whole(enum product_form form, int M, int N, int K, const real *A, int lda,
                   const real *B, int ldb, int add, real *C, int ldc);
/* Is told of every product before it is made, by the thread that asks for it: one item of
 * `product`, all items of product_each; packed_product tells by product_told, with the form
 * PRODUCT_PACKED, which `product` does not know. NULL: nobody. */
enum { PRODUCT_PACKED = PRODUCT_TN + 1, PRODUCT_FORMS };
typedef void product_listener(int form, const struct product_item *items, int count);
void product_tell(product_listener *listener);
void product_told(int form, const struct product_item *items, int count);

/* How many products so far were cut into three pieces or more with a ragged last one: so a test knows
 * that a run had some. */
extern atomic_int_fast64_t product_ragged;

/* Name and version of OpenBLAS and the kernel that it took ("OpenBLAS 0.3.21", "Zen"). */
const char *product_library(void);
const char *product_kernel(void);
bool product_choosable(void); // it has several, and takes one when it is loaded
/* Who makes products of this precision: all that their bits depend on ("OpenBLAS 0.3.21, kernel
 * Zen", "oneDNN 2.6.3, AVX2, kernel Zen"). */
const char *product_words(enum precision precision);

#endif
