/* A running text: lines in order, each with an end behind it, as one sequence of symbols that are
 * read by their place in it; of a corpus prepared with --stream (its shards follow each other), or
 * of a text. Memory does not grow with a corpus; a text's symbols are all in memory. */
#ifndef RUNNING_H
#define RUNNING_H

#include "io/corpus.h"
#include "io/examples.h"

struct running;
struct running *running_open(const struct corpus *corpus, struct reason *why);
/* Paths are borrowed for the call. Reasons are as those of pairs_open_texts. */
struct running *running_open_text(const struct examples_options *options,
                                  const struct content *contents, struct reason *why);
void running_close(struct running *running); // NULL is allowed

int64_t running_length(const struct running *running); // symbols, ends included
/* What a corpus has, by its table. */
int64_t running_length_of(const struct corpus *corpus);
/* symbols (1 + count): the one before place `first`, or begin where the text or, with `begins`, the
 * piece begins there; then those of the places [first, first + count). */
bool running_read(struct running *running, int64_t first, int64_t count, bool begins,
                  int32_t *symbols, struct reason *why);
/* Where that place is: its shard and line. Of a corpus. */
bool running_place(struct running *running, int64_t place, int *shard, int64_t *line,
                   struct reason *why);

/* The p-th of `pieces` pieces of a text of so many symbols: [first, first + count). */
struct running_piece {
    int64_t first, count;
};
struct running_piece running_piece(int64_t length, int64_t pieces, int64_t p);

#endif
