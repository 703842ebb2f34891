#include "model/layers/pyramid.h"
#include "model/product/rows.h"
#include <string.h>

static int active(const struct steps *steps, int s)
{
    return s < steps->count ? (int)(steps->first[s + 1] - steps->first[s]) : 0;
}

struct steps pyramid_steps(const struct steps *below, struct arena *arena)
{
    int count = (below->count + 1) / 2;
    int64_t *first = arena_take(arena, (size_t)count + 1, sizeof *first);
    first[0] = 0;
    for (int s = 0; s < count; s++)
        first[s + 1] = first[s] + active(below, 2 * s);
    return (struct steps){.B = below->B, .count = count, .first = first};
}

void pyramid_join(const struct steps *below, const struct steps *steps, int M, const real *h,
                  real *x)
{
    for (int s = 0; s < steps->count; s++) {
        int rows = active(below, 2 * s), pairs = active(below, 2 * s + 1);
        real *to = x + steps->first[s] * 2 * M;
        rows_copy(rows, M, h + below->first[2 * s] * M, M, to, 2 * M);
        if (pairs)
            rows_copy(pairs, M, h + below->first[2 * s + 1] * M, M, to + M, 2 * M);
        for (int b = pairs; b < rows; b++)
            memset(to + (2 * (int64_t)b + 1) * M, 0, (size_t)M * sizeof(real));
    }
}

void pyramid_split(const struct steps *below, const struct steps *steps, int M, const real *dx,
                   real *dh)
{
    for (int s = 0; s < below->count; s++)
        rows_copy(active(below, s), M, dx + (steps->first[s / 2] * 2 + s % 2) * M, 2 * M,
                  dh + below->first[s] * M, M);
}
