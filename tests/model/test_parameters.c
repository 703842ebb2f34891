#include "comm/base/memory.h"
#include "model/product/threads.h"
#include "model/shape/parameters.h"
#include <math.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct parameters PARAMETERS;

static void add(const char *name, int rows, int columns, int gates, enum initial initial)
{
    parameters_add(&PARAMETERS, name, rows, columns, gates, initial);
}

static int fill_table(void **state)
{
    (void)state;
    parameters_init(&PARAMETERS);
    add("embedding", 500, 40, 1, INITIAL_EMBEDDING);
    add("input", 128, 40, 4, INITIAL_GLOROT);
    add("recurrent", 128, 32, 4, INITIAL_ORTHOGONAL);
    add("bias", 128, 0, 4, INITIAL_FORGET);
    add("score", 5, 0, 1, INITIAL_ZERO);
    add("odd", 3, 7, 1, INITIAL_GLOROT);
    return 0;
}

static int release_table(void **state)
{
    (void)state;
    parameters_release(&PARAMETERS);
    return 0;
}

static real *initialised(uint64_t seed)
{
    real *block = memory_take((size_t)PARAMETERS.total * sizeof(real));
    memset(block, 0xff, (size_t)PARAMETERS.total * sizeof(real));
    parameters_initialise(&PARAMETERS, seed, block);
    return block;
}

static void views_start_on_16_reals_in_the_order_of_adding(void **state)
{
    (void)state;
    int64_t end = 0, elements = 0;
    for (int i = 0; i < PARAMETERS.count; i++) {
        const struct parameter *parameter = &PARAMETERS.list[i];
        assert_int_equal(parameter->first, (end + 15) / 16 * 16);
        end = parameter->first + parameter_elements(parameter);
        elements += parameter_elements(parameter);
    }
    assert_int_equal(PARAMETERS.total, (end + 15) / 16 * 16);
    assert_int_equal(parameters_elements(&PARAMETERS), elements);
    assert_int_equal(elements, 500 * 40 + 128 * 40 + 128 * 32 + 128 + 5 + 21);
}

static void a_parameter_is_found_by_its_name(void **state)
{
    (void)state;
    assert_int_equal(parameters_find(&PARAMETERS, "bias")->rows, 128);
    assert_int_equal(parameters_find(&PARAMETERS, "bias")->columns, 0);
    assert_null(parameters_find(&PARAMETERS, "bia"));
}

static void gaps_and_zero_parameters_are_zero(void **state)
{
    (void)state;
    real *block = initialised(1);
    const struct parameter *score = parameters_find(&PARAMETERS, "score");
    for (int i = 0; i < 16; i++)
        assert_true(block[score->first + i] == 0);
    for (int64_t i = PARAMETERS.total - 11; i < PARAMETERS.total; i++)
        assert_true(block[i] == 0);
    memory_free(block);
}

static void forget_gates_begin_at_one(void **state)
{
    (void)state;
    real *block = initialised(1);
    const real *bias = block + parameters_find(&PARAMETERS, "bias")->first;
    for (int i = 0; i < 128; i++)
        assert_true(bias[i] == (i >= 32 && i < 64));
    memory_free(block);
}

static void glorot_takes_the_fan_of_each_gate(void **state)
{
    (void)state;
    real *block = initialised(1);
    const real *input = block + parameters_find(&PARAMETERS, "input")->first;
    double limit = sqrt(6.0 / (40 + 32)), largest = 0, sum = 0;
    for (int i = 0; i < 128 * 40; i++) {
        largest = fabs(input[i]) > largest ? fabs(input[i]) : largest;
        sum += input[i];
    }
    assert_true(largest <= limit && largest > 0.99 * limit);
    assert_true(fabs(sum / (128 * 40)) < 0.02);
    memory_free(block);
}

static void embeddings_have_the_deviation_of_their_width(void **state)
{
    (void)state;
    real *block = initialised(1);
    double sum = 0, squares = 0;
    for (int i = 0; i < 500 * 40; i++) {
        sum += block[i];
        squares += (double)block[i] * block[i];
    }
    assert_true(fabs(sum / (500 * 40)) < 0.005);
    assert_true(fabs(squares / (500 * 40) - 1.0 / 40) < 0.001);
    memory_free(block);
}

static void each_gate_is_orthogonal(void **state)
{
    (void)state;
    real *block = initialised(1);
    const real *q = block + parameters_find(&PARAMETERS, "recurrent")->first;
    for (int gate = 0; gate < 4; gate++, q += 32 * 32)
        for (int i = 0; i < 32; i++)
            for (int j = 0; j < 32; j++) {
                double product = 0;
                for (int k = 0; k < 32; k++)
                    product += (double)q[i * 32 + k] * q[j * 32 + k];
                assert_true(fabs(product - (i == j)) < 1e-5);
            }
    memory_free(block);
}

static void a_large_square_is_orthogonal_too(void **state)
{
    (void)state;
    enum { N = 300 };
    struct parameters large;
    parameters_init(&large);
    parameters_add(&large, "square", N, N, 1, INITIAL_ORTHOGONAL);
    real *q = memory_take((size_t)large.total * sizeof(real));
    parameters_initialise(&large, 3, q);
    for (int i = 0; i < N; i += 7)
        for (int j = 0; j < N; j++) {
            double product = 0;
            for (int k = 0; k < N; k++)
                product += (double)q[i * N + k] * q[j * N + k];
            assert_true(fabs(product - (i == j)) < 1e-5);
        }
    memory_free(q);
    parameters_release(&large);
}

static void weights_are_a_function_of_seed_and_name(void **state)
{
    (void)state;
    real *one = initialised(1), *again = initialised(1), *two = initialised(2);
    size_t bytes = (size_t)PARAMETERS.total * sizeof(real);
    assert_memory_equal(one, again, bytes);
    threads_set(3);
    real *threaded = initialised(1);
    threads_set(1);
    assert_memory_equal(one, threaded, bytes);
    assert_memory_not_equal(one, two, 16 * sizeof(real));

    struct parameters other;
    parameters_init(&other);
    parameters_add(&other, "input2", 128, 40, 4, INITIAL_GLOROT);
    parameters_add(&other, "input", 128, 40, 4, INITIAL_GLOROT);
    real *block = memory_take((size_t)other.total * sizeof(real));
    parameters_initialise(&other, 1, block);
    const real *input = one + parameters_find(&PARAMETERS, "input")->first;
    assert_memory_equal(block + other.list[1].first, input, 128 * 40 * sizeof(real));
    assert_memory_not_equal(block, input, 128 * 40 * sizeof(real));
    parameters_release(&other);
    memory_free(block);
    memory_free(one);
    memory_free(again);
    memory_free(two);
    memory_free(threaded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(views_start_on_16_reals_in_the_order_of_adding),
        cmocka_unit_test(a_parameter_is_found_by_its_name),
        cmocka_unit_test(gaps_and_zero_parameters_are_zero),
        cmocka_unit_test(forget_gates_begin_at_one),
        cmocka_unit_test(glorot_takes_the_fan_of_each_gate),
        cmocka_unit_test(embeddings_have_the_deviation_of_their_width),
        cmocka_unit_test(each_gate_is_orthogonal),
        cmocka_unit_test(a_large_square_is_orthogonal_too),
        cmocka_unit_test(weights_are_a_function_of_seed_and_name),
    };
    return cmocka_run_group_tests(tests, fill_table, release_table);
}
