#include "io/stream/pairs.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "io/corpus/encode.h"
#include "io/stream/merge.h"
#include "io/text/utf8.h"
#include <stdlib.h>
#include <string.h>

struct pairs {
    struct merge *merge;       // of a corpus
    struct examples *examples; // of texts
    const char *paths[SIDES];  // NULL where there is no such text
    enum examples_format formats[SIDES];
    const struct content *contents;
    struct encode_room rooms[SIDES]; // of texts
    bool has_target;
};

struct pairs *pairs_open_corpus(const struct corpus *corpus, struct reason *why)
{
    struct merge *merge = merge_open(corpus, why);
    if (!merge)
        return NULL;
    struct pairs *pairs = memory_take(sizeof *pairs);
    pairs->merge = merge;
    pairs->contents = corpus->contents;
    for (int side = 0; side < SIDES; side++)
        encode_init(&pairs->rooms[side], &corpus->contents[side]);
    pairs->has_target = true;
    return pairs;
}

struct pairs *pairs_open_texts(const struct examples_options *options,
                               const struct content *contents, struct reason *why)
{
    struct pairs *pairs = memory_take(sizeof *pairs);
    memcpy(pairs->paths, options->paths, sizeof pairs->paths);
    memcpy(pairs->formats, options->formats, sizeof pairs->formats);
    pairs->contents = contents;
    for (int side = 0; side < SIDES; side++)
        encode_init(&pairs->rooms[side], &contents[side]);
    pairs->has_target = options->paths[TARGET] != NULL;
    pairs->examples = examples_open(options, why);
    if (pairs->examples)
        return pairs;
    pairs_close(pairs);
    return NULL;
}

void pairs_close(struct pairs *pairs)
{
    if (!pairs)
        return;
    merge_close(pairs->merge);
    examples_close(pairs->examples);
    for (int side = 0; side < SIDES; side++)
        encode_release(&pairs->rooms[side]);
    memory_free(pairs);
}

void pairs_block_release(struct pairs_block *block)
{
    memory_free(block->list);
    ids_release(&block->cells);
    text_release(&block->texts);
    *block = (struct pairs_block){0};
}

/* Keeps the text; returns the length of its first alternative. */
static size_t add_text(struct pairs_block *block, struct pair *pair, const char *text,
                       size_t length)
{
    const char *tab = memchr(text, '\t', length);
    size_t first = tab ? (size_t)(tab - text) : length;
    text_add(&block->texts, text, length);
    pair->text_length = length;
    pair->words = utf8_words(text, first);
    pair->characters = utf8_characters(text, first);
    return first;
}

static int next_of_corpus(struct pairs *pairs, struct pair *pair, struct pairs_block *block,
                          struct reason *why)
{
    struct merged merged;
    int got = merge_next(pairs->merge, &merged, why);
    if (got != 1)
        return got;
    *pair = (struct pair){
        .line = merged.line + 1,
        .sentence = merged.sentence,
        .words = -1,
        .characters = -1,
    };
    size_t first = merged.text ? add_text(block, pair, merged.text, merged.text_length) : 0;
    for (int side = 0; side < SIDES; side++) {
        struct sequence *sequence = &pair->sentence.side[side];
        struct raw raw = {.bytes = merged.text, .length = first};
        if (side != TARGET || !merged.text || first == merged.text_length)
            ids_add_all(&block->cells, sequence->cells,
                        (int64_t)sequence->length * content_width(&pairs->contents[side]));
        else if (!encode(&pairs->contents[side], &raw, &pairs->rooms[side], &block->cells,
                         &sequence->length, why))
            return -1;
    }
    return 1;
}

bool pairs_fail(const struct pairs *pairs, const struct pair *pair, enum side side,
                const char *what, struct reason *why)
{
    const char *unit = examples_unit(pairs->formats[side]);
    if (!pairs->paths[side])
        return fail(why, "line %lld: %s %.900s", (long long)pair->line, side_names[side], what);
    return fail(why, "'%s': %s %lld: %.900s", pairs->paths[side], unit, (long long)pair->line,
                what);
}

