/* A weight applied to what is the same at every step of a sentence, v (B, in): the product is taken
 * once for the sentence and added at each step, and so is its gradient. Calling sequence:
 * constant_start, constant_add for ranges of steps; constant_backward. */
#ifndef CONSTANT_H
#define CONSTANT_H

#include "model/product/linear.h"

struct constant {
    struct linear linear;
    const real *v; // (B, in)
    real *y;       // (B, out): v W^T, with room for more rows
};
void constant_start(const struct linear *linear, const real *block, const real *v, int B, int room,
                    struct arena *arena, struct constant *constant);
/* y (steps, B, out) += */
void constant_add(const struct constant *constant, int64_t steps, int B, real *y);
/* From dy (steps, B, out) of all steps: adds the gradient of W; dv (B, in) = or +=. */
void constant_backward(const struct constant *constant, const real *block, real *gradient,
                       int64_t steps, int B, const real *dy, real *dv, int add,
                       struct arena *arena);

/* Multiply-adds of a sentence in forward; bytes of the arena for B of them. */
int64_t constant_cost(const struct linear *linear);
int64_t constant_memory(const struct linear *linear, int B);

#endif
