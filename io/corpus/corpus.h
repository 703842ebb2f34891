/* A prepared corpus: a folder with corpus.h5 and its shards. Opening reads and checks corpus.h5
 * only; a shard is checked when it is first opened (shard.h). A damaged one is a failure with a
 * reason, on which the trainer ends the run on all ranks (trainer/process/agree.h). The path is
 * kept for messages.
 *     attributes format, task, digest, joint, has_text, stream, seed
 *     /SIDE/...                                    content.h
 *     /shards/file, sentences, tokens, hash        a row for each shard; of tokens a column a side
 *     /longest                                     int64 (sides) */
#ifndef CORPUS_H
#define CORPUS_H

#include "io/corpus/corpus_rules.h"

enum { CORPUS_TASK = 32, CORPUS_FILE = 32 }; // bytes of a task's and a shard's name, with its end

struct corpus_shard {
    char file[CORPUS_FILE];           // "shard-00000.h5"
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
void corpus_shard_file(int index, char file[CORPUS_FILE]);
/* corpus.h5 in `folder`, from the task, contents, joint, has_text, stream, seed and table of
 * `corpus` (its digest is computed here). */
bool corpus_write(const char *folder, struct corpus *corpus, struct reason *why);
/* Reads and checks every byte: corpus.h5 was opened, now all shards. */
bool corpus_check(const struct corpus *corpus, struct reason *why);

#endif
