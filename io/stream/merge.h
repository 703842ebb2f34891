/* The sentences of a corpus in the order of the text they came from: its shards merged by line
 * number, each with a small buffer ahead. Private to io (pairs.c). Shards are opened, and so
 * checked, one after the other at the start. */
#ifndef MERGE_H
#define MERGE_H

#include "io/corpus/corpus.h"

struct merged {   // valid until the next merge_next
    int64_t line; // from 0, as shards hold it
    struct sentence sentence;
    const char *text; // raw target text, or NULL where the corpus holds none
    size_t text_length;
};
struct merge;
struct merge *merge_open(const struct corpus *corpus, struct reason *why);
/* 1: a sentence; 0: the end; -1: a failure. */
int merge_next(struct merge *merge, struct merged *merged, struct reason *why);
void merge_close(struct merge *merge);

#endif
