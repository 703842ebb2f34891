/* A shard of a corpus: sentences in the order of their lines.
 *     /SIDE/ids       int32 (places), with features beside words (places, 1 + features)
 *     /SIDE/features  float32 (places, dimension): instead, where the side is vectors
 *     /SIDE/offsets   int64 (sentences + 1): the first place of each, and behind the last
 *     /line           int64 (sentences), from 0
 *     /target/text/bytes, /target/text/offsets: the raw target text (prepared with --like)
 * Opening checks it all: hash, types, shapes, offsets and lines that rise, ids within the
 * vocabulary, counts that agree with the table, places that the task wants (corpus_rules.h). The
 * corpus is borrowed until shard_close. Reasons start with "shard 'shard-00003.h5': ". */
#ifndef SHARD_H
#define SHARD_H

#include "io/corpus/corpus.h"

struct shard;
struct shard *shard_open(const struct corpus *corpus, int index, struct reason *why);
void shard_close(struct shard *shard); // NULL is allowed
void shard_pause(struct shard *shard); // closes its file until it is read again (sealed.h)
/* Of sentences [first, first + count): lengths (all 0 on a side without anything); the cells of
 * their places joined (places: the sum of those lengths; sentence.h says what a cell is); line
 * numbers, from 0. */
bool shard_lengths(struct shard *shard, enum side side, int64_t first, int64_t count,
                   int32_t *lengths, struct reason *why);
bool shard_cells(struct shard *shard, enum side side, int64_t first, int64_t count, int64_t places,
                 void *cells, struct reason *why);
bool shard_lines(struct shard *shard, int64_t first, int64_t count, int64_t *numbers,
                 struct reason *why);
/* By place, as the offsets count them: where `count` sentences from `first` on begin and, one more,
 * where the last ends; the cells of the places [first, first + count). */
bool shard_offsets(struct shard *shard, enum side side, int64_t first, int64_t count,
                   int64_t *offsets, struct reason *why);
bool shard_places(struct shard *shard, enum side side, int64_t first, int64_t count, void *cells,
                  struct reason *why);
/* The raw target text of one sentence, appended. */
bool shard_text(struct shard *shard, int64_t index, struct text *text, struct reason *why);

/* How an array stands in the file, for reading and writing (shard_writer.c). */
struct shard_array {
    char name[32];
    enum sealed_type type;
    int rank, width; // of a row: width elements, 1 where rank is 1
};
struct shard_array shard_array_cells(enum side side, const struct content *content);
struct shard_array shard_array_offsets(enum side side);
extern const struct shard_array shard_array_line, shard_array_text, shard_array_text_offsets;

#endif
