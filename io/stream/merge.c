#include "io/stream/merge.h"
#include "comm/base/memory.h"
#include "io/corpus/shard.h"

enum {
    AHEAD_MOST = 512, // sentences of a shard
    AHEAD_LEAST = 64,
    AHEAD_TOTAL = 16384, // of all shards
    FILES_MOST = 64      // open at once
};

/* One shard: sentences [first, first + count) are in memory, `at` is the current one. */
struct cursor {
    struct shard *shard;
    int64_t sentences, first, count, at;
    int64_t *lines;          // (ahead)
    int32_t *lengths[SIDES]; // (ahead)
    int32_t *cells[SIDES];   // joined; the current sentence starts at place[]
    int64_t capacity[SIDES], place[SIDES];
    struct text text;   // raw target texts, joined
    int64_t *text_ends; // (ahead)
};

struct merge {
    const struct corpus *corpus;
    struct cursor *cursors; // one a shard
    int *heap;              // cursors that are not at their end, the lowest line first
    int heap_count, ahead;
    bool taken; // the first of the heap was returned
    int64_t last_line;
};

static int64_t width_of(const struct merge *merge, enum side side)
{
    return content_width(&merge->corpus->contents[side]);
}

static bool read_cells(const struct merge *merge, struct cursor *cursor, enum side side,
                       struct reason *why)
{
    int64_t places = 0;
    for (int64_t i = 0; i < cursor->count; i++)
        places += cursor->lengths[side][i];
    int64_t total = places * width_of(merge, side);
    if (total > cursor->capacity[side]) {
        memory_free(cursor->cells[side]);
        cursor->cells[side] = memory_take((size_t)total * sizeof(int32_t));
        cursor->capacity[side] = total;
    }
    cursor->place[side] = 0;
    return shard_cells(cursor->shard, side, cursor->first, cursor->count, places,
                       cursor->cells[side], why);
}

static bool read_texts(struct cursor *cursor, struct reason *why)
{
    text_clear(&cursor->text);
    for (int64_t i = 0; i < cursor->count; i++) {
        if (!shard_text(cursor->shard, cursor->first + i, &cursor->text, why))
            return false;
        cursor->text_ends[i] = (int64_t)cursor->text.length;
    }
    return true;
}

static bool read_ahead(struct merge *merge, struct cursor *cursor, struct reason *why)
{
    int ahead = merge->ahead;
    cursor->first += cursor->count;
    int64_t left = cursor->sentences - cursor->first;
    cursor->count = left < ahead ? left : ahead;
    cursor->at = 0;
    if (!shard_lines(cursor->shard, cursor->first, cursor->count, cursor->lines, why))
        return false;
    for (int side = 0; side < SIDES; side++)
        if (!shard_lengths(cursor->shard, side, cursor->first, cursor->count, cursor->lengths[side],
                           why) ||
            !read_cells(merge, cursor, side, why))
            return false;
    if (merge->corpus->has_text && !read_texts(cursor, why))
        return false;
    if (merge->corpus->shards > FILES_MOST)
        shard_pause(cursor->shard);
    return true;
}

static int64_t line_of(const struct merge *merge, int place)
{
    const struct cursor *cursor = &merge->cursors[merge->heap[place]];
    return cursor->lines[cursor->at];
}

static void sink(struct merge *merge, int place)
{
    for (;;) {
        int lowest = place;
        for (int child = 2 * place + 1; child <= 2 * place + 2; child++)
            if (child < merge->heap_count && line_of(merge, child) < line_of(merge, lowest))
                lowest = child;
        if (lowest == place)
            return;
        int index = merge->heap[place];
        merge->heap[place] = merge->heap[lowest];
        merge->heap[lowest] = index;
        place = lowest;
    }
}

