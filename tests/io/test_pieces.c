#include "comm/base/memory.h"
#include "learning.h"
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define KIND .kind = TOKENIZER_SENTENCEPIECE
enum { LINES = 600 };
static char *lines[LINES + 1]; // a text in ten scripts

static void learn(const struct learner_options *options, struct tokenizer *tokenizer)
{
    struct reason why = {""};
    bool shrunk;
    if (!learn_from((const char *const *)lines, options, tokenizer, &shrunk, &why))
        fail_msg("%s", why.text);
}

static void assert_back(const struct tokenizer *tokenizer, const char *line)
{
    struct text back = {0};
    there_and_back(tokenizer, line, &back);
    assert_string_equal(back.bytes, line);
    text_release(&back);
}

/* None of these is in the text that was learnt from. */
static const char *const strange[] = {
    "",
    " ",
    "   ",
    "a",
    " a",
    "a ",
    "  Two  spaces   and    more  ",
    "\t",
    "a\tb\t",
    "\r x\v\f",
    "Voix ambiguë d’un cœur qui préfère les jattes de kiwis!",
    "Съешь ещё этих мягких французских булок, да выпей чаю.",
    "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία;",
    "نص حكيم له سر قاطع وذو شأن عظيم، مكتوب؟",
    "דג סקרן שט בים מאוכזב, ולפתע מצא חברה.",
    "ऋषियों को सताने वाले दुष्ट राक्षसों के राजा।",
    "เป็นมนุษย์สุดประเสริฐเลิศคุณค่า",
    "視野無限廣，窗外有藍天。「真的！」他說：（是）……",
    "いろはにほへと　ちりぬるを、カタカナ！？",
    "키스의 고유조건은 입술끼리 만나야 한다.",
    "，！？；：“”‘’《》【】％＋ｆｕｌｌ　ｗｉｄｔｈ１２３",
    "e\xCC\x81 a\xCC\x88\xCC\xA4 q\xCC\x83\xCC\x83\xCC\x83", // combining marks stay apart
    "👩‍👩‍👧‍👦 👍🏽 🇨🇭🇯🇵 ☃️ 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "<s> </s> <unk> <pad> <0xE2> <0x96><0x81>",
    "▁",
    "▁▁",
    " ▁ ",
    "a▁b ▁c▁ d",
    "▅ ▅▅x",
    " ⁇ ",
    "\xEF\xBF\xBD",
    "\xEF\xBF\xBE\xEF\xBF\xBF",
    "\xF4\x8F\xBF\xBF",
    "\xC2\xA0\xE2\x80\xAF\xE3\x80\x80",
    "\x01\x02\x7F",
};

static void any_line_comes_back(void **state)
{
    (void)state;
    for (int bpe = 0; bpe <= 1; bpe++) {
        struct tokenizer tokenizer;
        learn(OPTIONS(KIND, .bpe = bpe, .vocabulary = 900, .vocabulary_explicit = 1), &tokenizer);
        assert_int_equal(tokenizer.vocabulary.size, 900);
        for (size_t i = 0; i < sizeof strange / sizeof *strange; i++)
            assert_back(&tokenizer, strange[i]);
        for (int i = 0; i < LINES; i++)
            assert_back(&tokenizer, lines[i]);
        tokenizer_release(&tokenizer);
    }
}

static void random_lines_come_back(void **state)
{
    (void)state;
    static const char *const pieces[] = {" ",   "  ",  "▁",      "▅",  "\t", "a",
                                         "the", "<s>", "<unk>",  "字", "，", "\xCC\x81",
                                         "👩",   "[A]", "<0xE2>", "é",  "."};
    for (int bpe = 0; bpe <= 1; bpe++) {
        struct tokenizer tokenizer;
        struct text line = {0};
        uint32_t word = 1;
        learn(OPTIONS(KIND, .bpe = bpe, .vocabulary = 700, .symbols = "[A]\n"), &tokenizer);
        for (int i = 0; i < 2000; i++) {
            text_clear(&line);
            for (int k = 0; k < i % 12; k++) {
                word = word * 1664525 + 1013904223;
                const char *piece = pieces[(word >> 16) % (sizeof pieces / sizeof *pieces)];
                text_add(&line, piece, strlen(piece));
            }
            assert_back(&tokenizer, line.bytes);
        }
        text_release(&line);
        tokenizer_release(&tokenizer);
    }
}

