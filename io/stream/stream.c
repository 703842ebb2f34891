#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "comm/base/points.h"
#include "io/folder/folder.h"
#include "io/stream/stream_plan.h"
#include "io/stream/stream_reader.h"
#include <sys/stat.h>

/* The pieces of all shards have numbers; piece p of a shard is [p * PIECE - shift, (p + 1) * PIECE
 * - shift) of its sentences, cut at both ends, with a shift of the epoch. */
struct stream {
    struct stream_options options;
    struct stream_reader reader;
    struct stream_plan plan;
    int shards, pieces;
    int64_t *sentences;   // (shards)
    int32_t *shifts;      // (shards)
    int64_t *first_piece; // (shards + 1)
    int32_t *permutation; // (pieces)
    int32_t *lengths;     // (SIDES, STREAM_PIECE)
    int64_t all, left;    // sentences of an epoch, and those that no window has had
    int32_t next_piece;
    int64_t epoch, number;        // of the group that comes next
    int32_t next_group;           // in the plan
    int32_t groups_read;          // of the plan: their cells are there
    int last_window, begun;       // a group was given
    struct stream_batch *batches; // (lanes)
    struct stream_sentence *views;
    int64_t views_capacity;
};

static void begin_epoch(struct stream *stream, int64_t epoch)
{
    struct random_key key = {
        .seed = stream->options.seed, .purpose = RANDOM_WINDOWS, .update = (uint32_t)epoch};
    for (int s = 0; s < stream->shards; s++)
        stream->shifts[s] = (int32_t)random_below(&key, (uint64_t)s, STREAM_PIECE);
    for (int32_t p = 0; p < stream->pieces; p++)
        stream->permutation[p] = p;
    uint64_t draws = (uint64_t)stream->shards;
    stream_plan_shuffle(&stream->options, RANDOM_WINDOWS, epoch, &draws, stream->permutation,
                        stream->pieces);
    stream_plan_epoch(&stream->plan, epoch);
    stream->epoch = epoch;
    stream->number = 0;
    stream->next_piece = stream->next_group = 0;
    stream->left = stream->all;
    stream->last_window = stream->groups_read = 0;
}

/* A source has a place that an encoder reads: its end, or one of its own. */
static bool check_sources(const struct stream *stream, int s, int64_t index,
                          const int32_t lengths[SIDES], struct reason *why)
{
    const struct corpus *corpus = stream->reader.corpus;
    for (int side = SOURCE; side < SOURCES; side++)
        if (corpus->contents[side].form != FORM_NONE && !stream->options.ends[side] &&
            lengths[side] == 0)
            return fail(why,
                        "shard '%s': '/%s' of sentence %lld is empty, and no end is added to it",
                        corpus->table[s].file, side_names[side], (long long)index);
    return true;
}

static bool add_piece(struct stream *stream, int32_t piece, struct reason *why)
{
    int s = stream_reader_shard_of(&stream->reader, stream->first_piece, piece);
    int64_t start = (piece - stream->first_piece[s]) * STREAM_PIECE - stream->shifts[s];
    int64_t end = start + STREAM_PIECE;
    start = start < 0 ? 0 : start;
    end = end > stream->sentences[s] ? stream->sentences[s] : end;
    if (start >= end)
        return true;
    int32_t lengths[SIDES];
    struct shard *shard = stream_reader_shard(&stream->reader, s, why);
    if (!shard)
        return false;
    for (enum side side = 0; side < SIDES; side++)
        if (!shard_lengths(shard, side, start, end - start, stream->lengths + side * STREAM_PIECE,
                           why))
            return false;
    for (int64_t i = start; i < end; i++) {
        for (int side = 0; side < SIDES; side++)
            lengths[side] = stream->lengths[side * STREAM_PIECE + i - start];
        if (!check_sources(stream, s, i, lengths, why))
            return false;
        stream_plan_add(&stream->plan, s, i, lengths);
    }
    stream->left -= end - start;
    return true;
}

