/* Parallel text: two files of equal numbers of lines, or one file whose lines hold source, TAB,
 * target (further fields are ignored). Line ends and gzip as in lines.h. Reasons start with the
 * path in quotes. */
#ifndef BITEXT_H
#define BITEXT_H

#include "io/lines.h"

struct bitext_line {
    const char *bytes[2]; // of source and target; valid until the next call
    size_t length[2];
    int64_t number; // from 1
};
struct bitext;

/* pairs, or source and target; target may be NULL: source alone, the target is empty. NULL: a
 * failure. */
struct bitext *bitext_open(const char *source, const char *target, const char *pairs,
                           struct reason *why);
/* 1: a line; 0: the end; -1: a failure, unequal numbers of lines among them. */
int bitext_next(struct bitext *bitext, struct bitext_line *line, struct reason *why);
struct lines_marks bitext_marks(const struct bitext *bitext, int side); // 0, 1; with pairs 0
void bitext_close(struct bitext *bitext);

#endif
