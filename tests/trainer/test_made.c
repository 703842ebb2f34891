/* The made-up corpus of measurements. */
#include "comm/base/memory.h"
#include "trainer/benchmark/made.h"
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct made_options OPTIONS = {.seed = 1,
                                            .vocabulary = 8004,
                                            .longest = 40,
                                            .batch_sentences = 8,
                                            .batch_tokens = 4000,
                                            .lanes = 1};
static const struct range ONE = {0, 1};

static void a_micro_batch_has_its_sentences_of_about_one_length(void **state)
{
    (void)state;
    struct made *made = made_open(&OPTIONS);
    int64_t tokens = 0, places = 0;
    for (int i = 0; i < 3 * MADE_POOLS * MADE_POOL; i++) {
        const struct batch *batch = made_next(made, ONE)->batches;
        assert_int_equal(batch->B, 8);
        assert_in_range(batch->source[SOURCE].S, MADE_SHORTEST, OPTIONS.longest);
        assert_in_range(batch->T, MADE_SHORTEST + 1, OPTIONS.longest + 1);
        tokens += batch->target_tokens;
        places += (int64_t)batch->B * batch->T;
    }
    assert_true((double)tokens > 0.97 * (double)places); // sorted: 8 of 800 in a row
    assert_in_range(tokens / (3 * MADE_POOLS * MADE_POOL * 8), 22, 24);
    made_close(made);
}

static void tokens_end_a_micro_batch_too(void **state)
{
    (void)state;
    struct made_options options = OPTIONS;
    options.batch_tokens = 60;
    struct made *made = made_open(&options);
    for (int i = 0; i < 500; i++) {
        const struct batch *batch = made_next(made, ONE)->batches;
        assert_in_range(batch->B, 1, 8);
        assert_true(batch->target_tokens < 60 + OPTIONS.longest + 1);
        assert_true(batch->B == 8 || batch->target_tokens >= 60 ||
                    batch->source[SOURCE].tokens >= 60);
    }
    made_close(made);
}

static void lengths_go_up_to_what_is_asked_for(void **state)
{
    (void)state;
    struct made_options options = OPTIONS;
    const int lengths[] = {5, 6, 400};
    for (int k = 0; k < 3; k++) {
        options.longest = lengths[k];
        struct made *made = made_open(&options);
        int longest = 0;
        for (int i = 0; i < made_sentences(made); i++) {
            const struct sentence *s = made_sentence(made, i);
            int target = s->side[TARGET].length;
            assert_in_range(s->side[SOURCE].length, MADE_SHORTEST, options.longest);
            assert_in_range(target, MADE_SHORTEST, options.longest);
            longest = target > longest ? target : longest;
        }
        assert_int_equal(longest, options.longest);
        made_close(made);
    }
}

static void symbols_follow_a_law_and_stay_within_the_vocabulary(void **state)
{
    (void)state;
    const int sizes[] = {4, 50, 8004};
    for (int k = 0; k < 3; k++) {
        struct made_options options = OPTIONS;
        options.vocabulary = sizes[k];
        struct made *made = made_open(&options);
        int64_t first = 0, second = 0, all = 0;
        for (int i = 0; i < made_sentences(made); i++) {
            const struct sentence *s = made_sentence(made, i);
            const int32_t *target = s->side[TARGET].cells;
            assert_in_range(s->side[SOURCE].length, MADE_SHORTEST, OPTIONS.longest);
            for (int t = 0; t < s->side[TARGET].length; t++) {
                assert_in_range(target[t], SYMBOLS_RESERVED, sizes[k] - 1);
                first += target[t] == SYMBOLS_RESERVED;
                second += target[t] == SYMBOLS_RESERVED + 1;
                all++;
            }
        }
        assert_true(first > all / 12);
        assert_true(sizes[k] == 4 ||
                    (first > 1.8 * (double)second && first < 2.2 * (double)second));
        made_close(made);
    }
}

/* Two ranks with a lane each get what one rank gets with both. */
static void ranks_share_the_micro_batches(void **state)
{
    (void)state;
    struct made_options options = OPTIONS;
    options.lanes = 2;
    struct made *both = made_open(&options), *second = made_open(&options);
    for (int i = 0; i < 200; i++) {
        const struct batch *a = &made_next(both, (struct range){0, 2})->batches[1];
        const struct batch *b = &made_next(second, (struct range){1, 1})->batches[0];
        assert_int_equal(a->T, b->T);
        assert_memory_equal(a->target, b->target, (size_t)(a->T * a->B) * sizeof *a->target);
    }
    made_close(both);
    made_close(second);
}

