#include "comm/base/memory.h"
#include "io/text/blank.h"
#include "io/text/utf8.h"
#include "io/tokenizer/tokenizer_kinds.h"
#include <stdlib.h>
#include <string.h>

bool symbols_next(const char **rest, const char **symbol, size_t *length)
{
    const char *start = *rest;
    if (!start)
        return false;
    start += strspn(start, "\r\n");
    *symbol = start;
    *length = strcspn(start, "\r\n");
    *rest = start + *length;
    return *length > 0;
}

bool symbols_check(const char *symbols, struct reason *why)
{
    struct vocabulary seen;
    vocabulary_init(&seen);
    const char *symbol;
    size_t length;
    bool good = true;
    while (good && symbols_next(&symbols, &symbol, &length)) {
        int shown = length < 100 ? (int)length : 100;
        if (!utf8_valid(symbol, length))
            good = fail(why, "a symbol is not valid UTF-8");
        else if (skip_word(symbol, symbol + length) < symbol + length)
            good = fail(why, "symbol '%.*s' holds white space", shown, symbol);
        else if (vocabulary_reserved(symbol, length))
            good = fail(why, "symbol '%.*s' is reserved", shown, symbol);
        else if (vocabulary_find(&seen, symbol, length) != ID_UNKNOWN)
            good = fail(why, "symbol '%.*s' is given twice", shown, symbol);
        else
            vocabulary_add(&seen, symbol, length);
    }
    vocabulary_release(&seen);
    return good;
}

bool symbols_check_stored(const struct text *model, struct reason *why)
{
    if (model->length && memchr(model->bytes, '\0', model->length))
        return fail(why, "the tokenizer's symbols hold a NUL");
    return symbols_check(model->bytes, why);
}

struct counts *counts_open(const struct learner_options *options)
{
    struct counts *counts = memory_take(sizeof *counts);
    counts->options = *options;
    counts->options.symbols = options->symbols ? memory_copy_text(options->symbols) : NULL;
    vocabulary_init(&counts->strings);
    return counts;
}

void counts_add(struct counts *counts, const char *bytes, size_t length)
{
    if (vocabulary_reserved(bytes, length))
        return;
    int id = vocabulary_find(&counts->strings, bytes, length);
    if (id == ID_UNKNOWN)
        id = vocabulary_add(&counts->strings, bytes, length);
    counts->list = memory_room(counts->list, sizeof *counts->list, &counts->capacity, id + 1);
    counts->list[id]++;
}

void counts_add_all(struct counts *counts, const struct vocabulary_key *keys, int count)
{
    int32_t ids[VOCABULARY_AT_ONCE];
    vocabulary_find_all(&counts->strings, keys, count, ids);
    for (int i = 0; i < count; i++)
        if (ids[i] == ID_UNKNOWN)
            counts_add(counts, keys[i].bytes, keys[i].length);
        else
            counts->list[ids[i]]++;
}

struct counted {
    const char *bytes;
    size_t length;
    int64_t count;
};

static int most_frequent_first(const void *left, const void *right)
{
    const struct counted *a = left, *b = right;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    size_t common = a->length < b->length ? a->length : b->length;
    int order = memcmp(a->bytes, b->bytes, common);
    return order ? order : (a->length > b->length) - (a->length < b->length);
}

/* What may enter the vocabulary beside the symbols, in order. To be freed. */
static struct counted *candidates(const struct counts *counts, const struct vocabulary *symbols,
                                  int *count)
{
    const struct vocabulary *strings = &counts->strings;
    struct counted *list = memory_take((size_t)strings->size * sizeof *list);
    *count = 0;
    for (int id = IDS_RESERVED; id < strings->size; id++) {
        struct counted one = {.count = counts->list[id]};
        one.bytes = vocabulary_string(strings, id, &one.length);
        if (one.count >= counts->options.min_count &&
            vocabulary_find(symbols, one.bytes, one.length) == ID_UNKNOWN)
            list[(*count)++] = one;
    }
    qsort(list, (size_t)*count, sizeof *list, most_frequent_first);
    return list;
}

static bool choose(const struct counts *counts, struct vocabulary *vocabulary, bool *shrunk,
                   struct reason *why)
{
    const struct learner_options *options = &counts->options;
    int count, fixed = vocabulary->size;
    if (options->vocabulary < fixed)
        return fail(why, "a vocabulary of %d is too small: at least %d", options->vocabulary,
                    fixed);
    struct counted *list = candidates(counts, vocabulary, &count);
    bool too_large = options->vocabulary - fixed > count;
    if (!too_large)
        count = options->vocabulary - fixed;
    for (int i = 0; i < count; i++)
        vocabulary_add(vocabulary, list[i].bytes, list[i].length);
    memory_free(list);
    if (too_large && options->vocabulary_explicit)
        return fail(why, "a vocabulary of %d is too large: at most %d for this text",
                    options->vocabulary, vocabulary->size);
    *shrunk = too_large;
    return true;
}

bool counts_finish(struct counts *counts, struct tokenizer *tokenizer, bool *shrunk,
                   struct reason *why)
{
    const char *symbols = counts->options.symbols, *rest = symbols, *symbol;
    size_t length;
    vocabulary_init(&tokenizer->vocabulary);
    text_clear(&tokenizer->model);
    bool good = symbols_check(symbols, why);
    while (good && symbols_next(&rest, &symbol, &length)) {
        vocabulary_add(&tokenizer->vocabulary, symbol, length);
        text_add(&tokenizer->model, symbol, length);
        text_add(&tokenizer->model, "\n", 1);
    }
    good = good && choose(counts, &tokenizer->vocabulary, shrunk, why);
    memory_free((char *)counts->options.symbols);
    vocabulary_release(&counts->strings);
    memory_free(counts->list);
    memory_free(counts);
    return good;
}