/* A short last window would balance badly: it joins the one before. */
static bool plan_window(struct stream *stream, struct reason *why)
{
    require(!stream->last_window);
    point_at("stream.window", stream->number, NULL, 0);
    stream_plan_carry(&stream->plan);
    int64_t before = stream->left;
    while (stream->left > 0 &&
           (before - stream->left < STREAM_WINDOW || stream->left < STREAM_WINDOW / 2))
        if (!add_piece(stream, stream->permutation[stream->next_piece++], why))
            return false;
    require(stream->left >= 0);
    stream->last_window = stream->left == 0;
    stream_plan_make(&stream->plan, stream->last_window);
    stream->next_group = 0;
    stream->groups_read = 0;
    return true;
}

/* Until the plan holds the group that comes next. */
static bool plan_next(struct stream *stream, struct reason *why)
{
    while (stream->next_group == stream->plan.groups) {
        if (stream->last_window)
            begin_epoch(stream, stream->epoch + 1);
        if (!plan_window(stream, why))
            return false;
    }
    return true;
}

bool stream_seek(struct stream *stream, int64_t epoch, int64_t number, struct reason *why)
{
    require(epoch >= 0 && number >= 0);
    begin_epoch(stream, epoch);
    while (stream->number < number) {
        if (stream->last_window && stream->next_group == stream->plan.groups)
            return fail(why, "epoch %lld has only %lld updates", (long long)epoch,
                        (long long)stream->number);
        if (!plan_next(stream, why))
            return false;
        int64_t skip = stream->plan.groups - stream->next_group, most = number - stream->number;
        skip = skip < most ? skip : most;
        stream->next_group += (int32_t)skip;
        stream->number += skip;
    }
    return true;
}

static int is_ours(const struct stream *stream, int lane)
{
    return lane >= stream->options.first_lane &&
           lane < stream->options.first_lane + stream->options.lane_count;
}

static const struct plan_batch *planned(const struct stream *stream, int32_t group, int lane)
{
    int32_t number = stream->plan.order[(int64_t)group * stream->options.lanes + lane];
    return number < 0 ? NULL : &stream->plan.batches[number];
}

/* Cells of all our lanes in what is left of the plan: a window is read once, in the order of the
 * shards. But whoever waits for the very first group gets it alone. */
static bool read_cells(struct stream *stream, struct reason *why)
{
    stream->groups_read = stream->begun ? stream->plan.groups : stream->next_group + 1;
    stream->begun = 1;
    stream_reader_begin(&stream->reader);
    for (int32_t g = stream->next_group; g < stream->groups_read; g++)
        for (int lane = 0; lane < stream->options.lanes; lane++) {
            const struct plan_batch *batch = planned(stream, g, lane);
            for (int32_t i = 0; batch && is_ours(stream, lane) && i < batch->count; i++)
                stream_reader_want(&stream->reader, &stream->plan.sentences[batch->first + i]);
        }
    return stream_reader_read(&stream->reader, why);
}

static int64_t sentences_of_group(const struct stream *stream)
{
    int64_t count = 0;
    for (int lane = 0; lane < stream->options.lanes; lane++) {
        const struct plan_batch *batch = planned(stream, stream->next_group, lane);
        count += batch ? batch->count : 0;
    }
    return count;
}

static void view_lane(struct stream *stream, int lane, struct stream_sentence *views)
{
    const struct plan_batch *batch = planned(stream, stream->next_group, lane);
    stream->batches[lane] = (struct stream_batch){.sentences = views};
    if (!batch)
        return;
    stream->batches[lane].count = batch->count;
    stream->batches[lane].cost = batch->cost;
    for (int32_t i = 0; i < batch->count; i++) {
        const struct plan_sentence *sentence = &stream->plan.sentences[batch->first + i];
        views[i] = (struct stream_sentence){.shard = sentence->shard, .index = sentence->index};
        for (int side = 0; side < SIDES; side++)
            views[i].sentence.side[side] = (struct sequence){
                is_ours(stream, lane) ? stream->reader.cells + sentence->cells[side] : NULL,
                sentence->lengths[side]};
    }
}

bool stream_next(struct stream *stream, struct stream_group *group, struct reason *why)
{
    if (!plan_next(stream, why) ||
        (stream->next_group >= stream->groups_read && !read_cells(stream, why)))
        return false;
    stream->views = memory_room(stream->views, sizeof *stream->views, &stream->views_capacity,
                                sentences_of_group(stream));
    struct stream_sentence *views = stream->views;
    for (int lane = 0; lane < stream->options.lanes; lane++) {
        view_lane(stream, lane, views);
        views += stream->batches[lane].count;
    }
    *group = (struct stream_group){
        .epoch = stream->epoch,
        .number = stream->number++,
        .last = stream->last_window && stream->next_group + 1 == stream->plan.groups,
        .batches = stream->batches,
    };
    stream->next_group++;
    return true;
}

