/* For tests: a corpus that is made up. */
#ifndef MADE_CORPUS_H
#define MADE_CORPUS_H

#include "made_files.h"

#include "io/corpus/corpus.h"
#include "io/corpus/shard.h"
#include "io/corpus/shard_writer.h"

struct made_corpus {
    int shards, text;
    const char *task; // NULL: translate, or without a source language-model
    int closed;       // the target's symbols are classes
    int64_t sentences;
    /* Lengths of a line (0 before), and its cells by made_cell(). */
    void (*lengths)(int64_t line, int lengths[SIDES]);
    /* What the sides are made of, for the corpus to release; NULL: words on source and target. */
    void (*contents)(struct content contents[SIDES]);
};

enum { MADE_VOCABULARY = 50 };

static int32_t made_id(int64_t line, int side, int64_t place)
{
    return (int32_t)((uint64_t)(line * 31 + side * 17 + place * 7) %
                     (MADE_VOCABULARY - IDS_RESERVED)) +
           IDS_RESERVED;
}

/* Of these words or characters, which are released. */
static void made_tokenizer(struct tokenizer *tokenizer, enum tokenizer_kind kind,
                           struct vocabulary *vocabulary)
{
    struct text model;
    struct reason why;
    text_init(&model);
    text_clear(&model);
    *tokenizer = (struct tokenizer){.kind = kind};
    assert_true(tokenizer_restore(tokenizer, kind, &model, vocabulary->bytes,
                                  vocabulary->offsets[vocabulary->size], vocabulary->offsets,
                                  vocabulary->size, &why));
    text_release(&model);
    vocabulary_release(vocabulary);
}

static void made_words(struct tokenizer *tokenizer, int symbols)
{
    struct vocabulary vocabulary;
    vocabulary_init(&vocabulary);
    for (int i = IDS_RESERVED; i < symbols; i++) {
        char word[16];
        vocabulary_add(&vocabulary, word, (size_t)snprintf(word, sizeof word, "word%d", i));
    }
    made_tokenizer(tokenizer, TOKENIZER_WORDS, &vocabulary);
}

static void made_symbols(struct content *content)
{
    *content = (struct content){.form = FORM_SYMBOLS};
    made_words(&content->tokenizer, MADE_VOCABULARY);
}

static __attribute__((unused)) void made_vectors(struct content *content, int dimension)
{
    *content = (struct content){.form = FORM_VECTORS, .dimension = dimension, .stack = 1};
    content->mean = memory_take((size_t)dimension * sizeof(float));
    content->deviation = memory_take((size_t)dimension * sizeof(float));
    for (int j = 0; j < dimension; j++) {
        content->mean[j] = (float)j - 0.5f;
        content->deviation[j] = (float)j + 0.25f;
    }
}

static void made_contents(struct content contents[SIDES])
{
    memset(contents, 0, SIDES * sizeof *contents);
    made_symbols(&contents[SOURCE]);
    made_symbols(&contents[TARGET]);
}

static void release_contents(struct content contents[SIDES])
{
    for (int side = 0; side < SIDES; side++)
        content_release(&contents[side]);
}

/* Cell `column` of a place, as its bytes. */
static int32_t made_cell(const struct content *content, int64_t line, int side, int64_t place,
                         int column)
{
    int32_t cell = made_id(line, side, place);
    if (content->form == FORM_VECTORS) {
        float value = (float)(cell + 100 * column) * 0.125f - 3;
        memcpy(&cell, &value, sizeof cell);
    } else if (column > 0) {
        cell = IDS_RESERVED + cell % (content->features[column - 1].vocabulary.size - IDS_RESERVED);
    }
    return cell;
}

/* The caller frees it. */
static int32_t *made_cells(const struct content *content, int64_t line, int side, int length)
{
    int width = content_width(content);
    int32_t *cells = malloc((size_t)(length * width) * sizeof *cells + 1);
    for (int i = 0; i < length * width; i++)
        cells[i] = made_cell(content, line, side, i / width, i % width);
    return cells;
}

static void made_line(const struct made_corpus *made, const struct content *contents, int64_t line,
                      struct shard_writer *writer)
{
    int lengths[SIDES] = {0};
    struct sentence sentence;
    struct reason why;
    char text[32];
    made->lengths(line, lengths);
    for (int side = 0; side < SIDES; side++)
        sentence.side[side] = (struct sequence){
            made_cells(&contents[side], line, side, lengths[side]), lengths[side]};
    int length = snprintf(text, sizeof text, "text %lld", (long long)line);
    assert_true(shard_writer_add(writer, line, &sentence, text, (size_t)length, &why));
    for (int side = 0; side < SIDES; side++)
        free((void *)sentence.side[side].cells);
}

static void made_lines(const struct made_corpus *made, const char *folder, struct corpus *corpus)
{
    struct reason why;
    struct shard_writer **writers = calloc((size_t)made->shards, sizeof(struct shard_writer *));
    for (int i = 0; i < made->shards; i++)
        assert_non_null(writers[i] = shard_writer_open(folder, i, corpus, &why));
    for (int64_t line = 0; line < made->sentences; line++)
        made_line(made, corpus->contents, line,
                  writers[corpus_shard_of_line(7, line, made->shards)]);
    for (int i = 0; i < made->shards; i++)
        assert_true(shard_writer_close(writers[i], &corpus->table[i], &why));
    free(writers);
}

static __attribute__((unused)) void make_corpus(const struct made_corpus *made, const char *folder)
{
    struct reason why;
    mkdir(folder, 0777);
    struct corpus corpus = {.has_text = made->text, .seed = 7, .shards = made->shards};
    corpus.table = memory_take((size_t)made->shards * sizeof *corpus.table);
    (made->contents ? made->contents : made_contents)(corpus.contents);
    strcpy(corpus.task, made->task                                  ? made->task
                        : corpus.contents[SOURCE].form == FORM_NONE ? "language-model"
                                                                    : "translate");
    if (made->closed && corpus.contents[TARGET].form == FORM_SYMBOLS)
        corpus.contents[TARGET].closed = 1;
    made_lines(made, folder, &corpus);
    if (!corpus_write(folder, &corpus, &why))
        fail_msg("%s", why.text);
    release_contents(corpus.contents);
    memory_free(corpus.table);
}

/* It is refused with a reason that has these words; NULL: it is sound. */
static __attribute__((unused)) void assert_corpus(const char *folder, corpus_rules_of *rules,
                                                  const char *name, const char *words)
{
    struct reason why = {""};
    struct corpus *corpus = corpus_open(folder, rules, &why);
    bool sound = corpus && corpus_check(corpus, &why);
    corpus_close(corpus);
    if (words ? sound || !strstr(why.text, words) : !sound)
        fail_msg("%s: '%s' does not say '%s'", name, sound ? "" : why.text, words ? words : "");
}

#endif
