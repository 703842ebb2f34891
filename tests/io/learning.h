/* Learning a tokenizer from a list of lines that ends with NULL, for tests. */
#ifndef LEARNING_H
#define LEARNING_H

#include "io/tokenizer/tokenizer.h"
#include <stddef.h>
#include <string.h>

/* What is left out is enough for a small text. */
#define OPTIONS(...) (&(struct learner_options){__VA_ARGS__})

static inline bool learn_from(const char *const *lines, const struct learner_options *options,
                              struct tokenizer *tokenizer, bool *shrunk, struct reason *why)
{
    struct learner_options all = *options;
    all.vocabulary = all.vocabulary ? all.vocabulary : 8000;
    all.min_count = all.min_count ? all.min_count : 1;
    all.sample = all.sample ? all.sample : 1000000;
    while (lines[all.lines])
        all.lines++;
    struct learner *learner = learner_open(&all);
    for (int64_t i = 0; i < all.lines; i++)
        learner_line(learner, lines[i], strlen(lines[i]), i);
    return learner_finish(learner, tokenizer, shrunk, why);
}

/* The line, encoded and decoded. */
static inline void there_and_back(const struct tokenizer *tokenizer, const char *line,
                                  struct text *back)
{
    struct ids ids = {0};
    text_clear(back);
    tokenizer_encode(tokenizer, line, strlen(line), &ids);
    tokenizer_decode(tokenizer, ids.list, ids.count, back);
    ids_release(&ids);
}

/* The tokens of a line, with spaces between. */
static inline void tokens_of(const struct tokenizer *tokenizer, const char *line,
                             struct text *tokens)
{
    struct ids ids = {0};
    text_clear(tokens);
    tokenizer_encode(tokenizer, line, strlen(line), &ids);
    tokenizer_tokens(tokenizer, ids.list, ids.count, tokens);
    ids_release(&ids);
}

static inline bool same_tokens(const struct tokenizer *first, const struct tokenizer *second,
                               const char *line)
{
    struct text one = {0}, other = {0};
    tokens_of(first, line, &one);
    tokens_of(second, line, &other);
    bool same = strcmp(one.bytes, other.bytes) == 0;
    text_release(&one);
    text_release(&other);
    return same;
}

#endif
