#include "model/product/linear.h"

enum { FEW = 4 };

void linear_start(const struct linear *linear, const real *block, int rows, struct arena *arena,
                  struct linear_states *states)
{
    if (rows < FEW || !packed_pays())
        return;
    packed_init(&states->forward, PRODUCT_NT, linear->in, linear->out, block + linear->place,
                linear->ld, arena);
}

void linear_start_backward(const struct linear *linear, const real *block, int rows,
                           struct arena *arena, struct linear_states *states)
{
    if (rows < FEW || !packed_pays())
        return;
    packed_init(&states->backward, PRODUCT_NN, linear->out, linear->in, block + linear->place,
                linear->ld, arena);
}

void linear_forward(const struct linear *linear, const real *block,
                    const struct linear_states *states, int64_t rows, const real *x, int ldx,
                    int add, real *y, int ldy)
{
    if (states && states->forward.panels)
        packed_product(&states->forward, (int)rows, x, ldx, add, y, ldy);
    else
        product(PRODUCT_NT, (int)rows, linear->out, linear->in, x, ldx, block + linear->place,
                linear->ld, add, y, ldy);
}

void linear_backward(const struct linear *linear, const real *block,
                     const struct linear_states *states, int64_t rows, const real *dy, int lddy,
                     int add, real *dx, int lddx)
{
    if (states && states->backward.panels)
        packed_product(&states->backward, (int)rows, dy, lddy, add, dx, lddx);
    else
        product(PRODUCT_NN, (int)rows, linear->in, linear->out, dy, lddy, block + linear->place,
                linear->ld, add, dx, lddx);
}

void linear_finish(const struct linear *linear, real *gradient, int64_t rows, const real *dy,
                   int lddy, const real *x, int ldx)
{
    product(PRODUCT_TN, linear->out, linear->in, (int)rows, dy, lddy, x, ldx, 1,
            gradient + linear->place, linear->ld);
}

int64_t linear_memory(const struct linear *linear)
{
    return packed_pays()
               ? packed_bytes(linear->in, linear->out) + packed_bytes(linear->out, linear->in)
               : 0;
}
