#include "comm/base/memory.h"
#include "model/shape/batch.h"
#include "tests/model/sides.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const int32_t WORDS[] = {10, 11, 12, 13, 14, 15}, OTHERS[] = {20, 21, 22, 23, 24, 25};

static struct sentence pair(int source_length, int target_length)
{
    return (struct sentence){
        .side = {[SOURCE] = {WORDS, source_length}, [TARGET] = {OTHERS, target_length}}};
}

static const struct shape ENDS = {SIDES_OF(30, 30)};

static struct shape without_source_end(void)
{
    struct shape shape = ENDS;
    shape.side[SOURCE].end = 0;
    return shape;
}

static void numbers_are(const int32_t *numbers, int count, const int32_t *wanted)
{
    for (int i = 0; i < count; i++)
        assert_int_equal(numbers[i], wanted[i]);
}
#define ARE(numbers, ...)                                                                          \
    numbers_are(numbers, sizeof((int32_t[]){__VA_ARGS__}) / 4, (int32_t[]){__VA_ARGS__})

static void rows_are_sorted_and_packed_time_major(void **state)
{
    (void)state;
    struct batch batch;
    batch_init(&batch);
    batch_pack(&batch, &ENDS, (struct sentence[]){pair(1, 2), pair(3, 0), pair(2, 1)}, 3);
    assert_int_equal(batch.B, 3);
    assert_int_equal(batch.source[SOURCE].S, 4);
    assert_int_equal(batch.T, 3);
    ARE(batch.order, 1, 2, 0);
    ARE(batch.source[SOURCE].length, 4, 3, 2);
    ARE(batch.source[SOURCE].symbols, 10, 10, 10, 11, 11, SYMBOL_END, 12, SYMBOL_END, SYMBOL_END);
    ARE(batch.target_length, 1, 2, 3);
    ARE(batch.target, SYMBOL_END, 20, 20, 0, SYMBOL_END, 21, 0, 0, SYMBOL_END);
    assert_int_equal(batch.source[SOURCE].tokens, 9);
    assert_int_equal(batch.target_tokens, 6);
    batch_release(&batch);
}

static void active_counts_the_rows_that_are_longer(void **state)
{
    (void)state;
    struct batch batch;
    struct shape shape = without_source_end();
    batch_init(&batch);
    batch_pack(&batch, &shape, (struct sentence[]){pair(2, 1), pair(5, 1), pair(2, 1), pair(1, 1)},
               4);
    assert_int_equal(batch.source[SOURCE].S, 5);
    ARE(batch.source[SOURCE].active, 4, 3, 1, 1, 1);
    ARE(batch.source[SOURCE].length, 5, 2, 2, 1);
    batch_release(&batch);
}

static void ties_keep_the_given_order(void **state)
{
    (void)state;
    struct batch batch;
    batch_init(&batch);
    batch_pack(&batch, &ENDS,
               (struct sentence[]){pair(2, 1), pair(3, 1), pair(2, 2), pair(3, 2), pair(2, 3)}, 5);
    ARE(batch.order, 1, 3, 0, 2, 4);
    batch_release(&batch);
}

static void without_source_end_nothing_is_appended_to_the_source(void **state)
{
    (void)state;
    struct batch batch;
    struct shape shape = without_source_end();
    batch_init(&batch);
    batch_pack(&batch, &shape, (struct sentence[]){pair(1, 1), pair(2, 1)}, 2);
    assert_int_equal(batch.source[SOURCE].S, 2);
    ARE(batch.source[SOURCE].symbols, 10, 10, 11);
    assert_int_equal(batch.source[SOURCE].tokens, 3);
    batch_release(&batch);
}

static void an_empty_source_is_its_end(void **state)
{
    (void)state;
    struct batch batch;
    batch_init(&batch);
    batch_pack(&batch, &ENDS, (struct sentence[]){pair(0, 1), pair(1, 0)}, 2);
    ARE(batch.source[SOURCE].symbols, 10, SYMBOL_END, SYMBOL_END);
    ARE(batch.source[SOURCE].active, 2, 1);
    batch_release(&batch);
}

static void without_targets_there_are_no_target_steps(void **state)
{
    (void)state;
    struct batch batch;
    batch_init(&batch);
    struct sentence sentence = {.side = {[SOURCE] = {WORDS, 3}}};
    batch_pack(&batch, &ENDS, &sentence, 1);
    assert_int_equal(batch.T, 0);
    assert_int_equal(batch.target_tokens, 0);
    ARE(batch.target_length, 0);
    batch_release(&batch);
}

static void an_empty_lane_is_an_empty_batch(void **state)
{
    (void)state;
    struct batch batch;
    batch_init(&batch);
    batch_pack(&batch, &ENDS, NULL, 0);
    assert_int_equal(batch.B + batch.source[SOURCE].S + batch.T, 0);
    assert_int_equal(batch.source[SOURCE].tokens + batch.target_tokens, 0);
    batch_release(&batch);
}

