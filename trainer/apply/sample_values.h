/* What a language model of vectors says by itself: each sequence of a file is forced through the
 * model, which then goes on from what it said last, until that is the last or --length. Of a
 * running series all sequences follow each other through it before it goes on. On standard output
 * stand the vectors that it said, in the units of training, a frame a line, a blank line behind
 * each sequence: the format `frames` of prepare. */
#ifndef SAMPLE_VALUES_H
#define SAMPLE_VALUES_H

#include "trainer/checkpoint/snapshot.h"

/* What of the settings such a model has no use for, and what is missing. */
void sample_values_check(const struct settings *settings, const struct snapshot *snapshot,
                         struct faults *faults);
/* On one rank; wrong input ends the program. */
void sample_values(const struct settings *settings, const struct snapshot *snapshot,
                   struct arena *arena);

#endif
