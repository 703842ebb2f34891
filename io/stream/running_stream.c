#include "io/stream/running_stream.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "comm/base/points.h"
#include "io/stream/running.h"

struct running_stream {
    struct stream_options options;
    struct running *running;
    int64_t updates;                   // of an epoch
    int64_t epoch, number;             // of the group that comes next
    struct stream_batch *batches;      // (lanes)
    struct stream_sentence *sentences; // (lanes, rows)
    int32_t *cells;                    // (lane_count, rows, 1 + steps, width)
};

int64_t running_stream_updates(const struct corpus *corpus, const struct stream_options *options)
{
    int64_t rows = (int64_t)options->lanes * options->rows, steps = options->steps;
    int64_t longest = (running_length_of(corpus) + rows - 1) / rows;
    return (longest + steps - 1) / steps;
}

struct running_stream *running_stream_open(const struct corpus *corpus,
                                           const struct stream_options *options, struct reason *why)
{
    require(options->rows >= 1 && options->steps >= 1 && options->first_lane >= 0 &&
            options->lane_count >= 0 &&
            options->lane_count <= options->lanes - options->first_lane);
    if (corpus->sentences == 0) {
        fail(why, "has no sentences");
        return NULL;
    }
    struct running *running = running_open(corpus, why);
    if (!running)
        return NULL;
    struct running_stream *stream = memory_take(sizeof *stream);
    size_t lanes = (size_t)options->lanes, rows = (size_t)options->rows;
    stream->options = *options;
    stream->running = running;
    stream->updates = running_stream_updates(corpus, options);
    stream->batches = memory_take(lanes * sizeof *stream->batches);
    stream->sentences = memory_take(lanes * rows * sizeof *stream->sentences);
    stream->cells = memory_take((size_t)options->lane_count * rows * ((size_t)options->steps + 1) *
                                (size_t)running_width(running) * sizeof *stream->cells);
    return stream;
}

void running_stream_close(struct running_stream *stream)
{
    if (!stream)
        return;
    running_close(stream->running);
    memory_free(stream->batches);
    memory_free(stream->sentences);
    memory_free(stream->cells);
    memory_free(stream);
}

bool running_stream_seek(struct running_stream *stream, int64_t epoch, int64_t number,
                         struct reason *why)
{
    require(epoch >= 0 && number >= 0);
    stream->epoch = epoch;
    stream->number = number;
    if (number > stream->updates)
        return fail(why, "epoch %lld has only %lld updates", (long long)epoch,
                    (long long)stream->updates);
    return true;
}

/* The cells of a row, of our lanes; elsewhere its length alone. */
static bool take_row(struct running_stream *stream, int64_t row, struct stream_sentence *sentence,
                     struct reason *why)
{
    const struct stream_options *o = &stream->options;
    struct running_piece piece =
        running_piece(running_length(stream->running), (int64_t)o->lanes * o->rows, row);
    int64_t done = stream->number * o->steps, count = piece.count - done;
    count = count < 0 ? 0 : count > o->steps ? o->steps : count;
    int64_t ours = row - (int64_t)o->first_lane * o->rows;
    *sentence = (struct stream_sentence){.sentence = {.continues = 1}};
    struct sequence *target = &sentence->sentence.side[TARGET];
    target->length = (int)count;
    if (ours < 0 || ours >= (int64_t)o->lane_count * o->rows)
        return true;
    const int width = running_width(stream->running);
    int32_t *cells = stream->cells + ours * (o->steps + 1) * width;
    target->cells = cells + width;
    if (count == 0)
        return running_read(stream->running, 0, 0, true, cells, why);
    return running_read(stream->running, piece.first + done, count, done == 0, cells, why) &&
           running_place(stream->running, piece.first + done, &sentence->shard, &sentence->index,
                         why);
}

static bool take_lane(struct running_stream *stream, int lane, struct reason *why)
{
    const int rows = stream->options.rows;
    struct stream_sentence *sentences = stream->sentences + (int64_t)lane * rows;
    int64_t places = 0;
    for (int i = 0; i < rows; i++) {
        if (!take_row(stream, (int64_t)lane * rows + i, &sentences[i], why))
            return false;
        places += sentences[i].sentence.side[TARGET].length;
    }
    stream->batches[lane] =
        (struct stream_batch){.count = places > 0 ? rows : 0, .sentences = sentences};
    return true;
}

bool running_stream_next(struct running_stream *stream, struct stream_group *group,
                         struct reason *why)
{
    if (stream->number == stream->updates) {
        stream->epoch++;
        stream->number = 0;
    }
    point_at("stream.window", stream->number, NULL, 0);
    for (int lane = 0; lane < stream->options.lanes; lane++)
        if (!take_lane(stream, lane, why))
            return false;
    *group = (struct stream_group){
        .epoch = stream->epoch,
        .number = stream->number,
        .last = stream->number + 1 == stream->updates,
        .batches = stream->batches,
    };
    stream->number++;
    return true;
}
