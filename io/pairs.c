#include "io/pairs.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "io/bitext.h"
#include "io/merge.h"
#include "io/utf8.h"
#include <stdlib.h>
#include <string.h>

struct pairs {
    struct merge *merge;   // of a corpus
    struct bitext *bitext; // of texts
    char *paths[SIDES];    // target: NULL where there is no target text
    const struct tokenizer *tokenizers;
    bool has_target;
};

struct pairs *pairs_open_corpus(const struct corpus *corpus, struct reason *why)
{
    struct merge *merge = merge_open(corpus, why);
    if (!merge)
        return NULL;
    struct pairs *pairs = memory_take(sizeof *pairs);
    pairs->merge = merge;
    pairs->tokenizers = corpus->tokenizers;
    pairs->has_target = true;
    return pairs;
}

struct pairs *pairs_open_texts(const char *source_path, const char *target_path,
                               const struct tokenizer *tokenizers, struct reason *why)
{
    struct pairs *pairs = memory_take(sizeof *pairs);
    pairs->paths[SOURCE] = memory_copy_text(source_path);
    pairs->paths[TARGET] = target_path ? memory_copy_text(target_path) : NULL;
    pairs->tokenizers = tokenizers;
    pairs->has_target = target_path != NULL;
    pairs->bitext = bitext_open(pairs->paths[SOURCE], pairs->paths[TARGET], NULL, why);
    if (pairs->bitext)
        return pairs;
    pairs_close(pairs);
    return NULL;
}

void pairs_close(struct pairs *pairs)
{
    if (!pairs)
        return;
    merge_close(pairs->merge);
    if (pairs->bitext)
        bitext_close(pairs->bitext);
    for (int side = 0; side < SIDES; side++)
        memory_free(pairs->paths[side]);
    memory_free(pairs);
}

void pairs_block_release(struct pairs_block *block)
{
    memory_free(block->list);
    ids_release(&block->ids);
    text_release(&block->texts);
    *block = (struct pairs_block){0};
}

static void add_ids(struct ids *ids, const int32_t *list, int count)
{
    for (int i = 0; i < count; i++)
        ids_add(ids, list[i]);
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
    struct ids *ids = &block->ids;
    struct merged merged;
    int got = merge_next(pairs->merge, &merged, why);
    if (got != 1)
        return got;
    *pair = (struct pair){
        .line = merged.line + 1,
        .source_length = merged.lengths[SOURCE],
        .target_length = merged.lengths[TARGET],
        .words = -1,
        .characters = -1,
    };
    add_ids(ids, merged.ids[SOURCE], pair->source_length);
    size_t first = merged.text ? add_text(block, pair, merged.text, merged.text_length) : 0;
    if (!merged.text || first == merged.text_length) {
        add_ids(ids, merged.ids[TARGET], pair->target_length);
        return 1;
    }
    int64_t before = ids->count;
    tokenizer_encode(&pairs->tokenizers[TARGET], merged.text, first, ids);
    pair->target_length = (int)(ids->count - before);
    return 1;
}

static bool is_text(const struct pairs *pairs, enum side side, const struct bitext_line *line,
                    struct reason *why)
{
    return utf8_valid(line->bytes[side], line->length[side]) ||
           fail(why, "'%s': line %lld: is not valid UTF-8", pairs->paths[side],
                (long long)line->number);
}

/* The length in tokens. */
static int tokenize(const struct pairs *pairs, enum side side, const struct bitext_line *line,
                    struct ids *ids)
{
    int64_t before = ids->count;
    tokenizer_encode(&pairs->tokenizers[side], line->bytes[side], line->length[side], ids);
    return (int)(ids->count - before);
}

static int next_of_texts(struct pairs *pairs, struct pair *pair, struct pairs_block *block,
                         struct reason *why)
{
    struct ids *ids = &block->ids;
    struct bitext_line line;
    int got = bitext_next(pairs->bitext, &line, why);
    if (got != 1)
        return got;
    *pair = (struct pair){.line = line.number, .words = -1, .characters = -1};
    if (!is_text(pairs, SOURCE, &line, why))
        return -1;
    pair->source_length = tokenize(pairs, SOURCE, &line, ids);
    if (!pairs->has_target)
        return 1;
    if (!is_text(pairs, TARGET, &line, why))
        return -1;
    line.length[TARGET] = add_text(block, pair, line.bytes[TARGET], line.length[TARGET]);
    pair->target_length = tokenize(pairs, TARGET, &line, ids);
    return 1;
}

/* Ids and texts may have moved while they grew: the views are set when all are there. */
static void set_views(struct pairs_block *block, bool has_target)
{
    const int32_t *place = block->ids.list;
    const char *text = block->texts.bytes;
    for (int i = 0; i < block->count; i++) {
        struct pair *pair = &block->list[i];
        pair->source = place;
        pair->target = has_target ? place + pair->source_length : NULL;
        place += pair->source_length + pair->target_length;
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
    block->ids.count = 0;
    text_clear(&block->texts);
    int got = 1;
    while (block->count < most && got == 1) {
        struct pair *pair = &block->list[block->count];
        got = pairs->merge ? next_of_corpus(pairs, pair, block, why)
                           : next_of_texts(pairs, pair, block, why);
        block->count += got == 1;
    }
    set_views(block, pairs->has_target);
    return got >= 0;
}

struct place {
    int source_length, target_length, index;
};

static int shortest_first(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    if (a->target_length != b->target_length)
        return a->target_length < b->target_length ? -1 : 1;
    if (a->source_length != b->source_length)
        return a->source_length < b->source_length ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

static void sort_pairs(const struct pairs_block *block, int32_t *order)
{
    struct place *places = memory_take((size_t)block->count * sizeof *places);
    for (int i = 0; i < block->count; i++)
        places[i] = (struct place){block->list[i].source_length, block->list[i].target_length, i};
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
    int64_t source = 0, target = 0;
    starts[0] = 0;
    for (int i = 0; i < block->count; i++) {
        const struct pair *pair = &block->list[order[i]];
        source += pair->source_length;
        target += pair->target_length;
        int held = i - starts[batches];
        bool full = source > batch_tokens || target > batch_tokens || held == batch_sentences;
        if (held && full) {
            starts[++batches] = i;
            source = pair->source_length;
            target = pair->target_length;
        }
    }
    starts[block->count ? ++batches : 0] = block->count;
    return batches;
}