static bool open_cursor(struct merge *merge, int index, struct reason *why)
{
    struct cursor *cursor = &merge->cursors[index];
    cursor->sentences = merge->corpus->table[index].sentences;
    if (!cursor->sentences)
        return true;
    cursor->shard = shard_open(merge->corpus, index, why);
    if (!cursor->shard)
        return false;
    cursor->lines = memory_take((size_t)merge->ahead * sizeof(int64_t));
    cursor->text_ends = memory_take((size_t)merge->ahead * sizeof(int64_t));
    for (int side = 0; side < SIDES; side++)
        cursor->lengths[side] = memory_take((size_t)merge->ahead * sizeof(int32_t));
    merge->heap[merge->heap_count++] = index;
    return read_ahead(merge, cursor, why);
}

struct merge *merge_open(const struct corpus *corpus, struct reason *why)
{
    struct merge *merge = memory_take(sizeof *merge);
    int shards = corpus->shards, ahead = AHEAD_TOTAL / (shards ? shards : 1);
    merge->corpus = corpus;
    merge->ahead = ahead > AHEAD_MOST ? AHEAD_MOST : ahead < AHEAD_LEAST ? AHEAD_LEAST : ahead;
    merge->cursors = memory_take((size_t)shards * sizeof *merge->cursors);
    merge->heap = memory_take((size_t)shards * sizeof *merge->heap);
    merge->last_line = -1;
    for (int i = 0; i < shards; i++)
        if (!open_cursor(merge, i, why)) {
            merge_close(merge);
            return NULL;
        }
    for (int place = merge->heap_count / 2; place >= 0; place--)
        if (place < merge->heap_count)
            sink(merge, place);
    return merge;
}

/* Past the sentence that was returned last. */
static bool step(struct merge *merge, struct reason *why)
{
    struct cursor *cursor = &merge->cursors[merge->heap[0]];
    for (int side = 0; side < SIDES; side++)
        cursor->place[side] += cursor->lengths[side][cursor->at] * width_of(merge, side);
    cursor->at++;
    if (cursor->at == cursor->count) {
        if (cursor->first + cursor->count == cursor->sentences)
            merge->heap[0] = merge->heap[--merge->heap_count];
        else if (!read_ahead(merge, cursor, why))
            return false;
    }
    if (merge->heap_count)
        sink(merge, 0);
    return true;
}

int merge_next(struct merge *merge, struct merged *merged, struct reason *why)
{
    if (merge->taken && !step(merge, why))
        return -1;
    merge->taken = merge->heap_count > 0;
    if (!merge->taken)
        return 0;
    struct cursor *cursor = &merge->cursors[merge->heap[0]];
    *merged = (struct merged){.line = cursor->lines[cursor->at]};
    for (int side = 0; side < SIDES; side++)
        merged->sentence.side[side] = (struct sequence){cursor->cells[side] + cursor->place[side],
                                                        cursor->lengths[side][cursor->at]};
    if (merged->line <= merge->last_line) {
        fail(why, "shard '%s': line %lld is out of order",
             merge->corpus->table[merge->heap[0]].file, (long long)merged->line);
        return -1;
    }
    merge->last_line = merged->line;
    if (merge->corpus->has_text) {
        int64_t start = cursor->at ? cursor->text_ends[cursor->at - 1] : 0;
        merged->text = cursor->text.bytes + start;
        merged->text_length = (size_t)(cursor->text_ends[cursor->at] - start);
    }
    return 1;
}

void merge_close(struct merge *merge)
{
    if (!merge)
        return;
    for (int i = 0; i < merge->corpus->shards; i++) {
        struct cursor *cursor = &merge->cursors[i];
        if (cursor->shard)
            shard_close(cursor->shard);
        memory_free(cursor->lines);
        memory_free(cursor->text_ends);
        text_release(&cursor->text);
        for (int side = 0; side < SIDES; side++) {
            memory_free(cursor->lengths[side]);
            memory_free(cursor->cells[side]);
        }
    }
    memory_free(merge->cursors);
    memory_free(merge->heap);
    memory_free(merge);
}
