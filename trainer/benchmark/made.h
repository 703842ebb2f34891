/* A made-up corpus for measurements, in memory: sentences as the task has them, of 5 to `longest`
 * tokens a side, each length uniform by itself (of tags the words'; of a label 1), symbols by
 * Zipf's law (exponent 1). In pools of 100 micro-batches it is sorted by target length, then source
 * length, and cut where a micro-batch has its sentences or its tokens; what does not fill one is
 * left out. The updates, of neighbours, come in a seeded order, again and again. A function of its
 * options alone. Calling sequence: made_open, (made_next ...), made_close. */
#ifndef MADE_H
#define MADE_H

#include "comm/tree.h"
#include "io/corpus/corpus.h"
#include "trainer/run/feed.h"
#include "trainer/settings/task.h"

enum { MADE_SHORTEST = 5, MADE_POOL = 100, MADE_POOLS = 3 };
enum { MADE_CLASSES = 50 }; // tags, or labels, that there are at most

struct made_options {
    enum task_kind task;
    uint64_t seed;
    int vocabulary; // words of either side, the reserved ones included
    int longest;    // tokens, MADE_SHORTEST at least
    int batch_sentences, batch_tokens;
    int source_end; // is counted among a micro-batch's tokens
    int lanes;      // of an update
};
struct made;

/* What a run must know of it, before it is made: vocabularies, totals (of tokens the mean), no
 * shards. To be closed by the caller. */
struct corpus *made_corpus(const struct made_options *options);

struct made *made_open(const struct made_options *options);
void made_close(struct made *made);

/* The micro-batches of the next update, the caller's lanes of them packed; the group is valid until
 * the next call. */
const struct feed_group *made_next(struct made *made, struct range lanes);
/* The sentences of a side that there is, as text, a line each. */
void made_text(const struct made *made, enum side side, struct text *text);
const struct sentence *made_sentence(const struct made *made, int64_t number); // round and round
int made_sentences(const struct made *made);

#endif
