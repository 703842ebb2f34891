#include "io/stream/stream_reader.h"
#include "comm/base/memory.h"
#include <stdlib.h>
#include <string.h>

/* A run may skip over so many sentences that nobody wants, and has at most so many. */
enum { GAP = 64, STREAM_RUN = 1024 };

void stream_reader_init(struct stream_reader *reader, const struct corpus *corpus)
{
    size_t shards = (size_t)corpus->shards;
    *reader = (struct stream_reader){.corpus = corpus};
    reader->shards = memory_take(shards * sizeof *reader->shards);
    reader->used = memory_take(shards * sizeof *reader->used);
    reader->lengths = memory_take(SIDES * STREAM_RUN * sizeof *reader->lengths);
    for (int side = 0; side < SIDES; side++)
        reader->width[side] = content_width(&corpus->contents[side]);
}

void stream_reader_release(struct stream_reader *reader)
{
    for (int i = 0; reader->shards && i < reader->corpus->shards; i++)
        shard_close(reader->shards[i]);
    memory_free(reader->shards);
    memory_free(reader->used);
    memory_free(reader->lengths);
    memory_free(reader->cells);
    memory_free(reader->wanted);
    memory_free(reader->run);
    *reader = (struct stream_reader){0};
}

int stream_reader_shard_of(const struct stream_reader *reader, const int64_t *starts, int64_t place)
{
    int low = 0, high = reader->corpus->shards - 1;
    while (low < high) {
        int middle = (low + high + 1) / 2;
        if (starts[middle] <= place)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

static void pause_oldest(struct stream_reader *reader)
{
    int oldest = -1;
    for (int i = 0; i < reader->corpus->shards; i++)
        if (reader->used[i] && (oldest < 0 || reader->used[i] < reader->used[oldest]))
            oldest = i;
    shard_pause(reader->shards[oldest]);
    reader->used[oldest] = 0;
    reader->open--;
}

struct shard *stream_reader_shard(struct stream_reader *reader, int index, struct reason *why)
{
    if (!reader->used[index]) {
        if (reader->open == STREAM_OPEN)
            pause_oldest(reader);
        if (!reader->shards[index])
            reader->shards[index] = shard_open(reader->corpus, index, why);
        if (!reader->shards[index])
            return NULL;
        reader->open++;
    }
    reader->used[index] = ++reader->uses;
    return reader->shards[index];
}

void stream_reader_begin(struct stream_reader *reader)
{
    reader->wanted_count = 0;
    reader->cells_count = 0;
}

void stream_reader_want(struct stream_reader *reader, struct plan_sentence *sentence)
{
    reader->wanted = memory_room(reader->wanted, sizeof *reader->wanted, &reader->wanted_capacity,
                                 reader->wanted_count + 1);
    reader->wanted[reader->wanted_count++] = (struct stream_wanted){
        .sentence = sentence,
        .index = sentence->index,
        .shard = sentence->shard,
    };
    for (int side = 0; side < SIDES; side++) {
        sentence->cells[side] = reader->cells_count;
        reader->cells_count += (int64_t)sentence->lengths[side] * reader->width[side];
    }
}

static int compare_wanted(const void *left, const void *right)
{
    const struct stream_wanted *a = left, *b = right;
    if (a->shard != b->shard)
        return a->shard < b->shard ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

/* One side of the sentences wanted[0 .. count), which are close together in one shard. */
static bool read_side(struct stream_reader *reader, struct shard *shard, enum side side,
                      const struct stream_wanted *wanted, int64_t count, struct reason *why)
{
    int64_t first = wanted[0].index, span = wanted[count - 1].index + 1 - first, total = 0;
    size_t width = (size_t)reader->width[side];
    int32_t *lengths = reader->lengths + side * STREAM_RUN;
    if (!shard_lengths(shard, side, first, span, lengths, why))
        return false;
    for (int64_t i = 0; i < span; i++)
        total += lengths[i];
    reader->run = memory_room(reader->run, sizeof *reader->run, &reader->run_capacity,
                              total * (int64_t)width);
    if (!shard_cells(shard, side, first, span, total, reader->run, why))
        return false;
    const int32_t *from = reader->run;
    for (int64_t i = 0; i < span; i++) {
        if (wanted->index == first + i) {
            const struct plan_sentence *sentence = wanted++->sentence;
            if (sentence->lengths[side] != lengths[i])
                return fail(why, "shard '%s' has changed while it was read",
                            reader->corpus->table[sentence->shard].file);
            if (lengths[i])
                memcpy(reader->cells + sentence->cells[side], from,
                       (size_t)lengths[i] * width * sizeof *from);
        }
        from += (size_t)lengths[i] * width;
    }
    return true;
}

bool stream_reader_read(struct stream_reader *reader, struct reason *why)
{
    struct stream_wanted *wanted = reader->wanted;
    /* One more: where all are empty they are there nevertheless (sentence.h: not NULL). */
    reader->cells = memory_room(reader->cells, sizeof *reader->cells, &reader->cells_capacity,
                                reader->cells_count + 1);
    if (reader->wanted_count > 1)
        qsort(wanted, (size_t)reader->wanted_count, sizeof *wanted, compare_wanted);
    for (int64_t first = 0, end; first < reader->wanted_count; first = end) {
        for (end = first + 1; end < reader->wanted_count; end++)
            if (wanted[end].shard != wanted[first].shard ||
                wanted[end].index - wanted[end - 1].index > GAP ||
                wanted[end].index - wanted[first].index >= STREAM_RUN)
                break;
        struct shard *shard = stream_reader_shard(reader, wanted[first].shard, why);
        if (!shard)
            return false;
        for (int side = 0; side < SIDES; side++)
            if (!read_side(reader, shard, side, wanted + first, end - first, why))
                return false;
    }
    return true;
}
