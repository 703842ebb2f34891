/* The body of a kernel of packed_kernel.h, included once by each file that says for which vectors:
 * KERNEL_BYTES of one, KERNEL_ROWS of a tile (so that its sums, two vectors of the panel and one
 * element of A fit the registers), KERNEL_NAME, and KERNEL_ADD(sum, a, b): sum + a b, rounded once
 * where the processor can. */

typedef real vector __attribute__((vector_size(KERNEL_BYTES)));
typedef real loose_vector
    __attribute__((vector_size(KERNEL_BYTES), aligned(sizeof(real)), may_alias));
enum { WIDTH = KERNEL_BYTES / sizeof(real), PANEL = 2 * WIDTH };

static inline __attribute__((always_inline)) void tile_of(int rows, int K, const real *restrict A,
                                                          int64_t lda, const real *restrict panel,
                                                          int add, real *restrict C, int64_t ldc)
{
    vector sums[KERNEL_ROWS][2] = {{{0}}};
#pragma GCC unroll 16
    for (int m = 0; m < rows; m++)
        if (add) {
            sums[m][0] = *(const loose_vector *)(C + m * ldc);
            sums[m][1] = *(const loose_vector *)(C + m * ldc + WIDTH);
        }
    for (int64_t k = 0; k < K; k++) {
        vector left = *(const loose_vector *)(panel + k * PANEL);
        vector right = *(const loose_vector *)(panel + k * PANEL + WIDTH);
#pragma GCC unroll 16
        for (int m = 0; m < rows; m++) {
            vector a = A[m * lda + k] - (vector){0};
            sums[m][0] = KERNEL_ADD(sums[m][0], a, left);
            sums[m][1] = KERNEL_ADD(sums[m][1], a, right);
        }
    }
#pragma GCC unroll 16
    for (int m = 0; m < rows; m++) {
        *(loose_vector *)(C + m * ldc) = sums[m][0];
        *(loose_vector *)(C + m * ldc + WIDTH) = sums[m][1];
    }
}

static void tile(int rows, int K, const real *A, int64_t lda, const real *panel, int add, real *C,
                 int64_t ldc)
{
    switch (rows) {
#define ROWS(n)                                                                                    \
    case n:                                                                                        \
        tile_of(n, K, A, lda, panel, add, C, ldc);                                                 \
        break
        ROWS(1);
        ROWS(2);
        ROWS(3);
        ROWS(4);
        ROWS(5);
        ROWS(6);
#if KERNEL_ROWS > 6
        ROWS(7);
        ROWS(8);
        ROWS(9);
        ROWS(10);
        ROWS(11);
        ROWS(12);
#endif
#undef ROWS
    }
}

const struct packed_kernel KERNEL_NAME = {PANEL, KERNEL_ROWS, tile};
