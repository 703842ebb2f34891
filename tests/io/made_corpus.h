/* For tests: a corpus that is made up. */
#ifndef MADE_CORPUS_H
#define MADE_CORPUS_H

#include "made_files.h"

#include "io/corpus.h"
#include "io/corpus_writer.h"

struct made_corpus {
    int shards, text;
    int64_t sentences;
    /* Lengths of a line, and its ids by made_id(). */
    void (*lengths)(int64_t line, int lengths[SIDES]);
};

enum { MADE_VOCABULARY = 50 };

static int32_t made_id(int64_t line, int side, int64_t place)
{
    return (int32_t)((uint64_t)(line * 31 + side * 17 + place * 7) %
                     (MADE_VOCABULARY - IDS_RESERVED)) +
           IDS_RESERVED;
}

static void made_tokenizer(struct tokenizer *tokenizer)
{
    *tokenizer = (struct tokenizer){.kind = TOKENIZER_WORDS};
    struct vocabulary vocabulary;
    vocabulary_init(&vocabulary);
    for (int i = IDS_RESERVED; i < MADE_VOCABULARY; i++) {
        char word[16];
        vocabulary_add(&vocabulary, word, (size_t)snprintf(word, sizeof word, "word%d", i));
    }
    struct text model;
    struct reason why;
    text_init(&model);
    text_clear(&model);
    assert_true(tokenizer_restore(tokenizer, TOKENIZER_WORDS, &model, vocabulary.bytes,
                                  vocabulary.offsets[vocabulary.size], vocabulary.offsets,
                                  vocabulary.size, &why));
    text_release(&model);
    vocabulary_release(&vocabulary);
}

static void made_lines(const struct made_corpus *made, const char *folder, struct corpus *corpus)
{
    struct reason why;
    struct shard_writer **writers = calloc((size_t)made->shards, sizeof(struct shard_writer *));
    int32_t *ids[SIDES];
    for (int i = 0; i < made->shards; i++)
        assert_non_null(writers[i] = shard_writer_open(folder, i, made->text, &why));
    for (int64_t line = 0; line < made->sentences; line++) {
        int lengths[SIDES];
        char text[32];
        made->lengths(line, lengths);
        for (int side = 0; side < SIDES; side++) {
            ids[side] = malloc((size_t)lengths[side] * sizeof(int32_t) + 1);
            for (int i = 0; i < lengths[side]; i++)
                ids[side][i] = made_id(line, side, i);
        }
        int length = snprintf(text, sizeof text, "text %lld", (long long)line);
        assert_true(shard_writer_add(writers[corpus_shard_of_line(7, line, made->shards)], line,
                                     ids[SOURCE], lengths[SOURCE], ids[TARGET], lengths[TARGET],
                                     text, (size_t)length, &why));
        free(ids[SOURCE]);
        free(ids[TARGET]);
    }
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
    made_lines(made, folder, &corpus);
    for (int side = 0; side < SIDES; side++)
        made_tokenizer(&corpus.tokenizers[side]);
    if (!corpus_write(folder, &corpus, &why))
        fail_msg("%s", why.text);
    for (int side = 0; side < SIDES; side++)
        tokenizer_release(&corpus.tokenizers[side]);
    memory_free(corpus.table);
}

#endif
