#include "model/layers/embedding.h"
#include "model/product/threads.h"
#include "model/product/vector.h"

enum {
    ROWS = 256,  // of a piece forward
    COLUMNS = 64 // of a piece backward: it owns them, so no two threads add to the same number
};

void embedding_forward(const real *weights, int E, const int32_t *symbols, int stride,
                       int64_t count, real *y, int ldy)
{
    int64_t pieces = (count + ROWS - 1) / ROWS;
#pragma omp parallel for num_threads(threads()) schedule(static) if (pieces > 1 && threads() > 1)
    for (int64_t p = 0; p < pieces; p++) {
        int64_t end = (p + 1) * ROWS < count ? (p + 1) * ROWS : count;
        for (int64_t i = p * ROWS; i < end; i++)
            memcpy(y + i * ldy, weights + (int64_t)symbols[i * stride] * E,
                   (size_t)E * sizeof(real));
    }
}

VECTOR_CLONES
static void add_columns(real *dweights, int E, int width, const int32_t *symbols, int stride,
                        int64_t count, const real *dy, int lddy)
{
    for (int64_t i = 0; i < count; i++) {
        real *row = dweights + (int64_t)symbols[i * stride] * E;
        const real *from = dy + i * lddy;
#pragma omp simd
        for (int c = 0; c < width; c++)
            row[c] += from[c];
    }
}

void embedding_backward(real *dweights, int E, const int32_t *symbols, int stride, int64_t count,
                        const real *dy, int lddy)
{
    int pieces = (E + COLUMNS - 1) / COLUMNS;
#pragma omp parallel for num_threads(threads())                                                    \
    schedule(static) if (pieces > 1 && threads() > 1 && count > ROWS)
    for (int p = 0; p < pieces; p++) {
        int first = p * COLUMNS, width = E - first < COLUMNS ? E - first : COLUMNS;
        add_columns(dweights + first, E, width, symbols, stride, count, dy + first, lddy);
    }
}