static int next_of_texts(struct pairs *pairs, struct pair *pair, struct pairs_block *block,
                         struct reason *why)
{
    struct example example;
    struct reason inner;
    int got = examples_next(pairs->examples, &example, why);
    if (got != 1)
        return got;
    *pair = (struct pair){.line = example.number, .words = -1, .characters = -1};
    struct raw *target = &example.side[TARGET];
    if (pairs->has_target && !target->values)
        target->length = add_text(block, pair, target->bytes, target->length);
    for (int side = 0; side < SIDES; side++)
        if (pairs->paths[side] &&
            !encode(&pairs->contents[side], &example.side[side], &pairs->rooms[side], &block->cells,
                    &pair->sentence.side[side].length, &inner)) {
            pairs_fail(pairs, pair, (enum side)side, inner.text, why);
            return -1;
        }
    return 1;
}

/* Cells and texts may have moved while they grew: the views are set when all are there. Where all
 * are empty they are there nevertheless (sentence.h: not NULL). */
static void set_views(const struct pairs *pairs, struct pairs_block *block)
{
    static const int32_t none;
    const int32_t *place = block->cells.list ? block->cells.list : &none;
    const char *text = block->texts.bytes;
    for (int i = 0; i < block->count; i++) {
        struct pair *pair = &block->list[i];
        for (int side = 0; side < SIDES; side++) {
            struct sequence *sequence = &pair->sentence.side[side];
            sequence->cells = side == TARGET && !pairs->has_target ? NULL : place;
            place += (int64_t)sequence->length * content_width(&pairs->contents[side]);
        }
        pair->text = pair->words < 0 ? NULL : text;
        text += pair->text_length;
    }
}

bool pairs_next(struct pairs *pairs, int most, struct pairs_block *block, struct reason *why)
{
    require(most >= 1 && most <= PAIRS_BLOCK);
    if (block->capacity < most) {
        memory_free(block->list);
        block->list = memory_take((size_t)most * sizeof *block->list);
        block->capacity = most;
    }
    block->count = 0;
    block->cells.count = 0;
    text_clear(&block->texts);
    int got = 1;
    while (block->count < most && got == 1) {
        struct pair *pair = &block->list[block->count];
        got = pairs->merge ? next_of_corpus(pairs, pair, block, why)
                           : next_of_texts(pairs, pair, block, why);
        block->count += got == 1;
    }
    set_views(pairs, block);
    return got >= 0;
}

struct place {
    int lengths[SIDES], index;
};

static int shortest_first(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    static const enum side order[SIDES] = {TARGET, SOURCE, SECOND};
    for (int i = 0; i < SIDES; i++)
        if (a->lengths[order[i]] != b->lengths[order[i]])
            return a->lengths[order[i]] < b->lengths[order[i]] ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

static void sort_pairs(const struct pairs_block *block, int32_t *order)
{
    struct place *places = memory_take((size_t)block->count * sizeof *places);
    for (int i = 0; i < block->count; i++) {
        places[i].index = i;
        for (int side = 0; side < SIDES; side++)
            places[i].lengths[side] = block->list[i].sentence.side[side].length;
    }
    qsort(places, (size_t)block->count, sizeof *places, shortest_first);
    for (int i = 0; i < block->count; i++)
        order[i] = places[i].index;
    memory_free(places);
}

int pairs_cut(const struct pairs_block *block, int batch_sentences, int batch_tokens,
              int32_t *order, int32_t *starts)
{
    require(batch_sentences >= 1 && batch_tokens >= 1);
    sort_pairs(block, order);
    int batches = 0;
    int64_t tokens[SIDES] = {0};
    starts[0] = 0;
    for (int i = 0; i < block->count; i++) {
        const struct sentence *sentence = &block->list[order[i]].sentence;
        int held = i - starts[batches];
        bool full = held == batch_sentences;
        for (int side = 0; side < SIDES; side++) {
            tokens[side] += sentence->side[side].length;
            full = full || tokens[side] > batch_tokens;
        }
        if (!held || !full)
            continue;
        starts[++batches] = i;
        for (int side = 0; side < SIDES; side++)
            tokens[side] = sentence->side[side].length;
    }
    starts[block->count ? ++batches : 0] = block->count;
    return batches;
}