static void memory_is_kept_and_a_used_batch_packs_like_a_new_one(void **state)
{
    (void)state;
    struct batch batch;
    batch_init(&batch);
    struct sentence large[] = {pair(6, 6), pair(5, 5), pair(4, 6)};
    batch_pack(&batch, &ENDS, large, 3);
    int64_t before = memory_count().allocations;
    batch_pack(&batch, &ENDS, (struct sentence[]){pair(1, 1), pair(2, 0)}, 2);
    ARE(batch.source[SOURCE].symbols, 10, 10, 11, SYMBOL_END, SYMBOL_END);
    ARE(batch.target, SYMBOL_END, 20, 0, SYMBOL_END);
    ARE(batch.source[SOURCE].active, 2, 2, 1);
    batch_pack(&batch, &ENDS, NULL, 0);
    batch_pack(&batch, &ENDS, large, 3);
    ARE(batch.source[SOURCE].length, 7, 6, 5);
    assert_int_equal(memory_count().allocations, before);
    batch_release(&batch);
}

static void features_stand_beside_their_word_and_an_end_is_one_everywhere(void **state)
{
    (void)state;
    struct batch batch;
    struct shape shape = ENDS;
    const int32_t cells[] = {10, 3, 4, 11, 5, 6};
    shape.side[SOURCE].feature_count = 2;
    batch_init(&batch);
    struct sentence sentences[] = {{.side = {[SOURCE] = {cells, 1}, [TARGET] = {OTHERS, 1}}},
                                   {.side = {[SOURCE] = {cells, 2}, [TARGET] = {OTHERS, 1}}}};
    batch_pack(&batch, &shape, sentences, 2);
    ARE(batch.source[SOURCE].symbols, 10, 3, 4, 10, 3, 4, 11, 5, 6, 2, 2, 2, 2, 2, 2);
    assert_int_equal(batch.source[SOURCE].tokens, 5);
    batch_release(&batch);
}

static void values_are(const real *values, int count, const real *wanted)
{
    for (int i = 0; i < count; i++)
        assert_true(values[i] == wanted[i]);
}

static void vectors_are_packed_likewise_and_padded_with_zero(void **state)
{
    (void)state;
    static const float frames[] = {1, 2, 3, 4, 5, 6};
    const struct side_shape vectors = {.form = FORM_VECTORS, .dimension = 2};
    struct shape shape = {.side = {[SOURCE] = vectors, [TARGET] = vectors}};
    struct batch batch;
    struct sentence sentences[] = {{.side = {[SOURCE] = {frames, 1}, [TARGET] = {frames + 2, 2}}},
                                   {.side = {[SOURCE] = {frames + 2, 2}, [TARGET] = {frames, 1}}}};
    batch_init(&batch);
    batch_pack(&batch, &shape, sentences, 2);
    ARE(batch.order, 1, 0);
    ARE(batch.target_length, 1, 2);
    values_are(batch.source[SOURCE].values, 6, (real[]){3, 4, 1, 2, 5, 6});
    values_are(batch.target_values, 8, (real[]){1, 2, 3, 4, 0, 0, 5, 6});
    batch_release(&batch);
}

static void the_second_source_has_its_own_order_and_says_whose_its_sentences_are(void **state)
{
    (void)state;
    struct shape shape = ENDS;
    shape.head = HEAD_POOL;
    shape.side[SECOND] = shape.side[SOURCE];
    shape.side[TARGET].end = 0;
    struct batch batch;
    struct sentence sentences[3];
    static const int lengths[3][2] = {{1, 2}, {3, 1}, {2, 5}};
    for (int i = 0; i < 3; i++)
        sentences[i] = (struct sentence){
            .side = {{WORDS, lengths[i][0]}, {OTHERS, lengths[i][1]}, {OTHERS + i, 1}}};
    batch_init(&batch);
    batch_pack(&batch, &shape, sentences, 3);
    ARE(batch.order, 1, 2, 0);
    ARE(batch.source[SOURCE].row, 0, 1, 2);
    ARE(batch.source[SECOND].length, 6, 3, 2); // of the sentences 2, 0, 1
    ARE(batch.source[SECOND].row, 1, 2, 0);
    ARE(batch.target, 21, 22, 20);
    assert_int_equal(batch_length(&batch, SECOND, 0), 2);
    assert_int_equal(batch.target_tokens, 3);
    batch_release(&batch);
}

static void without_sources_the_given_order_stays(void **state)
{
    (void)state;
    struct shape shape = ENDS;
    shape.side[SOURCE] = (struct side_shape){.form = FORM_NONE};
    struct batch batch;
    batch_init(&batch);
    batch_pack(&batch, &shape, (struct sentence[]){pair(0, 1), pair(0, 3), pair(0, 2)}, 3);
    ARE(batch.order, 0, 1, 2);
    ARE(batch.target_length, 2, 4, 3);
    assert_int_equal(batch.T, 4);
    batch_release(&batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_sorted_and_packed_time_major),
        cmocka_unit_test(active_counts_the_rows_that_are_longer),
        cmocka_unit_test(ties_keep_the_given_order),
        cmocka_unit_test(without_source_end_nothing_is_appended_to_the_source),
        cmocka_unit_test(an_empty_source_is_its_end),
        cmocka_unit_test(without_targets_there_are_no_target_steps),
        cmocka_unit_test(an_empty_lane_is_an_empty_batch),
        cmocka_unit_test(features_stand_beside_their_word_and_an_end_is_one_everywhere),
        cmocka_unit_test(vectors_are_packed_likewise_and_padded_with_zero),
        cmocka_unit_test(the_second_source_has_its_own_order_and_says_whose_its_sentences_are),
        cmocka_unit_test(without_sources_the_given_order_stays),
        cmocka_unit_test(memory_is_kept_and_a_used_batch_packs_like_a_new_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
