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
    int64_t number;
    bool failed;
    struct reason trouble;
};

const char *vectors_format_name(enum vectors_format format)
{
    require(format < VECTORS_FORMATS);
    return formats[format]->name;
}

void floats_grow(struct floats *floats, size_t least)
{
    size_t capacity = floats->capacity ? floats->capacity : 1024;
    if (least <= floats->capacity)
        return;
    while (capacity < least)
        capacity *= 2;
    floats->list = memory_grow(floats->list, floats->capacity * sizeof *floats->list,
                               capacity * sizeof *floats->list);
    floats->capacity = capacity;
}

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
    int got = -1;
    if (!vectors->failed)
        got = vectors->functions->next(vectors->state, item, &vectors->trouble);
    if (got < 0) {
        vectors->failed = true;
        *why = vectors->trouble;
    } else if (got > 0) {
        item->number = ++vectors->number;
    }
    return got;
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

void vectors_stack(const struct vectors_item *item, int by, float *stacked)
{
    size_t dimension = (size_t)item->dimension, frames = (size_t)item->frames;
    size_t all = (size_t)vectors_stacked(item->frames, by) * (size_t)by;
    memcpy(stacked, item->values, frames * dimension * sizeof *stacked);
    for (size_t i = frames; i < all; i++)
        memcpy(stacked + i * dimension, item->values + (frames - 1) * dimension,
               dimension * sizeof *stacked);
}