static void an_update_is_of_like_lengths(void **state)
{
    (void)state;
    struct made_options options = OPTIONS;
    options.lanes = 2;
    struct made *made = made_open(&options);
    int differences = 0;
    for (int i = 0; i < MADE_POOLS * MADE_POOL; i++) { // twice round
        const struct batch *batches = made_next(made, (struct range){0, 2})->batches;
        differences += abs(batches[0].T - batches[1].T);
    }
    assert_true(differences < MADE_POOLS * MADE_POOL);
    made_close(made);
}

static void a_run_is_told_its_vocabularies_and_lengths(void **state)
{
    (void)state;
    struct corpus *corpus = made_corpus(&OPTIONS);
    assert_int_equal(corpus->contents[SOURCE].tokenizer.vocabulary.size, 8004);
    assert_int_equal(corpus->contents[TARGET].tokenizer.vocabulary.size, 8004);
    assert_int_equal(corpus->sentences, MADE_POOLS * MADE_POOL * 8);
    assert_int_equal(corpus->longest[SOURCE], OPTIONS.longest);
    corpus_close(corpus);
}

static struct made_options options_of(enum task_kind task)
{
    struct made_options options = OPTIONS;
    options.task = task;
    return options;
}

static void are_classes(const struct sequence *target)
{
    for (int t = 0; t < target->length; t++)
        assert_in_range(((const int32_t *)target->cells)[t], SYMBOLS_RESERVED,
                        SYMBOLS_RESERVED + MADE_CLASSES - 1);
}

static void each_word_has_a_tag(void **state)
{
    (void)state;
    struct made_options options = options_of(TASK_TAG);
    struct made *made = made_open(&options);
    for (int i = 0; i < made_sentences(made); i++) {
        const struct sequence *side = made_sentence(made, i)->side;
        assert_int_equal(side[TARGET].length, side[SOURCE].length);
        assert_ptr_not_equal(side[TARGET].cells, side[SOURCE].cells);
        are_classes(&side[TARGET]);
    }
    const struct batch *batch = made_next(made, ONE)->batches;
    assert_int_equal(batch->target_tokens, batch->source[SOURCE].tokens); // no end
    made_close(made);
}

static void each_sentence_has_a_label(void **state)
{
    (void)state;
    struct made_options options = options_of(TASK_CLASSIFY);
    struct made *made = made_open(&options);
    int64_t longest = 0;
    for (int i = 0; i < made_sentences(made); i++) {
        const struct sequence *side = made_sentence(made, i)->side;
        assert_int_equal(side[TARGET].length, 1);
        are_classes(&side[TARGET]);
        longest = side[SOURCE].length > longest ? side[SOURCE].length : longest;
    }
    assert_int_equal(longest, OPTIONS.longest);
    const struct batch *batch = made_next(made, ONE)->batches;
    assert_int_equal(batch->target_tokens, batch->B);
    made_close(made);
}

static void each_text_has_a_label_to_come_from(void **state)
{
    (void)state;
    struct made_options options = options_of(TASK_GENERATE);
    struct made *made = made_open(&options);
    for (int i = 0; i < made_sentences(made); i++) {
        const struct sequence *side = made_sentence(made, i)->side;
        assert_int_equal(side[SOURCE].length, 1);
        are_classes(&side[SOURCE]);
        assert_in_range(side[TARGET].length, MADE_SHORTEST, OPTIONS.longest);
    }
    const struct batch *batch = made_next(made, ONE)->batches;
    assert_int_equal(batch->source[SOURCE].tokens, batch->B);
    assert_true(batch->target_tokens > (MADE_SHORTEST + 1) * batch->B);
    made_close(made);
}

