#include "comm/base/memory.h"
#include "model/batch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const int32_t WORDS[] = {10, 11, 12, 13, 14, 15}, OTHERS[] = {20, 21, 22, 23, 24, 25};

static struct sentence pair(int source_length, int target_length)
{
    return (struct sentence){WORDS, OTHERS, source_length, target_length};
}

static void numbers_are(const int32_t *numbers, int count, const int32_t *wanted)
{
    for (int i = 0; i < count; i++)
        assert_int_equal(numbers[i], wanted[i]);
}
#define ARE(numbers, ...)                                                                          \
    numbers_are(numbers, sizeof((int32_t[]){__VA_ARGS__}) / 4, (int32_t[]){__VA_ARGS__})

static void rows_are_sorted_padded_and_time_major(void **state)
{
    (void)state;
    struct batch batch;
    batch_init(&batch);
    batch_pack(&batch, (struct sentence[]){pair(1, 2), pair(3, 0), pair(2, 1)}, 3, 1);
    assert_int_equal(batch.B, 3);
    assert_int_equal(batch.S, 4);
    assert_int_equal(batch.T, 3);
    ARE(batch.order, 1, 2, 0);
    ARE(batch.source_length, 4, 3, 2);
    ARE(batch.source, 10, 10, 10, 11, 11, SYMBOL_END, 12, SYMBOL_END, 0, SYMBOL_END, 0, 0);
    ARE(batch.target_length, 1, 2, 3);
    ARE(batch.target, SYMBOL_END, 20, 20, 0, SYMBOL_END, 21, 0, 0, SYMBOL_END);
    assert_int_equal(batch.source_tokens, 9);
    assert_int_equal(batch.target_tokens, 6);
    batch_release(&batch);
}

static void active_counts_the_rows_that_are_longer(void **state)
{
    (void)state;
    struct batch batch;
    batch_init(&batch);
    batch_pack(&batch, (struct sentence[]){pair(2, 1), pair(5, 1), pair(2, 1), pair(1, 1)}, 4, 0);
    assert_int_equal(batch.S, 5);
    ARE(batch.active, 4, 3, 1, 1, 1);
    ARE(batch.source_length, 5, 2, 2, 1);
    batch_release(&batch);
}

static void ties_keep_the_given_order(void **state)
{
    (void)state;
    struct batch batch;
    batch_init(&batch);
    batch_pack(&batch,
               (struct sentence[]){pair(2, 1), pair(3, 1), pair(2, 2), pair(3, 2), pair(2, 3)}, 5,
               1);
    ARE(batch.order, 1, 3, 0, 2, 4);
    batch_release(&batch);
}

static void without_source_end_nothing_is_appended_to_the_source(void **state)
{
    (void)state;
    struct batch batch;
    batch_init(&batch);
    batch_pack(&batch, (struct sentence[]){pair(1, 1), pair(2, 1)}, 2, 0);
    assert_int_equal(batch.S, 2);
    ARE(batch.source, 10, 10, 11, 0);
    assert_int_equal(batch.source_tokens, 3);
    batch_release(&batch);
}

static void an_empty_source_is_its_end(void **state)
{
    (void)state;
    struct batch batch;
    batch_init(&batch);
    batch_pack(&batch, (struct sentence[]){pair(0, 1), pair(1, 0)}, 2, 1);
    ARE(batch.source, 10, SYMBOL_END, SYMBOL_END, 0);
    ARE(batch.active, 2, 1);
    batch_release(&batch);
}

static void without_targets_there_are_no_target_steps(void **state)
{
    (void)state;
    struct batch batch;
    batch_init(&batch);
    struct sentence sentence = {WORDS, NULL, 3, 0};
    batch_pack(&batch, &sentence, 1, 1);
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
    batch_pack(&batch, NULL, 0, 1);
    assert_int_equal(batch.B + batch.S + batch.T, 0);
    assert_int_equal(batch.source_tokens + batch.target_tokens, 0);
    batch_release(&batch);
}

static void memory_is_kept_and_a_used_batch_packs_like_a_new_one(void **state)
{
    (void)state;
    struct batch batch;
    batch_init(&batch);
    struct sentence large[] = {pair(6, 6), pair(5, 5), pair(4, 6)};
    batch_pack(&batch, large, 3, 1);
    int64_t before = memory_count().allocations;
    batch_pack(&batch, (struct sentence[]){pair(1, 1), pair(2, 0)}, 2, 1);
    ARE(batch.source, 10, 10, 11, SYMBOL_END, SYMBOL_END, 0);
    ARE(batch.target, SYMBOL_END, 20, 0, SYMBOL_END);
    ARE(batch.active, 2, 2, 1);
    batch_pack(&batch, NULL, 0, 1);
    batch_pack(&batch, large, 3, 1);
    ARE(batch.source_length, 7, 6, 5);
    assert_int_equal(memory_count().allocations, before);
    batch_release(&batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_sorted_padded_and_time_major),
        cmocka_unit_test(active_counts_the_rows_that_are_longer),
        cmocka_unit_test(ties_keep_the_given_order),
        cmocka_unit_test(without_source_end_nothing_is_appended_to_the_source),
        cmocka_unit_test(an_empty_source_is_its_end),
        cmocka_unit_test(without_targets_there_are_no_target_steps),
        cmocka_unit_test(an_empty_lane_is_an_empty_batch),
        cmocka_unit_test(memory_is_kept_and_a_used_batch_packs_like_a_new_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
