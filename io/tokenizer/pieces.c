/* SentencePiece. The library writes a space as U+2581, so it cannot tell the two apart: a U+2581 of
 * the text goes around it, as its three bytes, which byte fallback gives to no other character.
 * Between two of them the line is the library's. */
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "comm/base/random.h"
#include "io/text/utf8.h"
#include "io/tokenizer/pieces_model.h"
#include "io/tokenizer/sentencepiece.h"
#include "io/tokenizer/tokenizer_kinds.h"
#include <string.h>

#define SPACE_MARK "\xE2\x96\x81" // U+2581, the library's space
enum { SPACE_MARK_BYTES = 3 };
static const char *const mark_pieces[SPACE_MARK_BYTES] = {"<0xE2>", "<0x96>", "<0x81>"};

/* The part of a longer line that is learnt from (the library's own limit, where it skips the line).
 */
enum { LEARNT_MOST = 4192 };

struct pieces {
    void *library;
    int32_t mark[SPACE_MARK_BYTES];
};

struct learning {
    struct learner_options options; // symbols are a copy
    struct text sample;
    int64_t *offsets;
    int64_t count, capacity;
    int64_t seen;
};

static void *learn_open(const struct learner_options *options)
{
    struct learning *learning = memory_take(sizeof *learning);
    learning->options = *options;
    learning->options.symbols = options->symbols ? memory_copy_text(options->symbols) : NULL;
    text_clear(&learning->sample);
    learning->offsets =
        memory_room(NULL, sizeof *learning->offsets, &learning->capacity, 1); // the first is 0
    return learning;
}

/* Knuth, volume 2, 3.4.2, algorithm S: exactly `sample` of `lines`, each as likely as any other. */
static bool in_sample(const struct learning *learning, int64_t number)
{
    const struct learner_options *options = &learning->options;
    struct random_key key = {.seed = options->seed, .purpose = RANDOM_SAMPLE};
    int64_t wanted = options->sample - learning->count, left = options->lines - learning->seen;
    if (wanted <= 0)
        return false;
    return random_uniform(&key, (uint64_t)number) * (double)left < (double)wanted;
}

/* The library skips a line that holds U+2585, its own mark of rare characters: it is learnt as
 * spaces, and becomes bytes where it is encoded. */
static void blank_rare_marks(char *bytes, size_t length)
{
    for (size_t i = 0; i + 3 <= length; i++)
        if (!memcmp(bytes + i, "\xE2\x96\x85", 3))
            memset(bytes + i, ' ', 3);
}

static void learn_line(void *state, const char *bytes, size_t length, int64_t number)
{
    struct learning *learning = state;
    bool take = in_sample(learning, number);
    learning->seen++;
    if (!take)
        return;
    if (length > LEARNT_MOST) {
        length = LEARNT_MOST;
        while ((bytes[length] & 0xC0) == 0x80)
            length--;
    }
    learning->offsets = memory_room(learning->offsets, sizeof *learning->offsets,
                                    &learning->capacity, learning->count + 2);
    text_add(&learning->sample, bytes, length);
    blank_rare_marks(learning->sample.bytes + learning->sample.length - length, length);
    learning->offsets[++learning->count] = (int64_t)learning->sample.length;
}

/* The largest size that can be asked for: what a larger one gives may itself be too large, so it is
 * tried. */
static int largest_size(struct sentencepiece_training training, int size)
{
    struct text model;
    struct reason ignored;
    text_init(&model);
    do
        training.vocabulary = size;
    while (sentencepiece_train(&training, &model, &size, &ignored) && size < training.vocabulary);
    text_release(&model);
    return training.vocabulary;
}

static bool train(const struct learning *learning, struct text *model, bool *shrunk,
                  struct reason *why)
{
    const struct learner_options *options = &learning->options;
    struct sentencepiece_training training = {
        .bytes = learning->sample.bytes,
        .offsets = learning->offsets,
        .count = learning->count,
        .vocabulary = options->vocabulary,
        .bpe = options->bpe,
        .symbols = options->symbols,
    };
    int size;
    if (!symbols_check(options->symbols, why))
        return false;
    if (!learning->sample.length)
        return fail(why, "no text to learn pieces from");
    if (!sentencepiece_train(&training, model, &size, why))
        return size > options->vocabulary
                   ? fail(why, "a vocabulary of %d is too small: at least %d for this text",
                          options->vocabulary, size)
                   : false;
    *shrunk = size < options->vocabulary;
    if (*shrunk && options->vocabulary_explicit)
        return fail(why, "a vocabulary of %d is too large: at most %d for this text",
                    options->vocabulary, largest_size(training, size));
    return true;
}

