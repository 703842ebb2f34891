#include "io/vectors/vectors.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "io/vectors/vectors_formats.h"
#include <string.h>

static const struct vectors_functions *const formats[VECTORS_FORMATS] = {
    [VECTORS_FRAMES] = &vectors_frames,
    [VECTORS_LINES] = &vectors_lines,
    [VECTORS_HDF5] = &vectors_hdf5,
};

struct vectors {
    const struct vectors_functions *functions;
    void *state;
};

struct vectors *vectors_open(const char *path, enum vectors_format format, struct reason *why)
{
    require(format < VECTORS_FORMATS);
    void *state = formats[format]->open(path, why);
    if (!state)
        return NULL;
    struct vectors *vectors = memory_take(sizeof *vectors);
    vectors->functions = formats[format];
    vectors->state = state;
    return vectors;
}

int vectors_next(struct vectors *vectors, struct vectors_item *item, struct reason *why)
{
    return vectors->functions->next(vectors->state, item, why);
}

void vectors_close(struct vectors *vectors)
{
    if (!vectors)
        return;
    vectors->functions->close(vectors->state);
    memory_free(vectors);
}

int vectors_stacked(int frames, int by)
{
    require(frames > 0 && by > 0);
    return (frames - 1) / by + 1;
}

void vectors_stack(const float *values, int frames, int dimension, int by, float *stacked)
{
    const size_t row = (size_t)dimension, last = (size_t)frames - 1;
    const size_t all = (size_t)vectors_stacked(frames, by) * (size_t)by;
    memcpy(stacked, values, (last + 1) * row * sizeof *stacked);
    for (size_t i = last + 1; i < all; i++)
        memcpy(stacked + i * row, values + last * row, row * sizeof *stacked);
}
