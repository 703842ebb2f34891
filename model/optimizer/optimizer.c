#include "model/optimizer/optimizer.h"
#include "comm/base/die.h"
#include <stddef.h>

#define ROW(name) &optimizer_##name,
const struct optimizer_kind *const optimizer_table[] = {OPTIMIZERS(ROW) NULL};

int optimizer_moments(const struct optimizer *optimizer)
{
    return optimizer->kind->moments(optimizer);
}

void optimizer_step(const struct optimizer *optimizer, double learning_rate, int64_t step,
                    double scale, const struct stretch *stretch)
{
    require(step >= 1);
    optimizer->kind->step(optimizer, learning_rate, step, scale, stretch);
}

double optimizer_power(double base, int64_t n)
{
    double result = 1;
    for (; n; n /= 2, base *= base)
        if (n % 2)
            result *= base;
    return result;
}
