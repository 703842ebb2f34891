#include "io/stream/running.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "io/stream/pairs.h"
#include "io/stream/stream_reader.h"
#include <string.h>

struct running {
    int64_t length, sequences;
    int width;
    int ends;                    // 1: each sequence has one
    struct stream_reader reader; // of a corpus
    int64_t *starts;             // (shards + 1): where they begin
    struct ids cells;            // of a file
};

static int ends_of(const struct content *target)
{
    return target->form == FORM_SYMBOLS;
}

int64_t running_length_of(const struct corpus *corpus)
{
    return corpus->tokens[TARGET] + corpus->sentences * ends_of(&corpus->contents[TARGET]);
}

static struct running *running_of(const struct content *target)
{
    struct running *running = memory_take(sizeof *running);
    running->width = content_width(target);
    running->ends = ends_of(target);
    return running;
}

struct running *running_open(const struct corpus *corpus, struct reason *why)
{
    if (!corpus->stream) {
        fail(why, "is no running text: prepare it with --stream");
        return NULL;
    }
    struct running *running = running_of(&corpus->contents[TARGET]);
    running->sequences = corpus->sentences;
    running->starts = memory_take(((size_t)corpus->shards + 1) * sizeof *running->starts);
    for (int s = 0; s < corpus->shards; s++)
        running->starts[s + 1] = running->starts[s] + corpus->table[s].tokens[TARGET] +
                                 corpus->table[s].sentences * running->ends;
    running->length = running->starts[corpus->shards];
    stream_reader_init(&running->reader, corpus);
    return running;
}

static void add_sequence(struct running *running, const struct sequence *sequence)
{
    ids_add_all(&running->cells, sequence->cells, (int64_t)sequence->length * running->width);
    if (running->ends)
        ids_add(&running->cells, ID_END);
    running->length += sequence->length + running->ends;
    running->sequences++;
}

struct running *running_open_text(const struct examples_options *options,
                                  const struct content *contents, struct reason *why)
{
    struct pairs_block block = {0};
    struct pairs *pairs = pairs_open_texts(options, contents, why);
    struct running *running = running_of(&contents[TARGET]);
    bool well = pairs != NULL;
    for (bool more = true; well && more; more = block.count > 0) {
        well = pairs_next(pairs, PAIRS_BLOCK, &block, why);
        for (int i = 0; well && i < block.count; i++)
            add_sequence(running, &block.list[i].sentence.side[TARGET]);
    }
    pairs_block_release(&block);
    pairs_close(pairs);
    if (well)
        return running;
    running_close(running);
    return NULL;
}

void running_close(struct running *running)
{
    if (!running)
        return;
    if (running->starts)
        stream_reader_release(&running->reader);
    memory_free(running->starts);
    ids_release(&running->cells);
    memory_free(running);
}

int64_t running_length(const struct running *running)
{
    return running->length;
}

int64_t running_sequences(const struct running *running)
{
    return running->sequences;
}

int running_width(const struct running *running)
{
    return running->width;
}

struct running_piece running_piece(int64_t length, int64_t pieces, int64_t p)
{
    /* length x p / pieces, where the product may be too large */
    int64_t each = length / pieces, rest = length % pieces;
    int64_t first = each * p + rest * p / pieces, end = each * (p + 1) + rest * (p + 1) / pieces;
    return (struct running_piece){first, end - first};
}

/* Sequence i of a shard stands at its offset + i, for the ends before it. */
static bool sequence_of(const struct running *running, struct shard *shard, int s, int64_t place,
                        int64_t *sequence, struct reason *why)
{
    int64_t low = 0, high = running->reader.corpus->table[s].sentences - 1, offsets[2];
    while (low < high) {
        int64_t middle = low + (high - low + 1) / 2;
        if (!shard_offsets(shard, TARGET, middle, 1, offsets, why))
            return false;
        if (offsets[0] + middle * running->ends <= place)
            low = middle;
        else
            high = middle - 1;
    }
    *sequence = low;
    return true;
}

/* Places [at, at + count) of one shard. */
static bool read_shard(struct running *running, int s, int64_t at, int64_t count, int32_t *cells,
                       struct reason *why)
{
    const struct corpus_shard *row = &running->reader.corpus->table[s];
    struct shard *shard = stream_reader_shard(&running->reader, s, why);
    int64_t i, offsets[2];
    if (!shard || !sequence_of(running, shard, s, at, &i, why))
        return false;
    for (int64_t end = at + count; at < end; i++) {
        if (i >= row->sentences || !shard_offsets(shard, TARGET, i, 1, offsets, why))
            return i < row->sentences
                       ? false
                       : fail(why, "shard '%s' has changed while it was read", row->file);
        int64_t before = i * running->ends, rest = offsets[1] + before - at;
        int64_t now = end - at < rest ? end - at : rest;
        if (!shard_places(shard, TARGET, at - before, now, cells, why))
            return false;
        cells += now * running->width;
        at += now;
        if (running->ends && at < end) {
            *cells++ = ID_END;
            at++;
        }
    }
    return true;
}

static bool read_corpus(struct running *running, int64_t first, int64_t count, int32_t *cells,
                        struct reason *why)
{
    for (int64_t done = 0, now; done < count; done += now) {
        int s = stream_reader_shard_of(&running->reader, running->starts, first + done);
        int64_t at = first + done - running->starts[s],
                rest = running->starts[s + 1] - first - done;
        now = count - done < rest ? count - done : rest;
        if (!read_shard(running, s, at, now, cells + done * running->width, why))
            return false;
    }
    return true;
}

bool running_read(struct running *running, int64_t first, int64_t count, bool begins,
                  int32_t *cells, struct reason *why)
{
    const int width = running->width;
    require(first >= 0 && count >= 0 && count <= running->length - first);
    if (!begins && first > 0) {
        first--;
        count++;
    } else {
        for (int k = 0; k < width; k++)
            *cells++ = running->ends ? ID_BEGIN : 0; // the float zero, too
    }
    if (running->starts)
        return read_corpus(running, first, count, cells, why);
    if (count > 0)
        memcpy(cells, running->cells.list + first * width,
               (size_t)count * (size_t)width * sizeof *cells);
    return true;
}

bool running_place(struct running *running, int64_t place, int *shard, int64_t *sequence,
                   struct reason *why)
{
    require(running->starts && place >= 0 && place < running->length);
    *shard = stream_reader_shard_of(&running->reader, running->starts, place);
    struct shard *opened = stream_reader_shard(&running->reader, *shard, why);
    return opened &&
           sequence_of(running, opened, *shard, place - running->starts[*shard], sequence, why);
}
