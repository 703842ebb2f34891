#include "model/optimizer/average.h"
#include <math.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { COUNT = 37, STEPS = 60 };

/* Weights of a step that wander. */
static void weights_at(int step, real *weights)
{
    for (int i = 0; i < COUNT; i++)
        weights[i] = (real)sin(0.3 * i + 0.1 * step) + (real)i / 8;
}

/* Young averages follow the weights as (1 + step) / (10 + step) says, later ones as the decay. */
static void it_is_the_sum_that_it_should_be(void **state)
{
    (void)state;
    real average[COUNT], weights[COUNT];
    double plain[COUNT];
    weights_at(0, average);
    for (int i = 0; i < COUNT; i++)
        plain[i] = average[i];
    for (int step = 1; step <= STEPS; step++) {
        double decay = step < 26 ? (1.0 + step) / (10.0 + step) : 0.75; // equal at 26
        weights_at(step, weights);
        average_step(0.75, step, COUNT, average, weights);
        for (int i = 0; i < COUNT; i++) {
            plain[i] = decay * plain[i] + (1 - decay) * weights[i];
            assert_true(fabs(average[i] - plain[i]) < 1e-5);
        }
    }
}

static void parts_of_any_size_give_the_same_bits(void **state)
{
    (void)state;
    real whole[COUNT], parts[COUNT], weights[COUNT];
    for (int part = 1; part < COUNT; part++) {
        weights_at(0, whole);
        weights_at(0, parts);
        for (int step = 1; step < 4; step++) {
            weights_at(step, weights);
            average_step(0.3, step, COUNT, whole, weights);
            for (int i = 0; i < COUNT; i += part)
                average_step(0.3, step, COUNT - i < part ? COUNT - i : part, parts + i,
                             weights + i);
        }
        assert_memory_equal(whole, parts, sizeof whole);
    }
}

static void of_weights_that_stand_it_is_the_weights(void **state)
{
    (void)state;
    real average[COUNT], weights[COUNT];
    weights_at(3, average);
    weights_at(3, weights);
    for (int step = 1; step < STEPS; step++)
        average_step(0.9, step, COUNT, average, weights);
    assert_memory_equal(average, weights, sizeof weights);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_the_sum_that_it_should_be),
        cmocka_unit_test(parts_of_any_size_give_the_same_bits),
        cmocka_unit_test(of_weights_that_stand_it_is_the_weights),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
