/* Which products an update is made of. */
#include "tests/model/models.h"
#include "tests/model/trial.h"
#include "trainer/benchmark/products_seen.h"
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void every_product_that_the_cost_counts_is_seen(void **state)
{
    (void)state;
    for (int number = 1; number <= 3; number++) { // additive scores are made by no product
        struct shape shape = models_shape(number);
        struct trial trial;
        const struct product_kind *kinds;
        double work = 0;
        trial_init(&trial, &shape);
        trial_pack(&trial, 0, TRIAL_SENTENCES);
        products_seen_start();
        trial_gradient(&trial);
        int count = products_seen_stop(&kinds);
        assert_in_range(count, 10, 200);
        for (int i = 0; i < count; i++) {
            work += kinds[i].work;
            assert_true(i == 0 || kinds[i].work <= kinds[i - 1].work);
        }
        assert_true(work == (double)model_cost(&trial.model, TRIAL_SENTENCES, trial.lengths));
        trial_release(&trial);
    }
}

static void multiply(int M, int N, int K)
{
    static real numbers[3][64 * 64];
    product(PRODUCT_NT, M, N, K, numbers[0], K, numbers[1], K, 0, numbers[2], N);
}

static void rows_within_a_factor_of_two_are_one_kind(void **state)
{
    (void)state;
    const struct product_kind *kinds;
    products_seen_start();
    multiply(32, 20, 10);
    multiply(40, 20, 10);
    multiply(64, 20, 10);
    multiply(40, 21, 10);
    assert_int_equal(products_seen_stop(&kinds), 3);
    assert_int_equal(kinds[0].products, 2);
    assert_int_equal(kinds[0].M, 36);
    assert_int_equal(kinds[0].N, 20);
    assert_int_equal(kinds[0].each, 0);
    assert_true(kinds[0].work == 72 * 20 * 10);
    assert_int_equal(kinds[1].M, 64);
    assert_int_equal(kinds[2].N, 21);
}

static void products_of_one_call_are_told_together(void **state)
{
    (void)state;
    static real numbers[3][64];
    struct product_item items[3];
    const struct product_kind *kinds;
    for (int i = 0; i < 3; i++)
        items[i] = (struct product_item){numbers[0], numbers[1], numbers[2], 4, 5, 6 + i};
    products_seen_start();
    product_each(PRODUCT_NN, items, 3, 8, 5, 0, 5);
    product_each(PRODUCT_NN, items, 2, 8, 5, 0, 5);
    assert_int_equal(products_seen_stop(&kinds), 2);
    assert_int_equal(kinds[0].K, 7); // the mean of 6, 7, 6, 7, and half is more
    assert_int_equal(kinds[0].products, 4);
    assert_int_equal(kinds[0].each, 3);
    assert_int_equal(kinds[1].K, 8);
}

static void behind_the_stop_nothing_is_seen(void **state)
{
    (void)state;
    const struct product_kind *kinds;
    products_seen_start();
    products_seen_stop(&kinds);
    multiply(4, 4, 4);
    assert_int_equal(products_seen_stop(&kinds), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_product_that_the_cost_counts_is_seen),
        cmocka_unit_test(rows_within_a_factor_of_two_are_one_kind),
        cmocka_unit_test(products_of_one_call_are_told_together),
        cmocka_unit_test(behind_the_stop_nothing_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
