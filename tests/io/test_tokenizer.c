/* Words, characters and lines. SentencePiece is in test_pieces.c. */
#include "comm/base/memory.h"
#include "learning.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char *const text[] = {"the cat sat", "the dog sat", "  the\tcat ", "<s> <unk> the",
                                   NULL};

static struct tokenizer learn(const char *const *lines, const struct learner_options *options)
{
    struct tokenizer tokenizer;
    struct reason why = {""};
    bool shrunk;
    if (!learn_from(lines, options, &tokenizer, &shrunk, &why))
        fail_msg("%s", why.text);
    return tokenizer;
}

static void assert_vocabulary(const struct tokenizer *tokenizer, const char *expected)
{
    struct text all = {0};
    int32_t *ids = malloc((size_t)tokenizer->vocabulary.size * sizeof *ids);
    for (int id = 0; id < tokenizer->vocabulary.size; id++)
        ids[id] = id;
    text_clear(&all);
    tokenizer_tokens(tokenizer, ids, tokenizer->vocabulary.size, &all);
    assert_string_equal(all.bytes, expected);
    free(ids);
    text_release(&all);
}

static void assert_back(const struct tokenizer *tokenizer, const char *line, const char *expected)
{
    struct text back = {0};
    there_and_back(tokenizer, line, &back);
    assert_string_equal(back.bytes, expected);
    text_release(&back);
}

static void assert_learning_fails(const struct learner_options *options, const char *reason)
{
    struct tokenizer tokenizer;
    struct reason why = {""};
    bool shrunk;
    assert_false(learn_from(text, options, &tokenizer, &shrunk, &why));
    assert_string_equal(why.text, reason);
}

static void kinds_have_names(void **state)
{
    (void)state;
    assert_string_equal(tokenizer_names[TOKENIZER_SENTENCEPIECE], "sentencepiece");
    assert_string_equal(tokenizer_names[TOKENIZER_WORDS], "words");
    assert_string_equal(tokenizer_names[TOKENIZER_CHARACTERS], "characters");
    assert_string_equal(tokenizer_names[TOKENIZER_LINES], "lines");
}

static void words_stand_by_count_then_by_bytes(void **state)
{
    (void)state;
    struct tokenizer words = learn(text, OPTIONS(.kind = TOKENIZER_WORDS));
    assert_vocabulary(&words, "<unk> <s> </s> the cat sat dog");
    tokenizer_release(&words);
    words = learn(text, OPTIONS(.kind = TOKENIZER_WORDS, .min_count = 2));
    assert_vocabulary(&words, "<unk> <s> </s> the cat sat");
    tokenizer_release(&words);
    words = learn(text, OPTIONS(.kind = TOKENIZER_WORDS, .vocabulary = 5));
    assert_vocabulary(&words, "<unk> <s> </s> the cat");
    tokenizer_release(&words);
}

static void words_come_back_single_spaced_and_unknown_is_seen(void **state)
{
    (void)state;
    struct tokenizer words = learn(text, OPTIONS(.kind = TOKENIZER_WORDS));
    assert_back(&words, "", "");
    assert_back(&words, " \t ", "");
    assert_back(&words, "dog the cat", "dog the cat");
    assert_back(&words, "  dog\t the  ", "dog the");
    assert_back(&words, "the <s> fox", "the <unk> <unk>");
    const int32_t ids[] = {ID_BEGIN, 3, ID_UNKNOWN, 4, ID_END};
    struct text line = {0};
    tokenizer_decode(&words, ids, 5, &line);
    assert_string_equal(line.bytes, "the <unk> cat");
    text_release(&line);
    tokenizer_release(&words);
}

/* Word k comes oftener than k + 1; the last once, so that it is unknown. */
static void a_line_may_have_any_number_of_words(void **state)
{
    (void)state;
    enum { MOST = 3 * VOCABULARY_AT_ONCE + 1 };
    struct text all = {0}, line = {0};
    struct ids ids = {0};
    for (int words = MOST; words > 0; words--)
        for (int i = 0; i < words; i++)
            text_add_format(&all, "%d ", i);
    const char *lines[] = {all.bytes, NULL};
    struct tokenizer tokenizer = learn(lines, OPTIONS(.kind = TOKENIZER_WORDS, .min_count = 2));
    assert_int_equal(tokenizer.vocabulary.size, IDS_RESERVED + MOST - 1);
    for (int words = 0; words <= MOST; words++) {
        text_clear(&line);
        ids.count = 0;
        for (int i = 0; i < words; i++)
            text_add_format(&line, " %d", i);
        tokenizer_encode(&tokenizer, line.bytes, line.length, &ids);
        assert_int_equal(ids.count, words);
        for (int i = 0; i < words; i++)
            assert_int_equal(ids.list[i], i < MOST - 1 ? IDS_RESERVED + i : ID_UNKNOWN);
    }
    ids_release(&ids);
    text_release(&line);
    text_release(&all);
    tokenizer_release(&tokenizer);
}

