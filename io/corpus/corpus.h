/* A prepared corpus: a folder with corpus.h5 and its shards. Opening reads and checks corpus.h5
 * only; a shard is checked when it is first opened: hash, types, ranks of arrays, offsets that
 * rise, ids within the vocabulary, counts that agree with the table, places that its task wants
 * (io/corpus/corpus_rules.h). A damaged one is a failure with a reason, on which the trainer ends
 * the run on all ranks (trainer/process/agree.h). The path is kept for messages. */
#ifndef CORPUS_H
#define CORPUS_H

#include "io/corpus/corpus_rules.h"

enum { CORPUS_TASK = 32 }; // bytes of a task's name, its end included

struct corpus_shard {
    char file[32];                    // "shard-00000.h5"
    int64_t sentences, tokens[SIDES]; // tokens: places of a sequence, frames too
    uint64_t hash;
};
struct corpus {
    char *path;
    char task[CORPUS_TASK];           // what it was prepared for
    const struct corpus_rules *rules; // of that task, by who opened it; NULL: none are known
    struct content contents[SIDES];
    int joint;    // one tokenizer for source and target
    int has_text; // shards hold the raw target text (prepared with --like)
    int stream;   // one running text or series: all in order, shard by shard (io/stream/running.h)
    uint64_t digest; // of content: vocabularies, tokenizers and the shards' hashes, in order
    int shards;
    struct corpus_shard *table;
    int64_t sentences, tokens[SIDES];
    int64_t longest[SIDES]; // tokens of the longest sentence; 0 where it is not known
    uint64_t seed;          // of the lines' shards
};

/* rules: which tasks there are; NULL where they are nobody's concern. */
struct corpus *corpus_open(const char *path, corpus_rules_of *rules, struct reason *why);
void corpus_close(struct corpus *corpus);
struct shard;
struct shard *shard_open(const struct corpus *corpus, int index,
                         struct reason *why); // reason starts with "shard 'shard-00003.h5': "
void shard_close(struct shard *shard);
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

/* Reads and checks every byte: corpus.h5 was opened, now all shards. */
bool corpus_check(const struct corpus *corpus, struct reason *why);

#endif
