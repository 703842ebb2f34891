#include "comm/base/random.h"
#include <math.h>
#include <stdbool.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct random_key KEY = {.seed = 7, .purpose = RANDOM_WEIGHTS, .update = 3, .lane = 2};

/* The known answers of Random123 (kat_vectors: philox4x32 10). */
static void words_are_those_of_philox(void **state)
{
    (void)state;
    const struct {
        struct random_key key;
        uint64_t block;
        uint32_t words[4];
    } known[] = {
        {{0, 0, 0, 0}, 0, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{UINT64_MAX, (enum random_purpose)0xffff, 0xffffffff, 0xffff},
         UINT64_MAX,
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x299f31d0a4093822, (enum random_purpose)0x0370, 0x13198a2e, 0x7344},
         0x85a308d3243f6a88,
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (int i = 0; i < 3; i++) {
        uint32_t words[4];
        random_block(&known[i].key, known[i].block, words);
        assert_memory_equal(words, known[i].words, sizeof words);
    }
}

static void a_word_is_found_in_its_block(void **state)
{
    (void)state;
    for (uint64_t position = 0; position < 100; position++) {
        uint32_t words[4];
        random_block(&KEY, position / 4, words);
        assert_int_equal(random_word(&KEY, position), words[position % 4]);
    }
}

static void each_part_of_the_key_matters(void **state)
{
    (void)state;
    const struct random_key others[] = {
        {8, RANDOM_WEIGHTS, 3, 2}, {7 + (UINT64_C(1) << 32), RANDOM_WEIGHTS, 3, 2},
        {7, RANDOM_SHARD, 3, 2},   {7, RANDOM_WEIGHTS, 4, 2},
        {7, RANDOM_WEIGHTS, 3, 1},
    };
    for (int i = 0; i < 5; i++)
        assert_int_not_equal(random_word(&others[i], 0), random_word(&KEY, 0));
    assert_int_not_equal(random_word(&KEY, UINT64_C(1) << 34), random_word(&KEY, 0));
}

static void uniform_numbers_fill_the_unit_interval(void **state)
{
    (void)state;
    double sum = 0;
    for (uint64_t i = 0; i < 100000; i++) {
        double number = random_uniform(&KEY, i);
        assert_true(number >= 0 && number < 1);
        assert_true(number == random_word(&KEY, i) / 4294967296.0);
        sum += number;
    }
    assert_true(fabs(sum / 100000 - 0.5) < 0.005);
}

/* Only the last bits may differ from libm, which picks its code by processor. */
static double normal_at(uint64_t position)
{
    double normal;
    random_normals(&KEY, position, 1, &normal);
    return normal;
}

static void normal_numbers_are_those_of_box_and_muller(void **state)
{
    (void)state;
    const double two_pi = 6.283185307179586;
    for (uint64_t i = 0; i < 100000; i++) {
        double u = (random_word(&KEY, 2 * i) + 1.0) / 4294967296.0;
        double v = random_word(&KEY, 2 * i + 1) / 4294967296.0;
        double number = normal_at(i);
        assert_true(fabs(number - sqrt(-2 * log(u)) * cos(two_pi * v)) < 1e-14);
    }
}

static void many_at_once_are_those_one_by_one(void **state)
{
    (void)state;
    double uniforms[200], normals[200];
    for (uint64_t first = 0; first < 5; first++)
        for (int count = 1; count <= 200; count += 13) {
            random_uniforms(&KEY, first, count, uniforms);
            random_normals(&KEY, first, count, normals);
            for (int i = 0; i < count; i++) {
                assert_true(uniforms[i] == random_uniform(&KEY, first + (uint64_t)i));
                assert_true(normals[i] == normal_at(first + (uint64_t)i));
            }
        }
}

static void normal_numbers_have_mean_0_and_variance_1(void **state)
{
    (void)state;
    const int count = 200000;
    double sum = 0, squares = 0;
    for (int i = 0; i < count; i++) {
        double number = normal_at((uint64_t)i);
        sum += number;
        squares += number * number;
    }
    assert_true(fabs(sum / count) < 0.01);
    assert_true(fabs(squares / count - 1) < 0.02);
}

static void numbers_below_a_bound_are_even_and_below_it(void **state)
{
    (void)state;
    int counts[7] = {0};
    for (uint64_t i = 0; i < 70000; i++) {
        uint64_t number = random_below(&KEY, i, 7);
        assert_true(number < 7);
        counts[number]++;
    }
    for (int i = 0; i < 7; i++)
        assert_in_range(counts[i], 9500, 10500);
    assert_int_equal(random_below(&KEY, 5, 1), 0);
    bool beyond_32_bits = false;
    for (uint64_t i = 0; i < 10; i++)
        beyond_32_bits |= random_below(&KEY, i, UINT64_MAX) > UINT32_MAX;
    assert_true(beyond_32_bits);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_those_of_philox),
        cmocka_unit_test(a_word_is_found_in_its_block),
        cmocka_unit_test(each_part_of_the_key_matters),
        cmocka_unit_test(uniform_numbers_fill_the_unit_interval),
        cmocka_unit_test(normal_numbers_are_those_of_box_and_muller),
        cmocka_unit_test(many_at_once_are_those_one_by_one),
        cmocka_unit_test(normal_numbers_have_mean_0_and_variance_1),
        cmocka_unit_test(numbers_below_a_bound_are_even_and_below_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