static void equal_text_gives_equal_bytes(void **state)
{
    (void)state;
    for (int bpe = 0; bpe <= 1; bpe++) {
        struct tokenizer first, second, explicit_size;
        learn(OPTIONS(KIND, .bpe = bpe, .vocabulary = 700), &first);
        learn(OPTIONS(KIND, .bpe = bpe, .vocabulary = 700), &second);
        learn(OPTIONS(KIND, .bpe = bpe, .vocabulary = 700, .vocabulary_explicit = 1),
              &explicit_size);
        assert_int_equal(first.model.length, second.model.length);
        assert_memory_equal(first.model.bytes, second.model.bytes, first.model.length);
        assert_int_equal(first.model.length, explicit_size.model.length);
        assert_memory_equal(first.model.bytes, explicit_size.model.bytes, first.model.length);
        tokenizer_release(&first);
        tokenizer_release(&second);
        tokenizer_release(&explicit_size);
    }
}

static void the_sample_is_bounded_and_drawn_from_everywhere(void **state)
{
    (void)state;
    struct tokenizer part, whole, other;
    learn(OPTIONS(KIND, .vocabulary = 3000, .sample = 100), &part);
    learn(OPTIONS(KIND, .vocabulary = 3000), &whole);
    learn(OPTIONS(KIND, .vocabulary = 3000, .sample = 100, .seed = 2), &other);
    assert_true(part.vocabulary.size < whole.vocabulary.size);
    assert_true(part.model.length != other.model.length ||
                memcmp(part.model.bytes, other.model.bytes, part.model.length) != 0);
    tokenizer_release(&part);
    tokenizer_release(&whole);
    tokenizer_release(&other);
}

static void sizes_that_do_not_fit_are_named(void **state)
{
    (void)state;
    struct tokenizer tokenizer;
    struct reason why = {""};
    bool shrunk = true;
    const char *const small[] = {"ab ab", "abc", NULL};
    assert_false(
        learn_from(small, OPTIONS(KIND, .vocabulary_explicit = 1), &tokenizer, &shrunk, &why));
    assert_string_equal(why.text, "a vocabulary of 8000 is too large: at most 264 for this text");
    assert_true(learn_from(small, OPTIONS(KIND, .vocabulary = 264, .vocabulary_explicit = 1),
                           &tokenizer, &shrunk, &why));
    assert_false(shrunk);
    tokenizer_release(&tokenizer);
    assert_true(learn_from(small, OPTIONS(KIND), &tokenizer, &shrunk, &why));
    assert_true(shrunk);
    assert_int_equal(tokenizer.vocabulary.size, 264);
    tokenizer_release(&tokenizer);
    assert_false(learn_from(small, OPTIONS(KIND, .vocabulary = 100), &tokenizer, &shrunk, &why));
    assert_string_equal(why.text, "a vocabulary of 100 is too small: at least 263 for this text");
    const char *const nothing[] = {"", NULL};
    assert_false(learn_from(nothing, OPTIONS(KIND), &tokenizer, &shrunk, &why));
    assert_string_equal(why.text, "no text to learn pieces from");
}

static void symbols_are_never_split(void **state)
{
    (void)state;
    for (int bpe = 0; bpe <= 1; bpe++) {
        struct tokenizer tokenizer;
        struct text tokens = {0};
        learn(OPTIONS(KIND, .bpe = bpe, .vocabulary = 700, .symbols = "[A]\n,\n\"q\",x\n你好\n"),
              &tokenizer);
        tokens_of(&tokenizer, "[A]\"q\",x,你好[A]", &tokens);
        assert_string_equal(tokens.bytes, "▁ [A] \"q\",x , 你好 [A]");
        assert_back(&tokenizer, "x[A]\"q\",x ,你好 [A]y");
        text_release(&tokens);
        tokenizer_release(&tokenizer);
    }
}

