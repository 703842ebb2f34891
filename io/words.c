/* Words: what stands between ASCII spaces and tabs. */
#include "io/tokenizer_kinds.h"

/* The next word; false at the end. *at moves on. */
static bool next_word(const char *line, size_t length, size_t *at, const char **word, size_t *count)
{
    size_t start = *at;
    while (start < length && (line[start] == ' ' || line[start] == '\t'))
        start++;
    size_t end = start;
    while (end < length && line[end] != ' ' && line[end] != '\t')
        end++;
    *word = line + start;
    *count = end - start;
    *at = end;
    return end > start;
}

static void *learn_open(const struct learner_options *options)
{
    return counts_open(options);
}

static void learn_line(void *learning, const char *bytes, size_t length, int64_t number)
{
    (void)number;
    const char *word;
    size_t at = 0, count;
    while (next_word(bytes, length, &at, &word, &count))
        counts_add(learning, word, count);
}

static bool learn_finish(void *learning, struct tokenizer *tokenizer, bool *shrunk,
                         struct reason *why)
{
    return counts_finish(learning, tokenizer, shrunk, why);
}

static bool restore(struct tokenizer *tokenizer, struct reason *why)
{
    return symbols_check_stored(&tokenizer->model, why);
}

static void release(void *processor)
{
    (void)processor;
}

static void encode(const struct tokenizer *tokenizer, const char *line, size_t length,
                   struct ids *ids)
{
    const char *word;
    size_t at = 0, count;
    while (next_word(line, length, &at, &word, &count))
        ids_add(ids, vocabulary_find(&tokenizer->vocabulary, word, count));
}

static void decode(const struct tokenizer *tokenizer, const int32_t *ids, int64_t count,
                   struct text *line)
{
    bool first = true;
    for (int64_t i = 0; i < count; i++) {
        if (ids[i] == ID_BEGIN || ids[i] == ID_END)
            continue;
        size_t length;
        const char *word = vocabulary_string(&tokenizer->vocabulary, ids[i], &length);
        if (!first)
            text_add(line, " ", 1);
        text_add(line, word, length);
        first = false;
    }
}

const struct tokenizer_functions tokenizer_words = {
    .name = "words",
    .learn_open = learn_open,
    .learn_line = learn_line,
    .learn_finish = learn_finish,
    .restore = restore,
    .release = release,
    .encode = encode,
    .decode = decode,
};
