/* A file that is written beside its place, as PATH.partial, and takes the name PATH when it is
 * whole: until then what stood there keeps its content. A device or a pipe is written as it is.
 * Calling sequence: aside_open, writing to `file`, then aside_finish or aside_abandon. */
#ifndef ASIDE_H
#define ASIDE_H

#include "comm/base/reason.h"
#include <limits.h>
#include <stdio.h>

struct aside {
    FILE *file;
    char path[PATH_MAX], partial[PATH_MAX]; // partial: "" where it is written as it is
};
bool aside_open(struct aside *aside, const char *path, struct reason *why);
/* Closes it in any case; after a failure nothing of it is left. */
bool aside_finish(struct aside *aside, struct reason *why);
/* Nothing of it is left. */
void aside_abandon(struct aside *aside);

#endif
