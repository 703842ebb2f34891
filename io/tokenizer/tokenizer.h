/* Lines of text to ids and back, by one of the kinds in a table (words, characters, lines,
 * sentencepiece). A tokenizer is learnt from lines (learner_open, learner_line ...,
 * learner_finish), or restored from what a corpus or checkpoint holds of it: the name of its kind,
 * its vocabulary and its own bytes. Detokenising gives the line back: SentencePiece (byte fallback,
 * normalisation `identity`) any valid UTF-8; the others what is in the vocabulary, words
 * single-spaced. `lines` is for labels: a line is one symbol, without the blanks around it, and a
 * blank line none. */
#ifndef TOKENIZER_H
#define TOKENIZER_H

#include "comm/base/text.h"
#include "io/tokenizer/vocabulary.h"

/* The kinds: tokenizer_NAME in a file of words.c, characters.c, pieces.c; the name is what a person
 * types and files hold. */
#define TOKENIZERS(ROW)                                                                            \
    ROW(TOKENIZER_SENTENCEPIECE, sentencepiece)                                                    \
    ROW(TOKENIZER_WORDS, words)                                                                    \
    ROW(TOKENIZER_CHARACTERS, characters)                                                          \
    ROW(TOKENIZER_LINES, lines)
#define TOKENIZER_CONSTANT(kind, name) kind,
enum tokenizer_kind { TOKENIZERS(TOKENIZER_CONSTANT) TOKENIZER_KINDS };
extern const char *const tokenizer_names[]; // in the order of the enum, up to NULL

struct ids { // a growing array
    int32_t *list;
    int64_t count, capacity;
};
void ids_add(struct ids *ids, int32_t id);
void ids_add_all(struct ids *ids, const int32_t *list, int64_t count); // or cells, floats too
void ids_release(struct ids *ids);

struct tokenizer {
    enum tokenizer_kind kind;
    struct vocabulary vocabulary;
    struct text model; // sentencepiece: the model file's bytes; characters and words: the symbols
                       // of --symbols, one a line
    void *processor;   // the kind's own state
};

struct learner_options {
    enum tokenizer_kind kind;
    int vocabulary;          // largest size, the three reserved included; of lines only if explicit
    int vocabulary_explicit; // the user named it: too large for the text is an error that says the
                             // largest possible
    int bpe;                 // SentencePiece: BPE instead of unigram
    int min_count;           // not SentencePiece: rarer ones are unknown
    int64_t sample;          // SentencePiece: at most so many lines, chosen by hash of their number
    int64_t lines;           // how many lines will come, all sides together
    uint64_t seed;
    const char *symbols; // never split, always in the vocabulary: one a line, or NULL
};
struct learner;
struct learner *learner_open(const struct learner_options *options);
/* Valid UTF-8. number: the line's number, over all sides that are learnt jointly. Memory: distinct
 * words, or the sample. */
void learner_line(struct learner *learner, const char *bytes, size_t length, int64_t number);
/* Closes the learner in either case. Equal counts: the string in byte order. *shrunk: a default
 * size that was too large for the text. */
bool learner_finish(struct learner *learner, struct tokenizer *tokenizer, bool *shrunk,
                    struct reason *why);

bool tokenizer_restore(struct tokenizer *tokenizer, enum tokenizer_kind kind,
                       const struct text *model, const char *bytes, int64_t byte_count,
                       const int64_t *offsets, int64_t count, struct reason *why);
void tokenizer_release(struct tokenizer *tokenizer);

/* Appends the ids of a line (valid UTF-8), without begin and end. Thread-safe. */
void tokenizer_encode(const struct tokenizer *tokenizer, const char *line, size_t length,
                      struct ids *ids);
/* For vocabularies that are closed (tags, labels), where ID_UNKNOWN is a mistake of the text's: the
 * first word, or the line, that is not in the vocabulary, within `line`. False: all are. Kinds
 * words and lines only (require). */
bool tokenizer_unknown(const struct tokenizer *tokenizer, const char *line, size_t length,
                       const char **symbol, size_t *symbol_length);
/* Appends the line; unknown becomes "<unk>". Ids must be within the vocabulary (require). */
void tokenizer_decode(const struct tokenizer *tokenizer, const int32_t *ids, int64_t count,
                      struct text *line);
/* Appends the tokens as they are in the vocabulary, with single spaces between. */
void tokenizer_tokens(const struct tokenizer *tokenizer, const int32_t *ids, int64_t count,
                      struct text *line);

#endif
