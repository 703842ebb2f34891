/* What a format of vectors is made of, private to vectors*.c: one row of functions each. */
#ifndef VECTORS_FORMATS_H
#define VECTORS_FORMATS_H

#include "io/vectors/vectors.h"

struct vectors_functions {
    void *(*open)(const char *path, struct reason *why);
    int (*next)(void *state, struct vectors_item *item, struct reason *why);
    void (*close)(void *state);
};
extern const struct vectors_functions vectors_frames, vectors_lines, vectors_hdf5;

#endif
