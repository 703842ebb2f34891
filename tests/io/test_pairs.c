#include "comm/base/memory.h"
#include "io/corpus/shard_writer.h"
#include "io/folder/folder.h"
#include "io/stream/pairs.h"
#include "learning.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static char folder[] = "/tmp/chorus-pairs-XXXXXX";
static struct content contents[SIDES]; // SECOND: nothing

/* Sides of different lengths, so that a mixed-up one shows; of some targets alternatives. */
static void sentence(int line, enum side side, char text[64])
{
    if (side == SOURCE)
        snprintf(text, 64, "字%d%s", line, line % 5 ? "" : "，好");
    else
        snprintf(text, 64, "the %d%s cat%s", line, line % 3 ? "" : " é  x",
                 line % 4 ? "" : "\tour cat\t");
}

static const char *put(const char *name, const char *text)
{
    static char paths[4][128];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, 128, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    return path;
}

static void write_texts(int lines)
{
    for (enum side side = SOURCE; side < SIDES; side += TARGET) {
        struct text all = {0};
        char line[64];
        text_clear(&all);
        for (int i = 0; i < lines; i++) {
            sentence(i, side, line);
            text_add_format(&all, "%s\n", line);
        }
        put(side_names[side], all.bytes);
        text_release(&all);
    }
}

static void write_sentence(struct shard_writer *writer, int line)
{
    struct ids ids[SIDES] = {0};
    struct reason why = {""};
    char text[64];
    for (enum side side = SOURCE; side < SIDES; side += TARGET) {
        sentence(line, side, text);
        tokenizer_encode(&contents[side].tokenizer, text, strlen(text), &ids[side]);
    }
    struct sentence cells = {.side = {[SOURCE] = {ids[SOURCE].list, (int)ids[SOURCE].count},
                                      [TARGET] = {ids[TARGET].list, (int)ids[TARGET].count}}};
    assert_true(shard_writer_add(writer, line, &cells, text, strlen(text), &why));
    ids_release(&ids[SOURCE]);
    ids_release(&ids[TARGET]);
}

/* The corpus of the same sentences; lines with line % 7 == skip are left out. */
static struct corpus *write_corpus(int lines, int shards, int has_text, int skip)
{
    struct reason why = {""};
    struct corpus corpus = {
        .path = folder, .task = "translate", .has_text = has_text, .shards = shards, .seed = 3};
    memcpy(corpus.contents, contents, sizeof contents);
    corpus.table = memory_take((size_t)shards * sizeof *corpus.table);
    for (int i = 0; i < shards; i++) {
        struct shard_writer *writer = shard_writer_open(folder, i, &corpus, &why);
        assert_non_null(writer);
        for (int line = 0; line < lines; line++)
            if (line % 7 != skip && corpus_shard_of_line(3, line, shards) == i)
                write_sentence(writer, line);
        assert_true(shard_writer_close(writer, &corpus.table[i], &why));
        corpus.sentences += corpus.table[i].sentences;
    }
    if (!corpus_write(folder, &corpus, &why))
        fail_msg("%s", why.text);
    memory_free(corpus.table);
    struct corpus *opened = corpus_open(folder, NULL, &why);
    if (!opened)
        fail_msg("%s", why.text);
    return opened;
}

static char paths[SIDES][128];

static struct pairs *open_of(const char *source, const char *target, struct reason *why)
{
    struct examples_options options = {.paths = {[SOURCE] = source, [TARGET] = target}};
    return pairs_open_texts(&options, contents, why);
}

static struct pairs *open_texts(void)
{
    struct reason why = {""};
    for (enum side side = SOURCE; side < SIDES; side += TARGET)
        snprintf(paths[side], sizeof paths[side], "%s/%s", folder, side_names[side]);
    struct pairs *pairs = open_of(paths[SOURCE], paths[TARGET], &why);
    if (!pairs)
        fail_msg("%s", why.text);
    return pairs;
}

static void assert_ids(const struct sequence *found, const int32_t *expected, int64_t count)
{
    const int32_t *one = found->cells;
    assert_int_equal(found->length, count);
    for (int i = 0; i < count; i++)
        assert_int_equal(one[i], expected[i]);
}

/* The ids of a side are those of its sentence, of alternatives the first. */
static void assert_tokens(const struct pair *pair, enum side side)
{
    struct ids ids = {0};
    char text[64];
    sentence((int)pair->line - 1, side, text);
    if (side == TARGET) {
        assert_int_equal(pair->text_length, strlen(text));
        assert_memory_equal(pair->text, text, strlen(text));
    }
    tokenizer_encode(&contents[side].tokenizer, text, strcspn(text, "\t"), &ids);
    assert_ids(&pair->sentence.side[side], ids.list, ids.count);
    ids_release(&ids);
}

