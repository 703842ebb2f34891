#include "io/running.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "io/pairs.h"
#include "io/stream_reader.h"
#include <string.h>

struct running {
    int64_t length;
    struct stream_reader reader; // of a corpus
    int shards;
    int64_t *starts;    // (shards + 1): where they begin
    struct ids symbols; // of a text
};

int64_t running_length_of(const struct corpus *corpus)
{
    return corpus->tokens[TARGET] + corpus->sentences;
}

struct running *running_open(const struct corpus *corpus, struct reason *why)
{
    if (!corpus->stream) {
        fail(why, "is no running text: prepare it with --stream");
        return NULL;
    }
    struct running *running = memory_take(sizeof *running);
    running->shards = corpus->shards;
    running->starts = memory_take(((size_t)corpus->shards + 1) * sizeof *running->starts);
    for (int s = 0; s < corpus->shards; s++)
        running->starts[s + 1] =
            running->starts[s] + corpus->table[s].tokens[TARGET] + corpus->table[s].sentences;
    running->length = running->starts[corpus->shards];
    stream_reader_init(&running->reader, corpus);
    return running;
}

static void add_line(struct ids *symbols, const struct sequence *line)
{
    for (int i = 0; i < line->length; i++)
        ids_add(symbols, ((const int32_t *)line->cells)[i]);
    ids_add(symbols, ID_END);
}

struct running *running_open_text(const struct examples_options *options,
                                  const struct content *contents, struct reason *why)
{
    struct pairs_block block = {0};
    struct pairs *pairs = pairs_open_texts(options, contents, why);
    struct running *running = memory_take(sizeof *running);
    bool well = pairs != NULL;
    for (bool more = true; well && more; more = block.count > 0) {
        well = pairs_next(pairs, PAIRS_BLOCK, &block, why);
        for (int i = 0; well && i < block.count; i++)
            add_line(&running->symbols, &block.list[i].sentence.side[TARGET]);
    }
    pairs_block_release(&block);
    pairs_close(pairs);
    running->length = running->symbols.count;
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
    ids_release(&running->symbols);
    memory_free(running);
}

int64_t running_length(const struct running *running)
{
    return running->length;
}

struct running_piece running_piece(int64_t length, int64_t pieces, int64_t p)
{
    /* length x p / pieces, where the product may be too large */
    int64_t each = length / pieces, rest = length % pieces;
    int64_t first = each * p + rest * p / pieces, end = each * (p + 1) + rest * (p + 1) / pieces;
    return (struct running_piece){first, end - first};
}

static int shard_of(const struct running *running, int64_t place)
{
    int low = 0, high = running->shards - 1;
    while (low < high) {
        int middle = (low + high + 1) / 2;
        if (running->starts[middle] <= place)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

/* Line i of a shard stands at its offset + i, for the ends before it. */
static bool line_of(struct shard *shard, int64_t lines, int64_t place, int64_t *line,
                    struct reason *why)
{
    int64_t low = 0, high = lines - 1, offsets[2];
    while (low < high) {
        int64_t middle = low + (high - low + 1) / 2;
        if (!shard_offsets(shard, TARGET, middle, 1, offsets, why))
            return false;
        if (offsets[0] + middle <= place)
            low = middle;
        else
            high = middle - 1;
    }
    *line = low;
    return true;
}

/* Places [at, at + count) of one shard. */
static bool read_shard(struct running *running, int s, int64_t at, int64_t count, int32_t *symbols,
                       struct reason *why)
{
    const struct corpus_shard *row = &running->reader.corpus->table[s];
    struct shard *shard = stream_reader_shard(&running->reader, s, why);
    int64_t line, offsets[2];
    if (!shard || !line_of(shard, row->sentences, at, &line, why))
        return false;
    for (int64_t end = at + count; at < end; line++) {
        if (line >= row->sentences || !shard_offsets(shard, TARGET, line, 1, offsets, why))
            return line < row->sentences
                       ? false
                       : fail(why, "shard '%s' has changed while it was read", row->file);
        int64_t of_line = offsets[1] + line - at, now = end - at < of_line ? end - at : of_line;
        if (!shard_symbols(shard, TARGET, at - line, now, symbols, why))
            return false;
        symbols += now;
        at += now;
        if (at < end) {
            *symbols++ = ID_END;
            at++;
        }
    }
    return true;
}

static bool read_corpus(struct running *running, int64_t first, int64_t count, int32_t *symbols,
                        struct reason *why)
{
    for (int64_t done = 0, now; done < count; done += now) {
        int s = shard_of(running, first + done);
        int64_t at = first + done - running->starts[s],
                rest = running->starts[s + 1] - first - done;
        now = count - done < rest ? count - done : rest;
        if (!read_shard(running, s, at, now, symbols + done, why))
            return false;
    }
    return true;
}

bool running_read(struct running *running, int64_t first, int64_t count, bool begins,
                  int32_t *symbols, struct reason *why)
{
    require(first >= 0 && count >= 0 && count <= running->length - first);
    symbols[0] = ID_BEGIN;
    if (!begins && first > 0) {
        first--;
        count++;
    } else {
        symbols++;
    }
    if (running->starts)
        return read_corpus(running, first, count, symbols, why);
    if (count > 0)
        memcpy(symbols, running->symbols.list + first, (size_t)count * sizeof *symbols);
    return true;
}

bool running_place(struct running *running, int64_t place, int *shard, int64_t *line,
                   struct reason *why)
{
    require(running->starts && place >= 0 && place < running->length);
    *shard = shard_of(running, place);
    struct shard *opened = stream_reader_shard(&running->reader, *shard, why);
    return opened && line_of(opened, running->reader.corpus->table[*shard].sentences,
                             place - running->starts[*shard], line, why);
}
