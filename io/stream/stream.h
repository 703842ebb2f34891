/* The order in which training sees a corpus: epochs, windows, micro-batches, groups of `lanes`. A
 * function of (corpus, options, epoch): not of ranks, not of what was read
 * before. Pieces of STREAM_PIECE consecutive sentences of a shard (their start shifted at random in
 * each epoch) come in a seeded permutation; a window takes pieces until it has STREAM_WINDOW
 * sentences. It is sorted by length, with what the last one carried over (ties in seeded order),
 * and cut into micro-batches; those of like cost form groups; groups are shuffled. At the end of an
 * epoch the last group may have empty lanes. Every sentence comes once an epoch.
 *
 * The plan needs the lengths of one window at a time; ids are read only for the lanes asked for.
 * Calling sequence: stream_open, (stream_seek), stream_next ..., stream_close. Belongs to one
 * thread (the loader). */
#ifndef STREAM_H
#define STREAM_H

#include "io/corpus/corpus.h"

enum { STREAM_PIECE = 32, STREAM_WINDOW = 16384 }; // sentences

struct stream_options {
    uint64_t seed;
    int lanes;
    int first_lane, lane_count; // whose cells are read
    int batch_tokens;    // full when the tokens of a side reach it (ends counted as the model sees
                         // them)
    int batch_sentences; // or at this many sentences
    int ends[SIDES];     // 1: the model appends end to this side
    /* The cost of a micro-batch; `model` answers. Lengths (count) of each side, without ends. */
    int64_t (*cost)(const void *model, int count, const int *const lengths[SIDES]);
    const void *model;
    int rows, steps; // of a running text (io/stream/running_stream.h): of a lane; places of a row
};

struct stream_sentence { // views are valid until the next stream_next; of other lanes only lengths
    int shard;
    int64_t index; // in its shard
    struct sentence sentence;
};
struct stream_batch {
    int count; // 0: an empty lane
    struct stream_sentence *sentences;
    int64_t cost;
};
struct stream_group {             // one update
    int64_t epoch;                // from 0
    int64_t number;               // in its epoch, from 0
    int last;                     // the last of its epoch
    struct stream_batch *batches; // (lanes); cells only of the lanes asked for
};

struct stream *stream_open(const struct corpus *corpus, const struct stream_options *options,
                           struct reason *why);
/* The next group is number `number` of epoch `epoch` (one past its last: the first of the next
 * epoch): plans of earlier windows are made again from lengths alone. */
bool stream_seek(struct stream *stream, int64_t epoch, int64_t number, struct reason *why);
/* False where a shard cannot be read. */
bool stream_next(struct stream *stream, struct stream_group *group, struct reason *why);
void stream_close(struct stream *stream);

/* Updates an epoch takes, about, from the corpus's totals. */
int64_t stream_updates(const struct corpus *corpus, const struct stream_options *options);

#endif
