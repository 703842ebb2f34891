/* The loader thread: takes groups from the stream (or of a running text), packs this rank's lanes
 * into micro-batches, and keeps FEED_AHEAD updates ready, so that computing never waits for
 * reading. Calling sequence: feed_open, (feed_next, feed_done) ..., feed_close. */
#ifndef FEED_H
#define FEED_H

#include "io/stream/stream.h"
#include "model/shape/batch.h"

enum { FEED_AHEAD = 3 };

/* Where the sentences of a micro-batch came from. */
struct feed_origin {
    struct feed_place {
        int shard;
        int64_t index; // in its shard
    } * places;
    int count, capacity;
};
struct feed_group {
    int64_t epoch, number;
    int last;                    // of its epoch
    struct batch *batches;       // this rank's lanes, in order
    struct feed_origin *origins; // (count), of these
    int count;
};
struct feed;

/* The next group is `number` of `epoch`. The options are copied; corpus, shape and model
 * are borrowed. */
struct feed *feed_open(const struct corpus *corpus, const struct stream_options *options,
                       const struct shape *shape, int64_t epoch, int64_t number);
/* Waits for the next group and adds the seconds that it waited. NULL: the loader failed. The group
 * is the caller's until feed_done. */
const struct feed_group *feed_next(struct feed *feed, double *waited, struct reason *why);
void feed_done(struct feed *feed);
void feed_close(struct feed *feed);

#endif