static void assert_same_blocks(struct pairs *one, struct pairs *other, int most)
{
    struct pairs_block a = {0}, b = {0};
    struct reason why = {""};
    do {
        if (!pairs_next(one, most, &a, &why) || !pairs_next(other, most, &b, &why))
            fail_msg("%s", why.text);
        assert_int_equal(a.count, b.count);
        for (int i = 0; i < a.count; i++) {
            const struct pair *x = &a.list[i], *y = &b.list[i];
            assert_int_equal(x->line, y->line);
            assert_int_equal(x->words, y->words);
            assert_int_equal(x->characters, y->characters);
            for (int side = 0; side < SIDES; side++)
                assert_ids(&x->sentence.side[side], y->sentence.side[side].cells,
                           y->sentence.side[side].length);
            assert_tokens(x, SOURCE);
            assert_tokens(x, TARGET);
        }
    } while (a.count);
    pairs_block_release(&a);
    pairs_block_release(&b);
}

static void a_corpus_and_its_texts_give_equal_blocks(void **state)
{
    (void)state;
    enum { LINES = 3000 };
    static const int shards[] = {1, 3, 70}; // 70: more than are open at once
    struct rlimit files, few = {.rlim_cur = 50};
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
    few.rlim_max = files.rlim_max;
    int64_t held = memory_count().bytes;
    write_texts(LINES);
    for (int i = 0; i < 3; i++) {
        struct reason why = {""};
        struct corpus *corpus = write_corpus(LINES, shards[i], 1, -1);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
        struct pairs *one = pairs_open_corpus(corpus, &why), *other = open_texts();
        if (!one)
            fail_msg("%s", why.text);
        assert_same_blocks(one, other, i == 1 ? PAIRS_BLOCK : 7);
        pairs_close(one);
        pairs_close(other);
        corpus_close(corpus);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &files), 0);
    }
    assert_int_equal(memory_count().bytes, held);
}

static void lines_that_were_dropped_leave_gaps(void **state)
{
    (void)state;
    struct reason why = {""};
    struct corpus *corpus = write_corpus(100, 3, 0, 2);
    struct pairs *pairs = pairs_open_corpus(corpus, &why);
    struct pairs_block block = {0};
    assert_true(pairs_next(pairs, PAIRS_BLOCK, &block, &why));
    assert_int_equal(block.count, corpus->sentences);
    int line = 0;
    for (int i = 0; i < block.count; i++, line++) {
        line += line % 7 == 2;
        assert_int_equal(block.list[i].line, line + 1);
        assert_int_equal(block.list[i].words, -1); // no text in this corpus
        assert_null(block.list[i].text);
        assert_int_equal(block.list[i].characters, -1);
    }
    assert_true(pairs_next(pairs, 1, &block, &why));
    assert_int_equal(block.count, 0);
    pairs_block_release(&block);
    pairs_close(pairs);
    corpus_close(corpus);
}

static void a_damaged_shard_is_a_failure_that_names_it(void **state)
{
    (void)state;
    struct reason why = {""};
    struct corpus *corpus = write_corpus(100, 2, 0, -1);
    char path[128];
    snprintf(path, sizeof path, "%s/shard-00001.h5", folder);
    assert_int_equal(truncate(path, 1000), 0);
    assert_null(pairs_open_corpus(corpus, &why));
    assert_memory_equal(why.text, "shard 'shard-00001.h5': ", 24);
    corpus_close(corpus);
}

static void texts_count_words_and_characters_of_the_target(void **state)
{
    (void)state;
    const char *source = put("a", "x\n\n字"), *target = put("b", "the é  cat\n\n é");
    struct reason why = {""};
    struct pairs *pairs = open_of(source, target, &why);
    struct pairs_block block = {0};
    assert_true(pairs_next(pairs, 10, &block, &why));
    assert_int_equal(block.count, 3);
    const int64_t words[] = {3, 0, 1}, characters[] = {10, 0, 2};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(block.list[i].line, i + 1);
        assert_int_equal(block.list[i].words, words[i]);
        assert_int_equal(block.list[i].characters, characters[i]);
        assert_non_null(block.list[i].sentence.side[TARGET].cells);
    }
    assert_int_equal(block.list[1].sentence.side[SOURCE].length, 0);
    pairs_close(pairs);
    pairs = open_of(source, NULL, &why);
    assert_true(pairs_next(pairs, 2, &block, &why));
    assert_int_equal(block.count, 2);
    assert_null(block.list[0].sentence.side[TARGET].cells);
    assert_int_equal(block.list[0].words, -1);
    assert_true(pairs_next(pairs, 2, &block, &why));
    assert_int_equal(block.count, 1);
    assert_int_equal(block.list[0].line, 3);
    pairs_block_release(&block);
    pairs_close(pairs);
}

static void assert_texts_fail(const char *source, const char *target, const char *about,
                              const char *reason)
{
    struct reason why = {""};
    char expected[512];
    struct pairs *pairs = open_of(source, target, &why);
    if (pairs) {
        struct pairs_block block = {0};
        assert_false(pairs_next(pairs, 10, &block, &why));
        pairs_block_release(&block);
        pairs_close(pairs);
    }
    snprintf(expected, sizeof expected, "'%s'%s", about, reason);
    assert_memory_equal(why.text, expected, strlen(expected));
}

