#include "made_files.h"

#include "io/vectors/moments.h"
#include <float.h>
#include <math.h>

enum { FRAMES = 1000, D = 3 };

/* Far from zero with a small spread; small; large. */
static void make(float values[FRAMES * D])
{
    static const double mean[D] = {10000, -1e-3, 0}, spread[D] = {0.25, 1e-4, 1e30};
    struct random_key key = {.seed = 4};
    for (int i = 0; i < FRAMES * D; i++) {
        double uniform = random_word(&key, (uint64_t)i) / 4294967296.0 - 0.5;
        values[i] = (float)(mean[i % D] + spread[i % D] * uniform);
    }
}

static void moments_of(const float *values, int frames, int dimension, float *mean,
                       float *deviation)
{
    struct moments moments;
    moments_init(&moments, dimension);
    moments_add(&moments, values, frames);
    moments_finish(&moments, mean, deviation);
    moments_release(&moments);
}

static void mean_and_deviation_are_those_of_two_passes(void **state)
{
    (void)state;
    static float values[FRAMES * D];
    float mean[D], deviation[D];
    make(values);
    moments_of(values, FRAMES, D, mean, deviation);
    for (int i = 0; i < D; i++) {
        long double sum = 0, squares = 0;
        for (int t = 0; t < FRAMES; t++)
            sum += values[t * D + i];
        for (int t = 0; t < FRAMES; t++)
            squares += powl(values[t * D + i] - sum / FRAMES, 2);
        double exact = (double)sqrtl(squares / FRAMES);
        assert_true(fabs(mean[i] - (double)(sum / FRAMES)) <= FLT_EPSILON * fabs(mean[i]));
        assert_true(fabs(deviation[i] - exact) <= FLT_EPSILON * exact);
    }
}

static void pieces_give_the_bits_of_the_whole(void **state)
{
    (void)state;
    static float values[FRAMES * D];
    float mean[2][D], deviation[2][D];
    make(values);
    moments_of(values, FRAMES, D, mean[0], deviation[0]);
    struct moments moments;
    moments_init(&moments, D);
    for (int at = 0, count = 1; at < FRAMES; at += count, count = count % 7 + 1) {
        count = count < FRAMES - at ? count : FRAMES - at;
        moments_add(&moments, values + at * D, count);
    }
    assert_int_equal(moments.frames, FRAMES);
    moments_finish(&moments, mean[1], deviation[1]);
    moments_release(&moments);
    assert_memory_equal(mean[0], mean[1], sizeof mean[0]);
    assert_memory_equal(deviation[0], deviation[1], sizeof deviation[0]);
}

static void what_never_changes_has_deviation_one(void **state)
{
    (void)state;
    float values[3 * 4], mean[4], deviation[4];
    const float constant[4] = {0.1F, 1e30F, 0, -3};
    for (int i = 0; i < 12; i++)
        values[i] = constant[i % 4];
    values[3] = -3 + 1.5F; // only the last varies
    moments_of(values, 3, 4, mean, deviation);
    for (int i = 0; i < 3; i++) {
        assert_true(mean[i] == constant[i]);
        assert_true(deviation[i] == 1);
    }
    assert_true(mean[3] == -2.5F && fabs(deviation[3] - sqrt(0.5)) < 1e-7);
    moments_of(values, 0, 4, mean, deviation);
    assert_true(mean[0] == 0 && deviation[0] == 1);
    const float tiny[2] = {0, 1e-45F};
    moments_of(tiny, 2, 1, mean, deviation);
    assert_true(deviation[0] == 1);
}

static void normalised_values_come_back(void **state)
{
    (void)state;
    static float values[FRAMES * D], changed[FRAMES * D];
    float mean[D], deviation[D], zero[D], one[D];
    make(values);
    memcpy(changed, values, sizeof values);
    moments_of(values, FRAMES, D, mean, deviation);
    moments_normalise(changed, FRAMES, D, mean, deviation);
    moments_of(changed, FRAMES, D, zero, one);
    for (int i = 0; i < D; i++) {
        assert_true(fabsf(zero[i]) < 0.01F); // the mean is a float
        assert_true(fabsf(one[i] - 1) < 1e-5F);
    }
    assert_true(changed[D] == (float)(((double)values[D] - mean[0]) / deviation[0]));
    moments_restore(changed, FRAMES, D, mean, deviation);
    for (int i = 0; i < FRAMES * D; i++)
        assert_true(fabsf(changed[i] - values[i]) <=
                    FLT_EPSILON * (fabsf(values[i]) + deviation[i % D]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mean_and_deviation_are_those_of_two_passes),
        cmocka_unit_test(pieces_give_the_bits_of_the_whole),
        cmocka_unit_test(what_never_changes_has_deviation_one),
        cmocka_unit_test(normalised_values_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