static void a_line_longer_than_the_librarys_limit_is_learnt_from(void **state)
{
    (void)state;
    struct text line = {0};
    struct tokenizer tokenizer;
    struct reason why = {""};
    bool shrunk;
    for (int i = 0; i < 100000; i++)
        text_add(&line, i % 2 ? "字" : "x ", i % 2 ? 3 : 2);
    const char *const one[] = {line.bytes, NULL};
    assert_true(learn_from(one, OPTIONS(KIND), &tokenizer, &shrunk, &why));
    assert_int_not_equal(vocabulary_find(&tokenizer.vocabulary, "字", 3), ID_UNKNOWN);
    assert_back(&tokenizer, line.bytes);
    text_release(&line);
    tokenizer_release(&tokenizer);
}

/* The library alone skips lines with its mark of rare characters. */
static void lines_with_the_librarys_marks_are_learnt_from(void **state)
{
    (void)state;
    const char *const marked[][3] = {
        {"字字▅字", NULL}, {"字字\t字", "字\t字字", NULL}, {"字▁字字", NULL}};
    for (int i = 0; i < 3; i++) {
        struct tokenizer tokenizer;
        struct reason why = {""};
        bool shrunk;
        if (!learn_from(marked[i], OPTIONS(KIND), &tokenizer, &shrunk, &why))
            fail_msg("%s", why.text);
        assert_int_not_equal(vocabulary_find(&tokenizer.vocabulary, "字", 3), ID_UNKNOWN);
        assert_int_equal(vocabulary_find(&tokenizer.vocabulary, "\t", 1), ID_UNKNOWN);
        assert_back(&tokenizer, marked[i][0]);
        tokenizer_release(&tokenizer);
    }
}

static bool restore(struct tokenizer *to, const struct text *model, const struct vocabulary *from,
                    struct reason *why)
{
    return tokenizer_restore(to, TOKENIZER_SENTENCEPIECE, model, from->bytes,
                             from->offsets[from->size], from->offsets, from->size, why);
}

static void a_restored_one_tokenizes_alike(void **state)
{
    (void)state;
    int64_t held = memory_count().bytes;
    struct tokenizer first, second;
    struct reason why = {""};
    learn(OPTIONS(KIND, .vocabulary = 900), &first);
    assert_true(restore(&second, &first.model, &first.vocabulary, &why));
    for (size_t i = 0; i < sizeof strange / sizeof *strange; i++)
        assert_true(same_tokens(&first, &second, strange[i]));
    tokenizer_release(&first);
    tokenizer_release(&second);
    assert_int_equal(memory_count().bytes, held);
}

static void damaged_models_are_refused(void **state)
{
    (void)state;
    struct tokenizer good, other;
    struct reason why = {""};
    learn(OPTIONS(KIND, .vocabulary = 700), &good);
    int64_t held = memory_count().bytes;
    struct text model = {0};
    assert_false(restore(&other, &model, &good.vocabulary, &why));
    text_add(&model, "this is no model", 16);
    assert_false(restore(&other, &model, &good.vocabulary, &why));
    assert_memory_equal(why.text, "SentencePiece: ", 15);
    for (size_t length = 0; length < good.model.length; length += 37) { // truncated
        text_clear(&model);
        text_add(&model, good.model.bytes, length);
        assert_false(restore(&other, &model, &good.vocabulary, &why));
    }
    text_release(&model);
    struct tokenizer fewer;
    learn(OPTIONS(KIND, .vocabulary = 600), &fewer);
    assert_false(restore(&other, &good.model, &fewer.vocabulary, &why));
    assert_string_equal(why.text,
                        "the SentencePiece model has 700 pieces, the vocabulary 600 symbols");
    tokenizer_release(&fewer);
    struct tokenizer bpe; // as many pieces, other ones
    learn(OPTIONS(KIND, .vocabulary = 700, .bpe = 1), &bpe);
    assert_false(restore(&other, &good.model, &bpe.vocabulary, &why));
    assert_non_null(strstr(why.text, " of the SentencePiece model is not the vocabulary's"));
    tokenizer_release(&bpe);
    assert_int_equal(memory_count().bytes, held);
    tokenizer_release(&good);
}

