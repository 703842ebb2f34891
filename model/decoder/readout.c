#include "model/decoder/readout.h"
#include "model/product/rows.h"
#include "model/shape/place.h"
#include <stddef.h>

static int width(const struct readout *readout)
{
    return readout->H + readout->E + readout->M;
}

void readout_init(struct readout *readout, const struct shape *shape, struct parameters *parameters)
{
    enum attends attends = shape_attends(shape);
    *readout = (struct readout){.H = shape->hidden, .R = shape->readout, .bias = PLACE_NONE};
    if (shape->readout == 0)
        return;
    readout->joined = shape_joins(shape);
    if (attends != ATTENDS_AFTER && !shape->without_previous)
        readout->E = shape->embedding;
    if (attends != ATTENDS_NEVER || readout->joined)
        readout->M = shape_memory_width(shape);
    int H = readout->H, E = readout->E, M = readout->M, R = readout->R, ld = width(readout);
    int64_t W = place_add(parameters, "readout", "weight", R, ld, 1, INITIAL_GLOROT);
    readout->h = (struct linear){W, R, H, ld};
    readout->x = (struct linear){W + H, R, E, ld};
    readout->c = (struct linear){W + H + E, R, M, ld};
    if (attends != ATTENDS_AFTER)
        readout->bias = place_add(parameters, "readout", "bias", readout->R, 0, 1, INITIAL_ZERO);
}

void readout_start(const struct readout *readout, const real *block, int rows, struct arena *arena,
                   struct readout_states *states)
{
    linear_start(&readout->h, block, rows, arena, &states->h);
    linear_start(&readout->x, block, rows, arena, &states->x);
    if (!readout->joined)
        linear_start(&readout->c, block, rows, arena, &states->c);
}

void readout_start_backward(const struct readout *readout, const real *block, int rows,
                            struct arena *arena, struct readout_states *states)
{
    linear_start_backward(&readout->h, block, rows, arena, &states->h);
    linear_start_backward(&readout->c, block, rows, arena, &states->c);
}

void readout_forward(const struct readout *readout, const real *block,
                     const struct readout_states *states, int64_t rows,
                     const struct readout_input *input, real *r)
{
    int H = readout->H, E = readout->E, R = readout->R;
    linear_forward(&readout->h, block, states ? &states->h : NULL, rows, input->h, H, 0, r, R);
    if (E)
        linear_forward(&readout->x, block, states ? &states->x : NULL, rows, input->x, E, 1, r, R);
    if (readout->joined)
        constant_add(input->v, rows / input->B, input->B, r);
    else if (readout->M)
        linear_forward(&readout->c, block, states ? &states->c : NULL, rows, input->c, input->ldc,
                       1, r, R);
    rows_tanh(rows, R, readout->bias == PLACE_NONE ? NULL : block + readout->bias, r);
}

void readout_backward(const struct readout *readout, const real *block,
                      const struct readout_states *states, int64_t rows, const real *r, real *dr,
                      real *dh, real *dc)
{
    int H = readout->H, M = readout->M, R = readout->R;
    rows_tanh_backward(rows, R, r, dr);
    linear_backward(&readout->h, block, states ? &states->h : NULL, rows, dr, R, 0, dh, H);
    if (M && !readout->joined)
        linear_backward(&readout->c, block, states ? &states->c : NULL, rows, dr, R, 0, dc, M);
}

void readout_finish(const struct readout *readout, const real *block, real *gradient, int64_t rows,
                    const struct readout_input *input, const real *dr, real *dx)
{
    int H = readout->H, E = readout->E, R = readout->R;
    linear_finish(&readout->h, gradient, rows, dr, R, input->h, H);
    if (E) {
        linear_finish(&readout->x, gradient, rows, dr, R, input->x, E);
        linear_backward(&readout->x, block, NULL, rows, dr, R, 1, dx, E);
    }
    if (readout->M && !readout->joined)
        linear_finish(&readout->c, gradient, rows, dr, R, input->c, input->ldc);
    if (readout->bias != PLACE_NONE)
        rows_sum(rows, R, dr, R, gradient + readout->bias);
}

int64_t readout_cost(const struct readout *readout)
{
    int joined = readout->joined ? readout->M : 0;
    return (int64_t)readout->R * (width(readout) - joined);
}

int64_t readout_memory(const struct readout *readout)
{
    return linear_memory(&readout->h) + linear_memory(&readout->x) + linear_memory(&readout->c);
}
