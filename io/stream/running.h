/* A running text, or a running series: a target's sequences in order, as one whose places are read
 * by their number; of a corpus prepared with --stream (its shards follow each other), or of a file.
 * Behind each line of a text stands an end; in a series vectors simply follow those of the sequence
 * before. Memory does not grow with a corpus; what a file has is all in memory. */
#ifndef RUNNING_H
#define RUNNING_H

#include "io/corpus/corpus.h"
#include "io/corpus/examples.h"

struct running;
struct running *running_open(const struct corpus *corpus, struct reason *why);
/* Paths are borrowed for the call. Reasons are as those of pairs_open_texts. */
struct running *running_open_text(const struct examples_options *options,
                                  const struct content *contents, struct reason *why);
void running_close(struct running *running); // NULL is allowed

int64_t running_length(const struct running *running);    // places, ends included
int64_t running_sequences(const struct running *running); // lines of a text
int running_width(const struct running *running);         // cells of a place (sentence.h)
/* What a corpus has, by its table. */
int64_t running_length_of(const struct corpus *corpus);
/* cells (1 + count, width): of the place before `first`, or begin (a symbol, or a zero vector)
 * where the whole or, with `begins`, the piece begins there; then of the places [first, first +
 * count). */
bool running_read(struct running *running, int64_t first, int64_t count, bool begins,
                  int32_t *cells, struct reason *why);
/* Where that place is: its shard and sequence. Of a corpus. */
bool running_place(struct running *running, int64_t place, int *shard, int64_t *sequence,
                   struct reason *why);

/* The p-th of `pieces` pieces of so many places: [first, first + count). */
struct running_piece {
    int64_t first, count;
};
struct running_piece running_piece(int64_t length, int64_t pieces, int64_t p);

#endif