static void wrong_texts_are_failures_that_name_the_line(void **state)
{
    (void)state;
    int64_t held = memory_count().bytes;
    const char *two = put("two", "a\nb\n"), *three = put("three", "a\nb\nc\n");
    const char *bad = put("bad", "a\n\xFF\n");
    assert_texts_fail(two, bad, bad, ": line 2: is not valid UTF-8");
    assert_texts_fail(bad, two, bad, ": line 2: is not valid UTF-8");
    assert_texts_fail(two, three, three, " has 3 lines, but ");
    assert_texts_fail(three, two, three, " has 3 lines, but ");
    assert_texts_fail(two, "/tmp/chorus-not-there", "/tmp/chorus-not-there",
                      ": No such file or directory");
    assert_texts_fail("/tmp", two, "/tmp", ": is a directory");
    assert_int_equal(memory_count().bytes, held);
}

static int length(const struct pair *pair, enum side side)
{
    return pair->sentence.side[side].length;
}

static void a_block_is_cut_into_batches_of_like_length(void **state)
{
    (void)state;
    enum { COUNT = 500, SENTENCES = 16, TOKENS = 60 };
    struct pair list[COUNT];
    struct pairs_block block = {.list = list, .count = COUNT, .capacity = COUNT};
    uint32_t word = 1;
    for (int i = 0; i < COUNT; i++) {
        word = word * 1664525 + 1013904223;
        list[i] = (struct pair){.line = i + 1};
        list[i].sentence.side[SOURCE].length = (int)(word >> 16) % 20;
        list[i].sentence.side[TARGET].length = (int)(word >> 24) % 12;
    }
    list[17].sentence.side[SOURCE].length = 1000; // a batch of its own
    int32_t order[COUNT], starts[COUNT + 1], seen[COUNT] = {0};
    int batches = pairs_cut(&block, SENTENCES, TOKENS, order, starts);
    assert_int_equal(starts[0], 0);
    assert_int_equal(starts[batches], COUNT);
    for (int i = 0; i < COUNT; i++)
        seen[order[i]]++;
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(seen[i], 1);
    for (int i = 1; i < COUNT; i++) {
        const struct pair *a = &list[order[i - 1]], *b = &list[order[i]];
        int longer = length(b, TARGET) - length(a, TARGET);
        longer = longer ? longer : length(b, SOURCE) - length(a, SOURCE);
        assert_true(longer ? longer > 0 : order[i - 1] < order[i]);
    }
    for (int b = 0; b < batches; b++) {
        int source = 0, target = 0, count = starts[b + 1] - starts[b];
        for (int i = starts[b]; i < starts[b + 1]; i++) {
            source += length(&list[order[i]], SOURCE);
            target += length(&list[order[i]], TARGET);
        }
        assert_in_range(count, 1, SENTENCES);
        assert_true(count == 1 || (source <= TOKENS && target <= TOKENS));
        if (b + 1 < batches) { // and none could have taken the next pair
            const struct pair *next = &list[order[starts[b + 1]]];
            assert_true(count == SENTENCES || source + length(next, SOURCE) > TOKENS ||
                        target + length(next, TARGET) > TOKENS);
        }
    }
    block.count = 0;
    assert_int_equal(pairs_cut(&block, SENTENCES, TOKENS, order, starts), 0);
    assert_int_equal(starts[0], 0);
}

static int make_tokenizers(void **state)
{
    (void)state;
    static char lines[SIDES][50][64];
    for (enum side side = SOURCE; side < SIDES; side += TARGET) {
        const char *text[51] = {NULL};
        struct reason why;
        bool shrunk;
        for (int i = 0; i < 50; i++) {
            sentence(i, side, lines[side][i]);
            text[i] = lines[side][i];
        }
        enum tokenizer_kind kind = side == SOURCE ? TOKENIZER_CHARACTERS : TOKENIZER_WORDS;
        if (!learn_from(text, OPTIONS(.kind = kind), &contents[side].tokenizer, &shrunk, &why))
            return -1;
        contents[side].form = FORM_SYMBOLS;
    }
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_all(void **state)
{
    (void)state;
    struct reason why;
    for (enum side side = SOURCE; side < SIDES; side += TARGET)
        content_release(&contents[side]);
    return folder_remove(folder, &why) ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_corpus_and_its_texts_give_equal_blocks),
        cmocka_unit_test(lines_that_were_dropped_leave_gaps),
        cmocka_unit_test(a_damaged_shard_is_a_failure_that_names_it),
        cmocka_unit_test(texts_count_words_and_characters_of_the_target),
        cmocka_unit_test(wrong_texts_are_failures_that_name_the_line),
        cmocka_unit_test(a_block_is_cut_into_batches_of_like_length),
    };
    return cmocka_run_group_tests(tests, make_tokenizers, remove_all);
}
