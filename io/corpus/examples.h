/* Examples as people have them. Each side comes from a file of its own, by one of the formats:
 *   text      a line each; line ends and gzip as in lines.h
 *   frames, vectors, hdf5   sequences of real vectors (vectors.h)
 * or source and target come from one file: `pairs`, lines of source, TAB, target (further fields
 * are ignored), or two of the columns of a CoNLL file (columns.h). All sides have equally many.
 * Reasons start with the path in quotes. */
#ifndef EXAMPLES_H
#define EXAMPLES_H

#include "comm/base/sentence.h"
#include "io/text/lines.h"

enum examples_format {
    EXAMPLES_TEXT,
    EXAMPLES_FRAMES,
    EXAMPLES_VECTORS,
    EXAMPLES_HDF5,
    EXAMPLES_FORMATS
};

struct examples_options {
    const char *paths[SIDES]; // NULL: nothing is read for this side. Borrowed
    enum examples_format formats[SIDES];
    const char *pairs;   // instead of source and target, or NULL
    const char *columns; // likewise
    int column[SIDES];   // from 0; < 0: nothing is read for this side
};

/* What an example has on one side. Valid until the next call. */
struct raw {
    int64_t line;      // where it starts in its file; 0 where that has no lines
    const char *bytes; // of text; "" where nothing is read
    size_t length;
    const float *values; // (frames, dimension), of vectors; NULL for text
    int frames, dimension;
};
struct example {
    int64_t number; // from 1
    struct raw side[SIDES];
};

struct examples;
struct examples *examples_open(const struct examples_options *options, struct reason *why);
/* 1: an example; 0: the end; -1: a failure, unequal numbers among them. */
int examples_next(struct examples *examples, struct example *example, struct reason *why);
/* What an example's number counts: "line", or "sequence" where one has several. */
const char *examples_unit(enum examples_format format);
/* Of a side's text; with one file for two sides it is the source's. */
struct lines_marks examples_marks(const struct examples *examples, enum side side);
void examples_close(struct examples *examples); // NULL is allowed

#endif
