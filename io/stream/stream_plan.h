/* The pure part of the stream: sentences of one window, given by their lengths, become groups of
 * micro-batches. Calling sequence: stream_plan_init, for each epoch
 * stream_plan_epoch, for each window (stream_plan_add ..., stream_plan_make, use,
 * stream_plan_carry), stream_plan_release. Memory is kept from window to window. */
#ifndef STREAM_PLAN_H
#define STREAM_PLAN_H

#include "comm/base/random.h"
#include "io/stream/stream.h"

struct plan_sentence {
    int64_t index; // in its shard
    int32_t shard, lengths[SIDES];
    uint32_t tie;
    int64_t cells[SIDES]; // where the stream keeps its cells; not the plan's business
};

struct plan_batch {
    int64_t cost, class; // classes of like cost, rising
    uint32_t tie;
    int32_t first, count; // of the sorted sentences
};

struct stream_plan {
    struct stream_options options;
    int64_t epoch;
    uint64_t draws; // random numbers used in this epoch
    struct plan_sentence *sentences;
    struct plan_batch *batches;
    int32_t *sequence; // (groups): in the order in which they come, by their place in cost
    int32_t *order;    // (groups, lanes): number of a batch, or -1 for an empty lane
    int32_t *columns;  // (SIDES, batch_sentences): lengths on their way to the cost function
    int64_t count, sentences_capacity, batches_capacity, sequence_capacity, order_capacity;
    int32_t batch_count, groups;
    int32_t rest_start, rest; // batches that are carried over, all sentences from `tail` on too
    int64_t tail;
};

void stream_plan_init(struct stream_plan *plan, const struct stream_options *options);
void stream_plan_release(struct stream_plan *plan);
void stream_plan_epoch(struct stream_plan *plan, int64_t epoch);
void stream_plan_add(struct stream_plan *plan, int32_t shard, int64_t index,
                     const int32_t lengths[SIDES]);
/* last: nothing comes after this window; all sentences go into groups. Otherwise there may be no
 * group. */
void stream_plan_make(struct stream_plan *plan, int last);
/* Keeps what no group has used. */
void stream_plan_carry(struct stream_plan *plan);

/* Fisher-Yates; draws: how many numbers the epoch has used for this purpose. */
void stream_plan_shuffle(const struct stream_options *options, enum random_purpose purpose,
                         int64_t epoch, uint64_t *draws, int32_t *values, int64_t count);

#endif