static void a_space_is_a_character_as_any_other(void **state)
{
    (void)state;
    const char *const lines[] = {"字 é字", "  e\xCC\x81", NULL};
    struct tokenizer characters = learn(lines, OPTIONS(.kind = TOKENIZER_CHARACTERS));
    assert_vocabulary(&characters, "<unk> <s> </s>   字 e é \xCC\x81");
    assert_back(&characters, " \xCC\x81 e 字é ", " \xCC\x81 e 字é ");
    assert_back(&characters, "x字", "<unk>字");
    tokenizer_release(&characters);
}

static void symbols_are_always_there_and_longest_first(void **state)
{
    (void)state;
    const char *symbols = "<br>\n\n<br><br>\r\n字字\n<s>x";
    const char *const lines[] = {"a<br>b", "字<br", NULL};
    struct tokenizer characters =
        learn(lines, OPTIONS(.kind = TOKENIZER_CHARACTERS, .symbols = symbols));
    assert_vocabulary(&characters, "<unk> <s> </s> <br> <br><br> 字字 <s>x b < a r 字");
    struct text tokens = {0};
    tokens_of(&characters, "a<br><br><br>字字字<br", &tokens);
    assert_string_equal(tokens.bytes, "a <br><br> <br> 字字 字 < b r");
    tokenizer_release(&characters);
    struct tokenizer words = learn(lines, OPTIONS(.kind = TOKENIZER_WORDS, .symbols = symbols,
                                                  .min_count = 2, .vocabulary = 7));
    assert_vocabulary(&words, "<unk> <s> </s> <br> <br><br> 字字 <s>x");
    tokenizer_release(&words);
    text_release(&tokens);
}

static const char *const labels[] = {"New York", "  no\t", "no", "<unk>", "  ", "York", NULL};

static void a_line_is_one_symbol_without_the_blanks_around_it(void **state)
{
    (void)state;
    struct tokenizer lines = learn(labels, OPTIONS(.kind = TOKENIZER_LINES));
    assert_int_equal(lines.vocabulary.size, IDS_RESERVED + 3);
    assert_vocabulary(&lines, "<unk> <s> </s> no New York York");
    assert_back(&lines, "\t New York ", "New York");
    assert_back(&lines, "New  York", "<unk>");
    assert_back(&lines, " \t", "");
    struct ids ids = {0};
    tokenizer_encode(&lines, "New York", 8, &ids);
    assert_int_equal(ids.count, 1);
    assert_int_equal(ids.list[0], IDS_RESERVED + 1);
    ids_release(&ids);
    tokenizer_release(&lines);
}

static void all_lines_are_in_the_vocabulary_unless_a_size_is_set(void **state)
{
    (void)state;
    struct tokenizer lines;
    struct reason why = {""};
    bool shrunk = true;
    assert_true(learn_from(labels, OPTIONS(.kind = TOKENIZER_LINES, .vocabulary = 4), &lines,
                           &shrunk, &why));
    assert_false(shrunk);
    assert_int_equal(lines.vocabulary.size, IDS_RESERVED + 3);
    tokenizer_release(&lines);
    lines =
        learn(labels, OPTIONS(.kind = TOKENIZER_LINES, .vocabulary = 4, .vocabulary_explicit = 1));
    assert_vocabulary(&lines, "<unk> <s> </s> no");
    tokenizer_release(&lines);
}

static void assert_unknown(const struct tokenizer *tokenizer, const char *line,
                           const char *expected)
{
    const char *symbol = NULL;
    size_t length = 0;
    bool found = tokenizer_unknown(tokenizer, line, strlen(line), &symbol, &length);
    assert_int_equal(found, expected != NULL);
    if (!expected)
        return;
    assert_int_equal(length, strlen(expected));
    assert_memory_equal(symbol, expected, length);
    assert_true(symbol >= line && symbol + length <= line + strlen(line));
}

static void the_unknown_symbol_is_told(void **state)
{
    (void)state;
    struct tokenizer words = learn(text, OPTIONS(.kind = TOKENIZER_WORDS));
    assert_unknown(&words, "", NULL);
    assert_unknown(&words, " the cat\tsat ", NULL);
    assert_unknown(&words, "the fox sat owl", "fox");
    assert_unknown(&words, "the <s> fox", "<s>");
    assert_unknown(&words,
                   "the the the the the the the the the the the the the the the the the "
                   "the the the the the the the the the the the the the the the the ox",
                   "ox");
    tokenizer_release(&words);
    struct tokenizer lines = learn(labels, OPTIONS(.kind = TOKENIZER_LINES));
    assert_unknown(&lines, "  ", NULL);
    assert_unknown(&lines, " New York", NULL);
    assert_unknown(&lines, " New Yorkshire ", "New Yorkshire");
    tokenizer_release(&lines);
}