/* A table may claim what its shards cannot hold, and memory goes by it before a shard is opened: a
 * sentence is the 8 bytes of its line at least. */
static bool check_claims(const struct corpus *corpus, struct reason *why)
{
    char path[PATH_MAX];
    for (int s = 0; s < corpus->shards; s++) {
        const struct corpus_shard *row = &corpus->table[s];
        struct stat status;
        if (!folder_join(path, corpus->path, row->file, "", why) ||
            (stat(path, &status) != 0 && !fail_errno(why)))
            return fail_about(why, "shard '%s'", row->file);
        if (row->sentences > status.st_size / (int64_t)sizeof(int64_t))
            return fail(why, "shard '%s': is too small for %lld sentences", row->file,
                        (long long)row->sentences);
    }
    return true;
}

static void number_pieces(struct stream *stream, const struct corpus *corpus)
{
    for (int s = 0; s < stream->shards; s++) {
        stream->sentences[s] = corpus->table[s].sentences;
        int64_t pieces = stream->sentences[s] / STREAM_PIECE + 2; // some are empty
        stream->first_piece[s + 1] = stream->first_piece[s] + pieces;
    }
    stream->pieces = (int)stream->first_piece[stream->shards];
}

struct stream *stream_open(const struct corpus *corpus, const struct stream_options *options,
                           struct reason *why)
{
    require(options->first_lane >= 0 && options->lane_count >= 0 &&
            options->lane_count <= options->lanes - options->first_lane);
    int64_t most = (int64_t)STREAM_PIECE * (INT32_MAX - 2 * (int64_t)corpus->shards);
    if (corpus->sentences == 0 || corpus->sentences > most) {
        fail(why, corpus->sentences ? "has too many sentences" : "has no sentences");
        return NULL;
    }
    if (!check_claims(corpus, why))
        return NULL;
    struct stream *stream = memory_take(sizeof *stream);
    size_t shards = (size_t)corpus->shards;
    stream->options = *options;
    stream->shards = corpus->shards;
    stream->all = corpus->sentences;
    stream->sentences = memory_take(shards * sizeof *stream->sentences);
    stream->shifts = memory_take(shards * sizeof *stream->shifts);
    stream->first_piece = memory_take((shards + 1) * sizeof *stream->first_piece);
    number_pieces(stream, corpus);
    stream->permutation = memory_take((size_t)stream->pieces * sizeof *stream->permutation);
    stream->lengths = memory_take(SIDES * STREAM_PIECE * sizeof *stream->lengths);
    stream->batches = memory_take((size_t)options->lanes * sizeof *stream->batches);
    stream_plan_init(&stream->plan, options);
    stream_reader_init(&stream->reader, corpus);
    begin_epoch(stream, 0);
    return stream;
}

void stream_close(struct stream *stream)
{
    if (!stream)
        return;
    stream_reader_release(&stream->reader);
    stream_plan_release(&stream->plan);
    memory_free(stream->sentences);
    memory_free(stream->shifts);
    memory_free(stream->first_piece);
    memory_free(stream->permutation);
    memory_free(stream->lengths);
    memory_free(stream->batches);
    memory_free(stream->views);
    memory_free(stream);
}

/* A micro-batch ends with the sentence that fills it, so it holds half a sentence more than it
 * must. */
int64_t stream_updates(const struct corpus *corpus, const struct stream_options *options)
{
    double sentences = (double)corpus->sentences, batches = sentences / options->batch_sentences;
    for (int side = 0; side < SIDES && sentences > 0; side++) {
        double tokens = (double)corpus->tokens[side] + (options->ends[side] ? sentences : 0);
        double needed = tokens / (options->batch_tokens + tokens / sentences / 2);
        batches = needed > batches ? needed : batches;
    }
    int64_t updates = (int64_t)(batches / options->lanes + 0.5);
    return updates < 1 ? 1 : updates;
}
