#include "model/layers/dropout.h"
#include "model/product/threads.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { COUNT = 100003 };
static const struct random_key KEY = {
    .seed = 0x123456789abcdef0, .purpose = RANDOM_DROP_OUTPUT, .update = 77, .lane = 5};

static real *ones(size_t count)
{
    real *x = malloc(count * sizeof(real));
    for (size_t i = 0; i < count; i++)
        x[i] = 1;
    return x;
}

/* 64 positions share 16 blocks of random numbers: position 64 g + 16 w + l takes word w of block 16
 * g + l. */
static uint32_t word_at(uint64_t position)
{
    uint64_t block = position / 64 * 16 + position % 16;
    return random_word(&KEY, block * 4 + position / 16 % 4);
}

static void elements_are_dropped_by_the_words_of_philox(void **state)
{
    (void)state;
    const uint64_t firsts[] = {0, 61, UINT64_C(1) << 36, (UINT64_C(1) << 34) - 32};
    for (int f = 0; f < 4; f++) {
        real *x = ones(1000);
        dropout(&KEY, 0.3, firsts[f], x, 1000);
        for (uint64_t i = 0; i < 1000; i++) {
            real wanted = word_at(firsts[f] + i) < 0.3 * 0x1p32 ? 0 : (real)(1 / (1 - 0.3));
            assert_true(x[i] == wanted);
        }
        free(x);
    }
}

static void the_share_of_zeros_is_the_rate(void **state)
{
    (void)state;
    const double rates[] = {0.1, 0.3, 0.5, 0.9};
    for (int r = 0; r < 4; r++) {
        real *x = ones(COUNT);
        dropout(&KEY, rates[r], 0, x, COUNT);
        int zeros = 0;
        for (int i = 0; i < COUNT; i++)
            zeros += x[i] == 0;
        assert_true(fabs(zeros / (double)COUNT - rates[r]) < 0.006);
        free(x);
    }
}

static void rate_zero_does_nothing(void **state)
{
    (void)state;
    real x[3] = {1, NAN, -2};
    dropout(&KEY, 0, 0, x, 3);
    assert_true(x[0] == 1 && isnan(x[1]) && x[2] == -2);
}

static void any_cut_gives_the_same_mask(void **state)
{
    (void)state;
    real *whole = ones(COUNT), *parts = ones(COUNT);
    dropout(&KEY, 0.4, 13, whole, COUNT);
    size_t first = 0;
    for (size_t length = 0; first < COUNT; length = (length * 5 + 1) % 1009) {
        length = length < COUNT - first ? length : COUNT - first;
        dropout(&KEY, 0.4, 13 + first, parts + first, length);
        first += length;
    }
    assert_memory_equal(whole, parts, COUNT * sizeof(real));
    free(whole);
    free(parts);
}

static void threads_do_not_matter(void **state)
{
    (void)state;
    real *one = ones(COUNT), *many = ones(COUNT);
    dropout(&KEY, 0.4, 7, one, COUNT);
    threads_set(3);
    dropout(&KEY, 0.4, 7, many, COUNT);
    threads_set(1);
    assert_memory_equal(one, many, COUNT * sizeof(real));
    free(one);
    free(many);
}

static void each_part_of_the_key_gives_another_mask(void **state)
{
    (void)state;
    struct random_key keys[5] = {KEY, KEY, KEY, KEY, KEY};
    keys[1].seed ^= UINT64_C(1) << 40;
    keys[2].purpose = RANDOM_DROP_TARGET;
    keys[3].update++;
    keys[4].lane++;
    real *masks[5];
    for (int k = 0; k < 5; k++) {
        masks[k] = ones(1000);
        dropout(&keys[k], 0.5, 0, masks[k], 1000);
        for (int j = 0; j < k; j++)
            assert_memory_not_equal(masks[k], masks[j], 1000 * sizeof(real));
    }
    for (int k = 0; k < 5; k++)
        free(masks[k]);
}

static void a_nan_stays_visible(void **state)
{
    (void)state;
    real x[200];
    for (int i = 0; i < 200; i++)
        x[i] = NAN;
    dropout(&KEY, 0.5, 0, x, 200);
    for (int i = 0; i < 200; i++)
        assert_true(isnan(x[i]));
}

/* Three steps of 3, 2 and 1 rows. */
static void steps_have_a_mask_each_or_one_for_all(void **state)
{
    (void)state;
    enum { WIDTH = 70, ROWS = 6 };
    const int64_t row[] = {0, 3, 5, 6};
    real *plain = ones(ROWS * WIDTH), *each = ones(ROWS * WIDTH), *alike = ones(ROWS * WIDTH);
    dropout(&KEY, 0.5, 40, plain, ROWS * WIDTH);
    dropout_steps(&KEY, 0.5, false, 40, 3, row, WIDTH, each);
    dropout_steps(&KEY, 0.5, true, 40, 3, row, WIDTH, alike);
    assert_memory_equal(each, plain, ROWS * WIDTH * sizeof(real));
    for (int s = 0; s < 3; s++)
        assert_memory_equal(alike + row[s] * WIDTH, plain,
                            (size_t)(row[s + 1] - row[s]) * WIDTH * sizeof(real));
    real *later = ones(3 * WIDTH); // steps 1 and 2 by themselves
    dropout_steps(&KEY, 0.5, false, 40, 2, row + 1, WIDTH, later);
    assert_memory_equal(later, plain + 3 * WIDTH, 3 * WIDTH * sizeof(real));
    free(plain);
    free(each);
    free(alike);
    free(later);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_are_dropped_by_the_words_of_philox),
        cmocka_unit_test(the_share_of_zeros_is_the_rate),
        cmocka_unit_test(rate_zero_does_nothing),
        cmocka_unit_test(any_cut_gives_the_same_mask),
        cmocka_unit_test(threads_do_not_matter),
        cmocka_unit_test(each_part_of_the_key_gives_another_mask),
        cmocka_unit_test(a_nan_stays_visible),
        cmocka_unit_test(steps_have_a_mask_each_or_one_for_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
