/* Characters: code points, a space as any other, and the symbols that are never split: where one
 * starts, the longest that fits is taken. A string of several characters in the vocabulary is such
 * a symbol. */
#include "comm/base/memory.h"
#include "io/text/utf8.h"
#include "io/tokenizer/tokenizer_kinds.h"

struct symbols {
    struct vocabulary list;
    size_t longest;
    bool starts[256]; // does one start with this byte?
};

static struct symbols *symbols_open(const char *text)
{
    struct symbols *symbols = memory_take(sizeof *symbols);
    vocabulary_init(&symbols->list);
    const char *symbol;
    size_t length;
    while (symbols_next(&text, &symbol, &length)) {
        vocabulary_add(&symbols->list, symbol, length);
        symbols->starts[(unsigned char)symbol[0]] = true;
        if (length > symbols->longest)
            symbols->longest = length;
    }
    return symbols;
}

static void symbols_close(void *processor)
{
    struct symbols *symbols = processor;
    vocabulary_release(&symbols->list);
    memory_free(symbols);
}

/* Bytes of the symbol or character that starts here. */
static size_t next_character(const struct symbols *symbols, const char *bytes, size_t length)
{
    size_t longest = symbols->starts[(unsigned char)bytes[0]] ? symbols->longest : 0;
    for (size_t count = longest < length ? longest : length; count > 0; count--)
        if (vocabulary_find(&symbols->list, bytes, count) != ID_UNKNOWN)
            return count;
    return (size_t)utf8_step(bytes, length);
}

struct learning {
    struct counts *counts;
    struct symbols *symbols;
};

static void *learn_open(const struct learner_options *options)
{
    struct learning *learning = memory_take(sizeof *learning);
    learning->counts = counts_open(options);
    struct reason ignored; // learn_finish says it
    learning->symbols =
        symbols_open(symbols_check(options->symbols, &ignored) ? options->symbols : NULL);
    return learning;
}

static void learn_line(void *state, const char *bytes, size_t length, int64_t number)
{
    (void)number;
    struct learning *learning = state;
    for (size_t at = 0, step; at < length; at += step) {
        step = next_character(learning->symbols, bytes + at, length - at);
        counts_add(learning->counts, bytes + at, step);
    }
}

static bool learn_finish(void *state, struct tokenizer *tokenizer, bool *shrunk, struct reason *why)
{
    struct learning *learning = state;
    bool good = counts_finish(learning->counts, tokenizer, shrunk, why);
    tokenizer->processor = learning->symbols;
    memory_free(learning);
    return good;
}

static bool restore(struct tokenizer *tokenizer, struct reason *why)
{
    if (!symbols_check_stored(&tokenizer->model, why))
        return false;
    tokenizer->processor = symbols_open(tokenizer->model.bytes);
    return true;
}

static void encode(const struct tokenizer *tokenizer, const char *line, size_t length,
                   struct ids *ids)
{
    for (size_t at = 0, step; at < length; at += step) {
        step = next_character(tokenizer->processor, line + at, length - at);
        ids_add(ids, vocabulary_find(&tokenizer->vocabulary, line + at, step));
    }
}

static void decode(const struct tokenizer *tokenizer, const int32_t *ids, int64_t count,
                   struct text *line)
{
    for (int64_t i = 0; i < count; i++) {
        if (ids[i] == ID_BEGIN || ids[i] == ID_END)
            continue;
        size_t length;
        const char *string = vocabulary_string(&tokenizer->vocabulary, ids[i], &length);
        text_add(line, string, length);
    }
}

const struct tokenizer_functions tokenizer_characters = {
    .learn_open = learn_open,
    .learn_line = learn_line,
    .learn_finish = learn_finish,
    .restore = restore,
    .release = symbols_close,
    .encode = encode,
    .decode = decode,
};
