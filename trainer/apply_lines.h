/* What the verbs that apply a model to text have in common: rank 0 reads --input, a block of lines
 * at a time, all ranks tokenise and apply (apply.h), rank 0 writes --output, for each line what
 * came of it and a line end. */
#ifndef APPLY_LINES_H
#define APPLY_LINES_H

#include "trainer/apply.h"
#include "trainer/settings.h"

struct apply_lines {
    const struct settings *settings;   // input, output, model
    const struct tokenizer *tokenizer; // of the input
    apply_batch *each;
    void *task;
    const char *what; // "the translation": is not complete where it is stopped
};

/* [all] To the end of the input, or until nobody reads the output any more; a stop ends the job.
 * Returns the number of lines. */
int64_t apply_lines(const struct apply_lines *lines);

#endif
