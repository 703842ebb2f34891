/* What a format of vectors is made of, private to vectors*.c: one row of functions each. next may
 * leave item->number out; after a failure it is not called again. */
#ifndef VECTORS_FORMATS_H
#define VECTORS_FORMATS_H

#include "io/vectors/vectors.h"
#include <stddef.h>

struct vectors_functions {
    const char *name;
    void *(*open)(const char *path, struct reason *why);
    int (*next)(void *state, struct vectors_item *item, struct reason *why);
    void (*close)(void *state);
};
extern const struct vectors_functions vectors_frames, vectors_lines, vectors_hdf5;

struct floats { // a growing array
    float *list;
    size_t capacity;
};
void floats_grow(struct floats *floats, size_t least);

#endif