static bool fill_vocabulary(struct tokenizer *tokenizer, struct reason *why)
{
    const struct pieces *pieces = tokenizer->processor;
    vocabulary_init(&tokenizer->vocabulary);
    for (int id = IDS_RESERVED; id < sentencepiece_size(pieces->library); id++) {
        size_t length;
        const char *piece = sentencepiece_piece(pieces->library, id, &length);
        if (vocabulary_reserved(piece, length))
            return fail(why, "piece %d of the model is reserved", id);
        vocabulary_add(&tokenizer->vocabulary, piece, length);
    }
    return true;
}

/* The library, and what we need of its pieces: the bytes. */
static bool load(struct tokenizer *tokenizer, struct reason *why)
{
    if (!pieces_model_check(tokenizer->model.bytes, tokenizer->model.length, why))
        return false;
    void *library = sentencepiece_load(&tokenizer->model, why);
    if (!library)
        return false;
    struct pieces *pieces = memory_take(sizeof *pieces);
    pieces->library = library;
    tokenizer->processor = pieces;
    for (int i = 0; i < SPACE_MARK_BYTES; i++) {
        pieces->mark[i] = sentencepiece_find(library, mark_pieces[i]);
        if (pieces->mark[i] < IDS_RESERVED)
            return fail(why, "the SentencePiece model has no byte fallback");
    }
    return true;
}

static bool learn_finish(void *state, struct tokenizer *tokenizer, bool *shrunk, struct reason *why)
{
    struct learning *learning = state;
    bool good = train(learning, &tokenizer->model, shrunk, why) && load(tokenizer, why) &&
                fill_vocabulary(tokenizer, why);
    memory_free((char *)learning->options.symbols);
    text_release(&learning->sample);
    memory_free(learning->offsets);
    memory_free(learning);
    return good;
}

static bool restore(struct tokenizer *tokenizer, struct reason *why)
{
    if (!load(tokenizer, why))
        return false;
    const struct pieces *pieces = tokenizer->processor;
    if (sentencepiece_size(pieces->library) != tokenizer->vocabulary.size)
        return fail(why, "the SentencePiece model has %d pieces, the vocabulary %d symbols",
                    sentencepiece_size(pieces->library), tokenizer->vocabulary.size);
    for (int id = 0; id < tokenizer->vocabulary.size; id++) {
        size_t length, symbol_length;
        const char *piece = sentencepiece_piece(pieces->library, id, &length);
        const char *symbol = vocabulary_string(&tokenizer->vocabulary, id, &symbol_length);
        if (length != symbol_length || memcmp(piece, symbol, length) != 0)
            return fail(why, "piece %d of the SentencePiece model is not the vocabulary's", id);
    }
    return true;
}

static void release(void *processor)
{
    struct pieces *pieces = processor;
    sentencepiece_unload(pieces->library);
    memory_free(pieces);
}

static const char *find_mark(const char *bytes, size_t length)
{
    const char *end = bytes + length;
    while (end - bytes >= SPACE_MARK_BYTES && (bytes = memchr(bytes, 0xE2, length))) {
        if (end - bytes >= SPACE_MARK_BYTES && !memcmp(bytes, SPACE_MARK, SPACE_MARK_BYTES))
            return bytes;
        bytes++;
        length = (size_t)(end - bytes);
    }
    return NULL;
}

static void encode(const struct tokenizer *tokenizer, const char *line, size_t length,
                   struct ids *ids)
{
    const struct pieces *pieces = tokenizer->processor;
    const char *mark;
    while ((mark = find_mark(line, length))) {
        size_t before = (size_t)(mark - line);
        require(sentencepiece_encode(pieces->library, line, before, ids));
        ids_add_all(ids, pieces->mark, SPACE_MARK_BYTES);
        line = mark + SPACE_MARK_BYTES;
        length -= before + SPACE_MARK_BYTES;
    }
    require(sentencepiece_encode(pieces->library, line, length, ids));
}

static void decode(const struct tokenizer *tokenizer, const int32_t *ids, int64_t count,
                   struct text *line)
{
    const struct pieces *pieces = tokenizer->processor;
    int64_t start = 0;
    for (int64_t at = 0; at + SPACE_MARK_BYTES <= count;) {
        if (memcmp(ids + at, pieces->mark, sizeof pieces->mark) != 0) {
            at++;
            continue;
        }
        require(sentencepiece_decode(pieces->library, ids + start, at - start, line));
        text_add(line, SPACE_MARK, SPACE_MARK_BYTES);
        start = at += SPACE_MARK_BYTES;
    }
    require(sentencepiece_decode(pieces->library, ids + start, count - start, line));
}

const struct tokenizer_functions tokenizer_sentencepiece = {
    .learn_open = learn_open,
    .learn_line = learn_line,
    .learn_finish = learn_finish,
    .restore = restore,
    .release = release,
    .encode = encode,
    .decode = decode,
};
