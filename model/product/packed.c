#include "model/product/packed.h"
#include "comm/base/points.h"
#include "model/product/kernel.h"
#include "model/product/packed_kernel.h"
#include "model/product/product_library.h"
#include "model/product/threads.h"
#include <string.h>

/* A block of A that is read again for each panel stays in the second cache (MOST_ROWS x DEPTH
 * floats: 192 KB), the part of a panel that is read again for each tile in the first (DEPTH x 16
 * floats: 16 KB). */
enum { DEPTH = 256, MOST_ROWS = 192, EDGE = 12 * 32 };

static const struct packed_kernel *kernel(void)
{
    static const struct packed_kernel *chosen;
    if (chosen)
        return chosen;
    const struct packed_kernel *kernel = &packed_kernel_plain;
#if defined(__x86_64__)
    int vectors = kernel_vectors(product_kernel());
    kernel = vectors == 64 ? &packed_kernel_avx512 : vectors == 32 ? &packed_kernel_avx2 : kernel;
#endif
    return chosen = kernel;
}

bool packed_pays(void)
{
    return product_own() || product_by()->pack;
}

static int panels_of(int N)
{
    return (N + kernel()->width - 1) / kernel()->width;
}

int64_t packed_bytes(int K, int N)
{
    if (!product_own())
        return product_by()->packed_bytes ? product_by()->packed_bytes(product_now(), K, N) : 0;
    return (int64_t)panels_of(N) * kernel()->width * K * (int64_t)sizeof(real);
}

/* panel (K, width) = columns of B, as it stands or transposed; what is beyond N is zero. */
static void fill(enum product_form form, int K, int columns, const real *B, int64_t ldb,
                 real *panel)
{
    const int64_t width = kernel()->width, strip = 16;
    if (columns < width)
        memset(panel, 0, (size_t)(K * width) * sizeof(real));
    if (form == PRODUCT_NN) {
        for (int64_t k = 0; k < K; k++)
            memcpy(panel + k * width, B + k * ldb, (size_t)columns * sizeof(real));
        return;
    }
    for (int64_t first = 0; first < K; first += strip) {
        int64_t end = first + strip < K ? first + strip : K;
        for (int64_t n = 0; n < columns; n++)
            for (int64_t k = first; k < end; k++)
                panel[k * width + n] = B[n * ldb + k];
    }
}

void packed_init(struct packed *packed, enum product_form form, int K, int N, const real *B,
                 int ldb, struct arena *arena)
{
    real *all = arena_take(arena, (size_t)packed_bytes(K, N) / sizeof(real), sizeof(real));
    *packed = (struct packed){K, N, all};
    if (!product_own()) {
        product_by()->pack(product_now(), form, K, N, B, ldb, all);
        return;
    }
    int panels = panels_of(N), width = kernel()->width;
    int64_t step = form == PRODUCT_NN ? 1 : ldb;
#pragma omp parallel for num_threads(threads()) schedule(static) if (threads() > 1)
    for (int p = 0; p < panels; p++) {
        int first = p * width;
        fill(form, K, N - first < width ? N - first : width, B + first * step, ldb,
             all + (int64_t)first * K);
    }
}

/* C (M, columns) of one panel, the depths [k, k + depth), in tiles of about equal height. */
static void run_panel(const real *panel, int columns, int M, int depth, const real *A, int64_t lda,
                      int add, real *C, int64_t ldc)
{
    const struct packed_kernel *with = kernel();
    int tiles = (M + with->rows - 1) / with->rows;
    for (int i = 0; i < tiles; i++) {
        int first = i * M / tiles, rows = (i + 1) * M / tiles - first;
        const real *a = A + first * lda;
        real *c = C + first * ldc;
        for (int m = first + rows; m < first + 2 * rows && m < M; m++)
            __builtin_prefetch(C + m * ldc, 1);
        if (columns == with->width) {
            with->tile(rows, depth, a, lda, panel, add, c, ldc);
            continue;
        }
        real edge[EDGE] = {0};
        for (int m = 0; m < rows && add; m++)
            memcpy(edge + m * with->width, c + m * ldc, (size_t)columns * sizeof(real));
        with->tile(rows, depth, a, lda, panel, add, edge, with->width);
        for (int m = 0; m < rows; m++)
            memcpy(c + m * ldc, edge + m * with->width, (size_t)columns * sizeof(real));
    }
}

/* A block of A: as it stands, or where its rows are pages apart, and would fall into the same few
 * places of the first cache, copied to a little more than DEPTH apart. (Always copied, products of
 * 32 to 400 rows took 1.03 to 1.16 times as long.) */
enum { APART = DEPTH + 16, PAGE = 4096 };
static _Thread_local real left[MOST_ROWS * APART];

static const real *block_of(int rows, int depth, const real *A, int64_t *lda)
{
    if (*lda % (PAGE / (int)sizeof(real)) != 0)
        return A;
    for (int m = 0; m < rows; m++)
        memcpy(left + m * APART, A + m * *lda, (size_t)depth * sizeof(real));
    *lda = APART;
    return left;
}

/* The panels [first, end). */
static void run(const struct packed *packed, int first, int end, int M, const real *A, int64_t lda,
                int add, real *C, int64_t ldc)
{
    int width = kernel()->width, K = packed->K, N = packed->N;
    int blocks = (M + MOST_ROWS - 1) / MOST_ROWS;
    for (int i = 0; i < blocks; i++) {
        int m = (int)((int64_t)i * M / blocks), rows = (int)((int64_t)(i + 1) * M / blocks) - m;
        for (int k = 0; k < K; k += DEPTH) {
            int depth = K - k < DEPTH ? K - k : DEPTH;
            int64_t apart = lda;
            const real *a = block_of(rows, depth, A + m * lda + k, &apart);
            for (int p = first; p < end; p++) {
                int column = p * width, columns = N - column < width ? N - column : width;
                run_panel(packed->panels + ((int64_t)p * K + k) * width, columns, rows, depth, a,
                          apart, add || k, C + m * ldc + column, ldc);
            }
        }
    }
}

void packed_product(const struct packed *packed, int M, const real *A, int lda, int add, real *C,
                    int ldc)
{
    const int shared = 1 << 20; // multiply-adds below which a region of threads does not pay
    int panels = panels_of(packed->N), pieces = threads() < panels ? threads() : panels;
    if (packed->K == 0 && !add)
        for (int m = 0; m < M; m++)
            memset(C + (int64_t)m * ldc, 0, (size_t)packed->N * sizeof(real));
    if (M == 0 || packed->N == 0 || packed->K == 0)
        return;
    point_alive();
    product_told(PRODUCT_PACKED,
                 &(struct product_item){A, packed->panels, C, M, packed->N, packed->K}, 1);
    if (!product_own()) {
        product_by()->multiply_packed(product_now(), M, packed->N, packed->K, A, lda,
                                      packed->panels, add, C, ldc);
        return;
    }
    if ((double)M * packed->N * packed->K < shared)
        pieces = 1;
#pragma omp parallel for num_threads(pieces) schedule(static) if (pieces > 1)
    for (int i = 0; i < pieces; i++)
        run(packed, i * panels / pieces, (i + 1) * panels / pieces, M, A, lda, add, C, ldc);
}