static void only_an_explicit_size_can_be_too_large(void **state)
{
    (void)state;
    for (enum tokenizer_kind kind = TOKENIZER_WORDS; kind <= TOKENIZER_CHARACTERS; kind++) {
        struct tokenizer tokenizer;
        struct reason why = {""};
        bool shrunk = false;
        assert_true(learn_from(text, OPTIONS(.kind = kind), &tokenizer, &shrunk, &why));
        assert_true(shrunk);
        int most = tokenizer.vocabulary.size;
        tokenizer_release(&tokenizer);
        const struct learner_options *fits =
            OPTIONS(.kind = kind, .vocabulary = most, .vocabulary_explicit = 1);
        assert_true(learn_from(text, fits, &tokenizer, &shrunk, &why));
        assert_false(shrunk);
        assert_int_equal(tokenizer.vocabulary.size, most);
        tokenizer_release(&tokenizer);
    }
    assert_learning_fails(OPTIONS(.kind = TOKENIZER_WORDS, .vocabulary_explicit = 1),
                          "a vocabulary of 8000 is too large: at most 7 for this text");
    assert_learning_fails(OPTIONS(.kind = TOKENIZER_WORDS, .vocabulary = 4, .symbols = "x\ny\n"),
                          "a vocabulary of 4 is too small: at least 5");
}

static void wrong_symbols_are_refused_by_every_kind(void **state)
{
    (void)state;
    int64_t held = memory_count().bytes;
    for (enum tokenizer_kind kind = 0; kind < TOKENIZER_KINDS; kind++) {
        assert_learning_fails(OPTIONS(.kind = kind, .symbols = "a b\n"),
                              "symbol 'a b' holds white space");
        assert_learning_fails(OPTIONS(.kind = kind, .symbols = "x\n</s>\n"),
                              "symbol '</s>' is reserved");
        assert_learning_fails(OPTIONS(.kind = kind, .symbols = "x\ny\nx\n"),
                              "symbol 'x' is given twice");
        assert_learning_fails(OPTIONS(.kind = kind, .symbols = "\xFF"),
                              "a symbol is not valid UTF-8");
    }
    assert_int_equal(memory_count().bytes, held);
}

static void restored_ones_tokenize_alike(void **state)
{
    (void)state;
    int64_t held = memory_count().bytes;
    for (enum tokenizer_kind kind = TOKENIZER_WORDS; kind <= TOKENIZER_LINES; kind++) {
        struct tokenizer first = learn(text, OPTIONS(.kind = kind, .symbols = "the\n")), second;
        const struct vocabulary *from = &first.vocabulary;
        struct reason why = {""};
        assert_true(tokenizer_restore(&second, kind, &first.model, from->bytes,
                                      from->offsets[from->size], from->offsets, from->size, &why));
        assert_true(same_tokens(&first, &second, "the dog the the fox"));
        tokenizer_release(&first);
        tokenizer_release(&second);
    }
    assert_int_equal(memory_count().bytes, held);
}

static void damaged_ones_are_refused(void **state)
{
    (void)state;
    struct tokenizer words = learn(text, OPTIONS(.kind = TOKENIZER_WORDS)), other;
    const struct vocabulary *from = &words.vocabulary;
    struct text model = {0};
    struct reason why = {""};
    int64_t held = memory_count().bytes;
    assert_false(tokenizer_restore(&other, (enum tokenizer_kind)7, &model, from->bytes,
                                   from->offsets[from->size], from->offsets, from->size, &why));
    assert_string_equal(why.text, "a tokenizer of unknown kind 7");
    assert_false(tokenizer_restore(&other, TOKENIZER_WORDS, &model, from->bytes, 3, from->offsets,
                                   from->size, &why));
    assert_int_equal(memory_count().bytes, held);
    text_add(&model, "a a\n", 4);
    assert_false(tokenizer_restore(&other, TOKENIZER_CHARACTERS, &model, from->bytes,
                                   from->offsets[from->size], from->offsets, from->size, &why));
    assert_string_equal(why.text, "symbol 'a a' holds white space");
    text_release(&model);
    tokenizer_release(&words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_have_names),
        cmocka_unit_test(words_stand_by_count_then_by_bytes),
        cmocka_unit_test(words_come_back_single_spaced_and_unknown_is_seen),
        cmocka_unit_test(a_line_may_have_any_number_of_words),
        cmocka_unit_test(a_space_is_a_character_as_any_other),
        cmocka_unit_test(symbols_are_always_there_and_longest_first),
        cmocka_unit_test(a_line_is_one_symbol_without_the_blanks_around_it),
        cmocka_unit_test(all_lines_are_in_the_vocabulary_unless_a_size_is_set),
        cmocka_unit_test(the_unknown_symbol_is_told),
        cmocka_unit_test(only_an_explicit_size_can_be_too_large),
        cmocka_unit_test(wrong_symbols_are_refused_by_every_kind),
        cmocka_unit_test(restored_ones_tokenize_alike),
        cmocka_unit_test(damaged_ones_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
