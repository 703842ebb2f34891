/* Words: what stands between ASCII spaces and tabs; and whole lines, each one symbol without the
 * spaces and tabs around it. */
#include "io/text/blank.h"
#include "io/tokenizer/tokenizer_kinds.h"
#include <limits.h>

/* The next words, at most VOCABULARY_AT_ONCE; how many. *at moves on. */
static int next_words(const char **at, const char *end, struct vocabulary_key *words)
{
    int count = 0;
    while (count < VOCABULARY_AT_ONCE && (*at = skip_blanks(*at, end)) < end) {
        const char *start = *at;
        *at = skip_word(start, end);
        words[count++] = (struct vocabulary_key){start, (size_t)(*at - start)};
    }
    return count;
}

static void *learn_open(const struct learner_options *options)
{
    return counts_open(options);
}

static void learn_line(void *learning, const char *bytes, size_t length, int64_t number)
{
    (void)number;
    struct vocabulary_key words[VOCABULARY_AT_ONCE];
    int count;
    for (const char *at = bytes; (count = next_words(&at, bytes + length, words)) > 0;)
        counts_add_all(learning, words, count);
}

static bool learn_finish(void *learning, struct tokenizer *tokenizer, bool *shrunk,
                         struct reason *why)
{
    return counts_finish(learning, tokenizer, shrunk, why);
}

/* A line that is left out could never be given as an answer. */
static void *learn_open_lines(const struct learner_options *options)
{
    struct learner_options all = *options;
    if (!all.vocabulary_explicit)
        all.vocabulary = INT_MAX;
    return counts_open(&all);
}

/* None, or one: a blank line has no symbol. */
static int whole_line(const char *line, size_t length, struct vocabulary_key *whole)
{
    const char *start = skip_blanks(line, line + length), *end = drop_blanks(start, line + length);
    *whole = (struct vocabulary_key){start, (size_t)(end - start)};
    return end > start;
}

static void learn_whole_line(void *learning, const char *bytes, size_t length, int64_t number)
{
    (void)number;
    struct vocabulary_key whole;
    if (whole_line(bytes, length, &whole))
        counts_add(learning, whole.bytes, whole.length);
}

static bool learn_finish_lines(void *learning, struct tokenizer *tokenizer, bool *shrunk,
                               struct reason *why)
{
    bool learnt = counts_finish(learning, tokenizer, shrunk, why);
    *shrunk = false; // there was no size to shrink from
    return learnt;
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
    struct vocabulary_key words[VOCABULARY_AT_ONCE];
    int32_t found[VOCABULARY_AT_ONCE];
    int count;
    for (const char *at = line; (count = next_words(&at, line + length, words)) > 0;) {
        vocabulary_find_all(&tokenizer->vocabulary, words, count, found);
        ids_add_all(ids, found, count);
    }
}

static bool first_unknown(const struct tokenizer *tokenizer, const char *line, size_t length,
                          struct vocabulary_key *unknown)
{
    struct vocabulary_key words[VOCABULARY_AT_ONCE];
    int count;
    for (const char *at = line; (count = next_words(&at, line + length, words)) > 0;)
        for (int i = 0; i < count; i++)
            if (vocabulary_find(&tokenizer->vocabulary, words[i].bytes, words[i].length) ==
                ID_UNKNOWN) {
                *unknown = words[i];
                return true;
            }
    return false;
}

static void encode_line(const struct tokenizer *tokenizer, const char *line, size_t length,
                        struct ids *ids)
{
    struct vocabulary_key whole;
    if (whole_line(line, length, &whole))
        ids_add(ids, vocabulary_find(&tokenizer->vocabulary, whole.bytes, whole.length));
}

static bool unknown_line(const struct tokenizer *tokenizer, const char *line, size_t length,
                         struct vocabulary_key *unknown)
{
    return whole_line(line, length, unknown) &&
           vocabulary_find(&tokenizer->vocabulary, unknown->bytes, unknown->length) == ID_UNKNOWN;
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
    .learn_open = learn_open,
    .learn_line = learn_line,
    .learn_finish = learn_finish,
    .restore = restore,
    .release = release,
    .encode = encode,
    .decode = decode,
    .unknown = first_unknown,
};

const struct tokenizer_functions tokenizer_lines = {
    .learn_open = learn_open_lines,
    .learn_line = learn_whole_line,
    .learn_finish = learn_finish_lines,
    .restore = restore,
    .release = release,
    .encode = encode_line,
    .decode = decode,
    .unknown = unknown_line,
};
