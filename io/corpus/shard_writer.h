/* Writing a shard, by one rank, in order of lines, with buffers of its own
 * whose flushing depends on its own content only: its bytes are the same for any number of ranks
 * and of shards that are open at once. */
#ifndef SHARD_WRITER_H
#define SHARD_WRITER_H

#include "io/corpus/corpus.h"

/* The shard of line `line` (from 0): Philox(seed, line) mod shards; of a running text, of `lines`,
 * blocks that follow each other. */
int corpus_shard_of_line(uint64_t seed, int64_t line, int shards);
int corpus_shard_in_order(int64_t line, int64_t lines, int shards);

struct shard_writer;
/* In `folder` under the shard's final name: the folder is the one written aside. Of the corpus
 * counts what its sides are made of, and has_text: the raw target text is kept too. */
struct shard_writer *shard_writer_open(const char *folder, int index, const struct corpus *corpus,
                                       struct reason *why);
bool shard_writer_add(struct shard_writer *writer, int64_t line, const struct sentence *sentence,
                      const char *text, size_t text_length, struct reason *why);
/* Closes in any case; fills the row of the table. */
bool shard_writer_close(struct shard_writer *writer, struct corpus_shard *row, struct reason *why);

#endif
