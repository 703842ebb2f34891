/* Sentences in columns, as CoNLL's tasks and Universal Dependencies publish them: a word a line,
 * its fields with TABs between (or, in a line without one, runs of spaces), blank lines (or of
 * white space only) between sentences. Two columns are chosen; a sentence becomes two lines of
 * equally many words with single spaces between. A space inside a
 * field, which only TABs allow, becomes U+00A0, so that it stays one word. Left out:
 * - comments: at the head of a sentence, a line that starts with '#' and is no word: it has no TAB,
 *   and the file's first word has one, or another number of fields, or is still to come;
 * - lines whose first field is "-DOCSTART-";
 * - where column 0 is not chosen, lines whose column 0 is as 1-2 or 1.1 (CoNLL-U: several words
 *   written as one, empty nodes).
 * Lines, gzip and "-" are as in lines.h. */
#ifndef COLUMNS_H
#define COLUMNS_H

#include "io/text/lines.h"

struct columns_sentence { // valid until the next call
    const char *bytes[2]; // of the source, of the target
    size_t length[2];
    int64_t line; // where it starts in the file
};
struct columns;

/* Columns count from 0. target < 0: source alone, the target is empty. Reasons start with the path
 * in quotes. NULL: a failure. */
struct columns *columns_open(const char *path, int source, int target, struct reason *why);
/* 1: a sentence, with at least one word; 0: the end; -1: a failure, the last call: too few columns,
 * an empty field, a sentence over LINE_MOST bytes. */
int columns_next(struct columns *columns, struct columns_sentence *sentence, struct reason *why);
struct lines_marks columns_marks(const struct columns *columns);
void columns_close(struct columns *columns); // NULL is allowed

#endif
