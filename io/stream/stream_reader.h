/* The shards behind a stream: opened (and checked) when they are first needed, only so many at a
 * time; and the cells of chosen sentences, read in the order in which they stand, in bounded
 * pieces. Sequence: stream_reader_init, (stream_reader_begin, stream_reader_want ...,
 * stream_reader_read) ..., stream_reader_release. */
#ifndef STREAM_READER_H
#define STREAM_READER_H

#include "io/corpus/shard.h"
#include "io/stream/stream_plan.h"

enum { STREAM_OPEN = 32 }; // shards at a time

struct stream_wanted {
    struct plan_sentence *sentence;
    int64_t index; // copies: sorting is faster
    int32_t shard;
};

struct stream_reader {
    const struct corpus *corpus;
    struct shard **shards; // (shards) NULL: not yet opened
    int64_t *used;         // (shards) when last, 0 if its file is closed
    int64_t uses;
    int open;
    int32_t *cells; // of all that was wanted, floats among them; plan_sentence.cells says where
    int64_t cells_count, cells_capacity;
    int width[SIDES];
    struct stream_wanted *wanted;
    int64_t wanted_count, wanted_capacity;
    int32_t *lengths, *run; // of one run of sentences: (SIDES, STREAM_RUN), and cells
    int64_t run_capacity;
};

void stream_reader_init(struct stream_reader *reader, const struct corpus *corpus);
void stream_reader_release(struct stream_reader *reader);
/* The shard that a place of all is in, where they begin at starts (shards + 1), of 0. */
int stream_reader_shard_of(const struct stream_reader *reader, const int64_t *starts,
                           int64_t place);
/* Open until the next call. */
struct shard *stream_reader_shard(struct stream_reader *reader, int index, struct reason *why);

void stream_reader_begin(struct stream_reader *reader);
void stream_reader_want(struct stream_reader *reader, struct plan_sentence *sentence);
bool stream_reader_read(struct stream_reader *reader, struct reason *why);

#endif
