#include "model/product/activation.h"
#include "model/product/threads.h"
#include "model/product/vector.h"

// Elements of one piece: long enough that a thread's start is not felt.
enum { PIECE = 16384 };

VECTOR_CLONES
static void tanh_piece(const real *x, real *y, size_t count)
{
    for (size_t i = 0; i < count; i++)
        y[i] = vector_tanh(x[i]);
}

void activation_tanh(const real *x, real *y, size_t count)
{
    size_t pieces = (count + PIECE - 1) / PIECE;
#pragma omp parallel for num_threads(threads()) schedule(static) if (pieces > 1 && threads() > 1)
    for (size_t p = 0; p < pieces; p++) {
        size_t first = p * PIECE;
        tanh_piece(x + first, y + first, count - first < PIECE ? count - first : PIECE);
    }
}

VECTOR_CLONES
static void tanh_backward_piece(const real *y, const real *dy, real *dx, size_t count)
{
    for (size_t i = 0; i < count; i++)
        dx[i] = dy[i] * (1 - y[i] * y[i]);
}

void activation_tanh_backward(const real *y, const real *dy, real *dx, size_t count)
{
    size_t pieces = (count + PIECE - 1) / PIECE;
#pragma omp parallel for num_threads(threads()) schedule(static) if (pieces > 1 && threads() > 1)
    for (size_t p = 0; p < pieces; p++) {
        size_t first = p * PIECE;
        tanh_backward_piece(y + first, dy + first, dx + first,
                            count - first < PIECE ? count - first : PIECE);
    }
}
