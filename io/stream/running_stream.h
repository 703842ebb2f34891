/* The order in which training sees a running text or series: lane x row holds one contiguous piece
 * of it. Of lanes x rows rows, row r (lane r / rows) has piece r of so many (running_piece); a
 * group, which is an update, takes the next `steps` places of each row, as a sentence that
 * continues; the last of an epoch has what is left, of some rows perhaps nothing. At an epoch's
 * start begin stands before each piece. The same calling sequence as that of io/stream/stream.h,
 * whose groups these are. */
#ifndef RUNNING_STREAM_H
#define RUNNING_STREAM_H

#include "io/stream/stream.h"

struct running_stream;
struct running_stream *running_stream_open(const struct corpus *corpus,
                                           const struct stream_options *options,
                                           struct reason *why);
bool running_stream_seek(struct running_stream *stream, int64_t epoch, int64_t number,
                         struct reason *why);
bool running_stream_next(struct running_stream *stream, struct stream_group *group,
                         struct reason *why);
void running_stream_close(struct running_stream *stream);

/* Updates of an epoch, exactly. */
int64_t running_stream_updates(const struct corpus *corpus, const struct stream_options *options);

#endif
