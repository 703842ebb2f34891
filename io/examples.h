/* Examples as people have them: for each side a file with a line for each, or one file whose lines
 * hold source, TAB, target (further fields are ignored). Line ends and gzip as in lines.h. All
 * sides have equally many. Reasons start with the path in quotes. */
#ifndef EXAMPLES_H
#define EXAMPLES_H

#include "comm/base/sentence.h"
#include "io/lines.h"

struct examples_options {
    const char *paths[SIDES]; // NULL: nothing is read for this side
    const char *pairs;        // instead of source and target, or NULL
};

/* What an example has on one side: text. Valid until the next call. */
struct raw {
    const char *bytes; // "" where nothing is read
    size_t length;
};
struct example {
    int64_t number; // from 1
    struct raw side[SIDES];
};

struct examples;
struct examples *examples_open(const struct examples_options *options, struct reason *why);
/* 1: an example; 0: the end; -1: a failure, unequal numbers of lines among them. */
int examples_next(struct examples *examples, struct example *example, struct reason *why);
/* Of a side's file; with pairs of the source's. */
struct lines_marks examples_marks(const struct examples *examples, enum side side);
void examples_close(struct examples *examples);

#endif
