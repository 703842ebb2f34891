#include "comm/base/hash.h"
#include "model/product/activation.h"
#include "model/product/threads.h"
#include "model/product/vector.h"
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

VECTOR_CLONES
static void exp_of(const real *x, real *y, size_t count)
{
    for (size_t i = 0; i < count; i++)
        y[i] = vector_exp(x[i]);
}

VECTOR_CLONES
static void logistic_of(const real *x, real *y, size_t count)
{
    for (size_t i = 0; i < count; i++)
        y[i] = vector_logistic(x[i]);
}

typedef void function(const real *, real *, size_t);

static double logistic(double x)
{
    return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x));
}

/* Distance from y to the exact value, in units of the last place of the float next to it. */
static double units_off(float y, double exact)
{
    if (y == (float)exact)
        return 0;
    float size = fabsf((float)exact);
    double unit = isinf(size) ? 0x1p104 : (double)nextafterf(size, INFINITY) - size;
    return fabs(y - exact) / unit;
}

/* Every 397th float, of either sign, in pieces; all of them with CHORUS_EVERY_FLOAT=1 (minutes).
 * wanted: the hash of what every processor computes from every 397th. */
static void within_four_units(function *approximate, double (*exact)(double), uint64_t wanted)
{
    enum { PIECE = 4096 };
    static real x[PIECE], y[PIECE];
    double worst = 0;
    bool all = getenv("CHORUS_EVERY_FLOAT") != NULL;
    struct hash hash;
    hash_init(&hash);
    for (uint64_t bits = 0; bits < UINT64_C(1) << 32;) {
        int count = 0;
        for (; count < PIECE && bits < UINT64_C(1) << 32; bits += all ? 1 : 397) {
            float number = float_of((uint32_t)bits);
            if (!isnan(number))
                x[count++] = number;
        }
        approximate(x, y, (size_t)count);
        hash_add(&hash, y, (size_t)count * sizeof(real));
        for (int i = 0; i < count; i++) {
            double off = units_off(y[i], exact(x[i]));
            if (!(off <= 4))
                fail_msg("f(%a) is %a, not %a", x[i], y[i], exact(x[i]));
            worst = off > worst ? off : worst;
        }
    }
    uint64_t seen = hash_value(&hash);
    hash_release(&hash);
    print_message("           farthest: %.3f units in the last place\n", worst);
    if (!all && seen != wanted)
        fail_msg("other bits than on other processors: their hash is %016llx",
                 (unsigned long long)seen);
}

static void exp_is_within_four_units_with_the_same_bits_everywhere(void **state)
{
    (void)state;
    within_four_units(exp_of, exp, 0x6126229ce8542134);
}

static void tanh_is_within_four_units_with_the_same_bits_everywhere(void **state)
{
    (void)state;
    within_four_units(activation_tanh, tanh, 0xbf97e9238ed8f51a);
}

static void logistic_is_within_four_units_with_the_same_bits_everywhere(void **state)
{
    (void)state;
    within_four_units(logistic_of, logistic, 0x83bf992296db0cc3);
}

static void special_values_follow_ieee(void **state)
{
    (void)state;
    const real x[] = {NAN, INFINITY, -INFINITY, 0, -0.0f, 200, -200, 88.8f};
    real y[8];
    exp_of(x, y, 8);
    assert_true(isnan(y[0]) && y[1] == INFINITY && y[2] == 0 && y[3] == 1 && y[4] == 1);
    assert_true(y[5] == INFINITY && y[6] == 0 && y[7] == INFINITY);
    activation_tanh(x, y, 8);
    assert_true(isnan(y[0]) && y[1] == 1 && y[2] == -1 && y[3] == 0 && y[5] == 1 && y[6] == -1);
    assert_true(signbit(y[4]) && !signbit(y[3]));
    logistic_of(x, y, 8);
    assert_true(isnan(y[0]) && y[1] == 1 && y[2] == 0 && y[3] == 0.5f && y[5] == 1 && y[6] == 0);
}

static void every_nan_stays_one(void **state)
{
    (void)state;
    function *functions[] = {exp_of, activation_tanh, logistic_of};
    for (uint64_t bits = 0x7f800001; bits <= 0x7fffffff; bits += 9973) {
        real x[2] = {float_of((uint32_t)bits), float_of((uint32_t)bits | 0x80000000u)}, y[2];
        for (int f = 0; f < 3; f++) {
            functions[f](x, y, 2);
            assert_true(isnan(y[0]) && isnan(y[1]));
        }
    }
}

/* A number's bits do not depend on where it stands: in the part of a loop that is vectorised, or in
 * the rest. */
static void place_length_and_threads_do_not_matter(void **state)
{
    (void)state;
    enum { MOST = 70001 };
    real *x = malloc(MOST * sizeof(real)), *all = malloc(MOST * sizeof(real)),
         *y = malloc(MOST * sizeof(real));
    function *functions[] = {exp_of, activation_tanh, logistic_of};
    for (int i = 0; i < MOST; i++)
        x[i] = (real)(i - MOST / 2) / 2999;
    for (int f = 0; f < 3; f++) {
        functions[f](x, all, MOST);
        threads_set(3);
        functions[f](x, y, MOST);
        threads_set(1);
        assert_memory_equal(all, y, MOST * sizeof(real));
        for (int length = 0; length < 40; length++) {
            functions[f](x + 1000 + length, y, (size_t)length);
            assert_memory_equal(all + 1000 + length, y, (size_t)length * sizeof(real));
        }
    }
    free(x);
    free(all);
    free(y);
}

static void tanh_backward_is_the_derivative_and_may_be_in_place(void **state)
{
    (void)state;
    real y[3] = {0, 0.5f, -1}, dy[3] = {2, -4, 8};
    activation_tanh_backward(y, dy, dy, 3);
    assert_true(dy[0] == 2 && dy[1] == -3 && dy[2] == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exp_is_within_four_units_with_the_same_bits_everywhere),
        cmocka_unit_test(tanh_is_within_four_units_with_the_same_bits_everywhere),
        cmocka_unit_test(logistic_is_within_four_units_with_the_same_bits_everywhere),
        cmocka_unit_test(special_values_follow_ieee),
        cmocka_unit_test(every_nan_stays_one),
        cmocka_unit_test(place_length_and_threads_do_not_matter),
        cmocka_unit_test(tanh_backward_is_the_derivative_and_may_be_in_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
