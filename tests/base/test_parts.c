/* Where the time goes. */
#include "comm/base/parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static double now;

static double made_clock(void)
{
    return now;
}

static void a_second_belongs_to_the_part_that_was_entered_last(void **state)
{
    (void)state;
    now = 100;
    parts_start(made_clock);
    now += 1;
    part_enter(PART_ENCODER);
    now += 2;
    part_enter(PART_OUTPUT);
    now += 4;
    part_enter(PART_ENCODER);
    now += 8;
    part_enter(PART_REST);
    assert_true(parts_seconds(PART_REST) == 1);
    assert_true(parts_seconds(PART_ENCODER) == 10);
    assert_true(parts_seconds(PART_OUTPUT) == 4);
    assert_true(parts_seconds(PART_DATA) == 0);
}

static void a_nested_part_gives_back_to_the_one_around_it(void **state)
{
    (void)state;
    parts_start(made_clock);
    enum part first = part_enter(PART_DECODER);
    now += 1;
    enum part second = part_enter(PART_ATTENTION);
    now += 2;
    part_enter(second);
    now += 4;
    part_enter(first);
    now += 8;
    part_enter(PART_REST);
    assert_int_equal(first, PART_REST);
    assert_int_equal(second, PART_DECODER);
    assert_true(parts_seconds(PART_DECODER) == 5);
    assert_true(parts_seconds(PART_ATTENTION) == 2);
    assert_true(parts_seconds(PART_REST) == 8);
}

static void the_parts_add_up_to_what_has_passed(void **state)
{
    (void)state;
    double start = now, sum = 0;
    parts_start(made_clock);
    for (int i = 0; i < 1000; i++) {
        now += 1 + i % 7;
        part_enter((enum part)(i * 5 % PARTS));
    }
    for (enum part part = 0; part < PARTS; part++)
        sum += parts_seconds(part);
    assert_true(sum == now - start);
}

static void switched_off_nothing_is_counted(void **state)
{
    (void)state;
    parts_start(NULL);
    assert_int_equal(part_enter(PART_OUTPUT), PART_REST);
    now += 3;
    assert_int_equal(part_enter(PART_DATA), PART_REST);
    for (enum part part = 0; part < PARTS; part++)
        assert_true(parts_seconds(part) == 0);
}

static void a_new_start_forgets(void **state)
{
    (void)state;
    parts_start(made_clock);
    part_enter(PART_DATA);
    now += 3;
    parts_start(made_clock);
    now += 2;
    part_enter(PART_DATA);
    assert_true(parts_seconds(PART_DATA) == 0);
    assert_true(parts_seconds(PART_REST) == 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_second_belongs_to_the_part_that_was_entered_last),
        cmocka_unit_test(a_nested_part_gives_back_to_the_one_around_it),
        cmocka_unit_test(the_parts_add_up_to_what_has_passed),
        cmocka_unit_test(switched_off_nothing_is_counted),
        cmocka_unit_test(a_new_start_forgets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