static void *encode_often(void *tokenizer)
{
    struct text back = {0};
    for (int i = 0; i < 3 * LINES; i++) {
        there_and_back(tokenizer, lines[i % LINES], &back);
        if (strcmp(back.bytes, lines[i % LINES]) != 0)
            return tokenizer;
    }
    text_release(&back);
    return NULL;
}

static void threads_may_encode_at_once(void **state)
{
    (void)state;
    struct tokenizer tokenizer;
    pthread_t threads[4];
    void *wrong;
    learn(OPTIONS(KIND, .vocabulary = 700), &tokenizer);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, encode_often, &tokenizer), 0);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], &wrong);
        assert_null(wrong);
    }
    tokenizer_release(&tokenizer);
}

/* The library writes a great deal on standard error when it is let. */
static void nothing_is_printed(void **state)
{
    (void)state;
    FILE *file = tmpfile();
    int kept[2] = {dup(STDOUT_FILENO), dup(STDERR_FILENO)};
    fflush(stdout);
    dup2(fileno(file), STDOUT_FILENO);
    dup2(fileno(file), STDERR_FILENO);
    struct tokenizer tokenizer, other;
    struct reason why;
    bool shrunk;
    struct text model = {0};
    bool learnt = learn_from((const char *const *)lines, OPTIONS(KIND, .vocabulary = 700),
                             &tokenizer, &shrunk, &why);
    learn_from((const char *const *)lines, OPTIONS(KIND, .vocabulary = 10), &other, &shrunk, &why);
    text_add(&model, "this is no model", 16);
    bool restored = restore(&other, &model, &tokenizer.vocabulary, &why);
    fflush(stdout);
    dup2(kept[0], STDOUT_FILENO);
    dup2(kept[1], STDERR_FILENO);
    assert_true(learnt && !restored);
    assert_int_equal(lseek(fileno(file), 0, SEEK_END), 0);
    fclose(file);
    text_release(&model);
    tokenizer_release(&tokenizer);
}

static int make_text(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "the quick brown fox jumps",
        "der schnelle Fuchs läuft über",
        "быстрая лиса прыгает через",
        "γρήγορη αλεπού πηδάει πάνω",
        "الثعلب السريع يقفز فوق",
        "השועל המהיר קופץ מעל",
        "तेज़ लोमड़ी कूदती है",
        "สุนัขจิ้งจอกกระโดดข้าม",
        "敏捷的狐狸跳过了那条狗，很快。",
        "すばやい狐は犬を飛び越えた。",
        "빠른 여우가 개를 뛰어넘는다",
        "<unk> and <s>\tand ▅ and ▁",
    };
    enum { PARTS = sizeof parts / sizeof *parts };
    for (int i = 0; i < LINES; i++) {
        struct text line = {0};
        text_add_format(&line, "%s %s%d %s", parts[i % PARTS], parts[(i / PARTS) % PARTS], i,
                        parts[(i * 7) % PARTS]);
        for (int k = 0; k < 6; k++) // made-up words, so that there is something to choose from
            text_add_format(&line, " %c%c%c%c", 'a' + i % 11, 'e' + i / 11 % 13, 'm' + k % 3,
                            'a' + i % 7);
        lines[i] = line.bytes;
    }
    return 0;
}

static int free_text(void **state)
{
    (void)state;
    for (int i = 0; i < LINES; i++)
        memory_free(lines[i]);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_line_comes_back),
        cmocka_unit_test(random_lines_come_back),
        cmocka_unit_test(equal_text_gives_equal_bytes),
        cmocka_unit_test(the_sample_is_bounded_and_drawn_from_everywhere),
        cmocka_unit_test(sizes_that_do_not_fit_are_named),
        cmocka_unit_test(symbols_are_never_split),
        cmocka_unit_test(a_line_longer_than_the_librarys_limit_is_learnt_from),
        cmocka_unit_test(lines_with_the_librarys_marks_are_learnt_from),
        cmocka_unit_test(a_restored_one_tokenizes_alike),
        cmocka_unit_test(damaged_models_are_refused),
        cmocka_unit_test(threads_may_encode_at_once),
        cmocka_unit_test(nothing_is_printed),
    };
    return cmocka_run_group_tests(tests, make_text, free_text);
}
