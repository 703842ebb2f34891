#include "model/layers/constant.h"
#include "model/product/rows.h"

void constant_start(const struct linear *linear, const real *block, const real *v, int B, int room,
                    struct arena *arena, struct constant *constant)
{
    int out = linear->out;
    *constant = (struct constant){.linear = *linear, .v = v};
    constant->y = arena_take(arena, (size_t)room * (size_t)out, sizeof(real));
    linear_forward(linear, block, NULL, B, v, linear->in, 0, constant->y, out);
}

void constant_add(const struct constant *constant, int64_t steps, int B, real *y)
{
    int out = constant->linear.out;
    for (int64_t t = 0; t < steps; t++)
        rows_add(B, out, constant->y, out, y + t * B * out, out);
}

void constant_backward(const struct constant *constant, const real *block, real *gradient,
                       int64_t steps, int B, const real *dy, real *dv, int add, struct arena *arena)
{
    const struct linear *linear = &constant->linear;
    int in = linear->in, out = linear->out;
    real *sum = arena_take_zeroed(arena, (size_t)B * (size_t)out, sizeof(real)); // (B, out)
    for (int64_t t = 0; t < steps; t++)
        rows_add(B, out, dy + t * B * out, out, sum, out);
    linear_finish(linear, gradient, B, sum, out, constant->v, in);
    linear_backward(linear, block, NULL, B, sum, out, add, dv, in);
}

int64_t constant_cost(const struct linear *linear)
{
    return (int64_t)linear->out * linear->in;
}

int64_t constant_memory(const struct linear *linear, int B)
{
    return 2 * (int64_t)B * linear->out * (int64_t)sizeof(real);
}