static void a_text_alone_has_no_source(void **state)
{
    (void)state;
    struct made_options options = options_of(TASK_LANGUAGE_MODEL);
    struct made *made = made_open(&options);
    struct corpus *corpus = made_corpus(&options);
    const struct sequence *side = made_sentence(made, 0)->side;
    assert_null(side[SOURCE].cells);
    assert_in_range(side[TARGET].length, MADE_SHORTEST, OPTIONS.longest);
    const struct batch *batch = made_next(made, ONE)->batches;
    assert_int_equal(batch->B, OPTIONS.batch_sentences);
    assert_int_equal(batch->source[SOURCE].tokens, 0);
    assert_int_equal(corpus->contents[SOURCE].form, FORM_NONE);
    assert_int_equal(corpus->contents[TARGET].tokenizer.vocabulary.size, 8004);
    corpus_close(corpus);
    made_close(made);
}

/* What the sentences hold is within what the corpus says that there is. */
static void a_run_is_told_its_task_and_classes(void **state)
{
    (void)state;
    const int few = SYMBOLS_RESERVED + MADE_CLASSES;
    const struct {
        int vocabulary[SIDES]; // 0: no side
        int longest[SIDES];
    } told[] = {
        [TASK_TRANSLATE] = {{8004, 0, 8004}, {40, 0, 40}},
        [TASK_TAG] = {{8004, 0, few}, {40, 0, 40}},
        [TASK_CLASSIFY] = {{8004, 0, few}, {40, 0, 1}},
        [TASK_GENERATE] = {{few, 0, 8004}, {1, 0, 40}},
        [TASK_LANGUAGE_MODEL] = {{0, 0, 8004}, {0, 0, 40}},
    };
    for (enum task_kind task = 0; task < sizeof told / sizeof *told; task++) {
        struct made_options options = options_of(task);
        struct corpus *corpus = made_corpus(&options);
        assert_string_equal(corpus->task, task_of(task)->name);
        assert_int_equal(corpus->contents[TARGET].closed, task_of(task)->rules.classes);
        for (enum side side = SOURCE; side < SIDES; side++) {
            assert_int_equal(corpus->contents[side].tokenizer.vocabulary.size,
                             told[task].vocabulary[side]);
            assert_int_equal(corpus->longest[side], told[task].longest[side]);
        }
        corpus_close(corpus);
    }
}

/* jobs/benchmark_torch.py draws the same lengths in the same order by itself. */
static void lengths_are_what_they_were(void **state)
{
    (void)state;
    struct made_options options = OPTIONS;
    int64_t source = 0, target = 0;
    options.vocabulary = 10000;
    options.batch_sentences = 32;
    struct made *made = made_open(&options);
    for (int i = 0; i < 5; i++) {
        const struct batch *batch = made_next(made, ONE)->batches;
        source += i < 3 ? 0 : batch->source[SOURCE].tokens;
        target += i < 3 ? 0 : batch->target_tokens;
    }
    assert_int_equal(source, 1093);
    assert_int_equal(target, 2208);
    made_close(made);
}

static void text_has_a_line_for_each_sentence(void **state)
{
    (void)state;
    struct made_options options = OPTIONS;
    options.batch_sentences = 2;
    struct made *made = made_open(&options);
    struct text text = {0};
    int lines = 0, words = 1;
    made_text(made, TARGET, &text);
    for (size_t i = 0; i < text.length; i++)
        lines += text.bytes[i] == '\n';
    assert_int_equal(lines, made_sentences(made));
    for (size_t i = 0; text.bytes[i] != '\n'; i++)
        words += text.bytes[i] == ' ';
    assert_int_equal(words, made_sentence(made, 0)->side[TARGET].length);
    text_release(&text);
    made_close(made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_micro_batch_has_its_sentences_of_about_one_length),
        cmocka_unit_test(tokens_end_a_micro_batch_too),
        cmocka_unit_test(lengths_go_up_to_what_is_asked_for),
        cmocka_unit_test(symbols_follow_a_law_and_stay_within_the_vocabulary),
        cmocka_unit_test(ranks_share_the_micro_batches),
        cmocka_unit_test(an_update_is_of_like_lengths),
        cmocka_unit_test(a_run_is_told_its_vocabularies_and_lengths),
        cmocka_unit_test(each_word_has_a_tag),
        cmocka_unit_test(each_sentence_has_a_label),
        cmocka_unit_test(each_text_has_a_label_to_come_from),
        cmocka_unit_test(a_text_alone_has_no_source),
        cmocka_unit_test(a_run_is_told_its_task_and_classes),
        cmocka_unit_test(lengths_are_what_they_were),
        cmocka_unit_test(text_has_a_line_for_each_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
