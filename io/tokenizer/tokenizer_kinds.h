/* What a kind of tokenizer is made of, private to io: one row of functions for each kind, and what
 * words and characters share (symbols that are never split, counting). A learner's state is the
 * kind's own; learn_finish closes it in either case and fills vocabulary, model and processor.
 * restore is called with vocabulary and model in place. */
#ifndef TOKENIZER_KINDS_H
#define TOKENIZER_KINDS_H

#include "io/tokenizer/tokenizer.h"

struct tokenizer_functions {
    void *(*learn_open)(const struct learner_options *options);
    void (*learn_line)(void *learning, const char *bytes, size_t length, int64_t number);
    bool (*learn_finish)(void *learning, struct tokenizer *tokenizer, bool *shrunk,
                         struct reason *why);
    bool (*restore)(struct tokenizer *tokenizer,
                    struct reason *why); // the processor, from the model
    void (*release)(void *processor);
    void (*encode)(const struct tokenizer *tokenizer, const char *line, size_t length,
                   struct ids *ids);
    void (*decode)(const struct tokenizer *tokenizer, const int32_t *ids, int64_t count,
                   struct text *line);
    /* The first symbol of a line that is not in the vocabulary; NULL where lines have no such. */
    bool (*unknown)(const struct tokenizer *tokenizer, const char *line, size_t length,
                    struct vocabulary_key *unknown);
};
#define TOKENIZER_DECLARED(kind, name) extern const struct tokenizer_functions tokenizer_##name;
TOKENIZERS(TOKENIZER_DECLARED)

/* The next symbol of a text with one a line; empty lines are passed over. False at the end. *rest
 * moves on. */
bool symbols_next(const char **rest, const char **symbol, size_t *length);
/* Valid UTF-8, without white space, not twice, not reserved? NULL is fine. */
bool symbols_check(const char *symbols, struct reason *why);
/* Those that a file holds. */
bool symbols_check_stored(const struct text *model, struct reason *why);

/* How often each string came: what words and characters are learnt from. */
struct counts {
    struct learner_options options; // symbols are a copy
    struct vocabulary strings;
    int64_t *list; // (capacity): of a string's id
    int64_t capacity;
};
struct counts *counts_open(const struct learner_options *options);
void counts_add(struct counts *counts, const char *bytes, size_t length);
/* The same of several strings, at most VOCABULARY_AT_ONCE. */
void counts_add_all(struct counts *counts, const struct vocabulary_key *keys, int count);
/* The vocabulary: the symbols, then what came at least min_count times, most frequent first.
 * Closes. */
bool counts_finish(struct counts *counts, struct tokenizer *tokenizer, bool *shrunk,
                   struct reason *why);

#endif
