/* A prepared corpus: a folder with corpus.h5 and its shards (design, section 4). Opening reads and
 * checks corpus.h5 only; a shard is checked when it is first opened: hash, types, ranks of arrays,
 * offsets that rise, ids within the vocabulary, counts that agree with the table. The path is kept
 * for messages. */
#ifndef CORPUS_H
#define CORPUS_H

#include "io/sealed.h"
#include "io/tokenizer.h"

enum side { SOURCE, TARGET, SIDES };
extern const char *const side_names[SIDES]; // "source", "target"

struct corpus_shard {
    char file[32]; // "shard-00000.h5"
    int64_t sentences, tokens[SIDES];
    uint64_t hash;
};
struct corpus {
    char *path;
    struct tokenizer tokenizers[SIDES];
    int joint;       // one tokenizer for both sides
    int has_text;    // shards hold the raw target text (prepared with --like)
    uint64_t digest; // of content: vocabularies, tokenizers and the shards' hashes, in order
    int shards;
    struct corpus_shard *table;
    int64_t sentences, tokens[SIDES];
    int64_t longest[SIDES]; // tokens of the longest sentence; 0 where it is not known
    uint64_t seed;          // of the lines' shards
};

struct corpus *corpus_open(const char *path, struct reason *why);
void corpus_close(struct corpus *corpus);
/* Same vocabularies and tokenizers? False names what differs. */
bool corpus_alike(const struct tokenizer *a, const struct tokenizer *b,
                  struct reason *why); // arrays of SIDES

/* The same of one tokenizer each; side: what they are called in words. */
bool corpus_tokenizers_alike(const struct tokenizer *a, const struct tokenizer *b, const char *side,
                             struct reason *why);
/* A tokenizer under /source or /target of any of our files. */
bool corpus_write_tokenizer(struct sealed *file, enum side side, const struct tokenizer *tokenizer,
                            struct reason *why);
bool corpus_read_tokenizer(struct sealed *file, enum side side, struct tokenizer *tokenizer,
                           struct reason *why);

struct shard;
struct shard *shard_open(const struct corpus *corpus, int index,
                         struct reason *why); // reason starts with "shard 'shard-00003.h5': "
void shard_close(struct shard *shard);
void shard_pause(struct shard *shard); // closes its file until it is read again (sealed.h)
/* Of sentences [first, first + count): lengths; ids joined (tokens: the sum of those lengths); line
 * numbers, from 0. */
bool shard_lengths(struct shard *shard, enum side side, int64_t first, int64_t count,
                   int32_t *lengths, struct reason *why);
bool shard_ids(struct shard *shard, enum side side, int64_t first, int64_t count, int64_t tokens,
               int32_t *ids, struct reason *why);
bool shard_lines(struct shard *shard, int64_t first, int64_t count, int64_t *numbers,
                 struct reason *why);
/* The raw target text of one sentence, appended. */
bool shard_text(struct shard *shard, int64_t index, struct text *text, struct reason *why);

/* Reads and checks every byte: corpus.h5 was opened, now all shards. */
bool corpus_check(const struct corpus *corpus, struct reason *why);

#endif
