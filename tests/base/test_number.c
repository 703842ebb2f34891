#include "comm/base/random.h"
#include "comm/base/text.h"
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void integers_are_read_whole_or_not_at_all(void **state)
{
    (void)state;
    const struct {
        const char *word;
        int64_t value;
    } good[] = {{"0", 0},
                {"-12", -12},
                {"007", 7},
                {"9223372036854775807", INT64_MAX},
                {"-9223372036854775808", INT64_MIN}};
    const char *const bad[] = {"",    " 1",  "1 ",  "1.0", "1e3",
                               "0x1", "one", "--1", "-",   "9223372036854775808",
                               "1_0", "1,0", "+-1"};
    int64_t value;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(text_to_integer(good[i].word, &value));
        assert_true(value == good[i].value);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(text_to_integer(bad[i], &value));
}

static void reals_are_read_whole_finite_and_decimal(void **state)
{
    (void)state;
    const struct {
        const char *word;
        double value;
    } good[] = {{"0.1", 0.1}, {"-3", -3}, {"1e-8", 1e-8}, {".5", 0.5}, {"2.", 2}, {"+1E3", 1000}};
    const char *const bad[] = {"",      " 1", "1 ",  "inf", "nan", "0x1p3",
                               "1e999", "1e", "one", ".",   "1,5", "1.2.3"};
    double value;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(text_to_real(good[i].word, &value));
        assert_true(value == good[i].value);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(text_to_real(bad[i], &value));
}

static void assert_float(const char *word, float expected)
{
    float value = 7;
    assert_true(text_to_float(word, strlen(word), &value));
    assert_memory_equal(&value, &expected, sizeof value); // -0 is not 0
}

static void floats_are_read_to_the_nearest(void **state)
{
    (void)state;
    assert_float("0", 0);
    assert_float("-0.0", -0.0F);
    assert_float("+.5", 0.5F);
    assert_float("2.", 2);
    assert_float("-1E3", -1000);
    assert_float("0.1", 0.1F);
    assert_float("16777217", 16777216); // between two floats: to the even one
    assert_float("16777219", 16777220);
    assert_float("16777217.0000000001", 16777218);   // as a double, just between
    assert_float("0.8333881199359894", 0.83338815F); // one operation gives what is just between
    assert_float("5.661173599946778e-05", 5.66117342e-05F);
    assert_float("1.00000005960464477539062", 1);
    assert_float("1.00000005960464477539063", 1.00000011920928955F);
    assert_float("3.4028235e38", FLT_MAX);
    assert_float("1.17549435e-38", FLT_MIN);
    assert_float("1e-45", 1.40129846e-45F);
    assert_float("1e-60", 0);
    assert_float("0e99999999999999999999", 0);
    assert_float("123456789012345678901234567890", 1.23456791e29F);
    assert_float("0.00000000000000000000000000000000000001", 1e-38F);
}

static void floats_are_read_whole_finite_and_decimal(void **state)
{
    (void)state;
    const char *const bad[] = {"",    " 1",    "1 ",   "-",   ".",   "-.",    "e5",
                               "1e",  "1e+",   "1e5.", "inf", "nan", "0x1p3", "1_0",
                               "1,5", "1.2.3", "--1",  "abc", "1e5x"};
    const char *const large[] = {"3.4028236e38", "-1e39", "1e400", "1e99999999999999999999"};
    float value;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(text_to_float(bad[i], strlen(bad[i]), &value));
        assert_true(isfinite(value));
    }
    for (size_t i = 0; i < sizeof large / sizeof *large; i++) {
        assert_false(text_to_float(large[i], strlen(large[i]), &value));
        assert_true(isinf(value));
    }
    assert_true(text_to_float("12 34", 2, &value)); // nothing behind the length is looked at
    assert_true(value == 12);
}

/* Of all sizes, with any number of digits: what the C library says. */
static void floats_are_those_of_the_c_library(void **state)
{
    (void)state;
    struct random_key key = {.seed = 11};
    for (uint64_t i = 0; i < 300000; i++) {
        uint32_t bits = random_word(&key, 2 * i);
        float number, value;
        char word[64];
        memcpy(&number, &bits, sizeof number);
        int digits = 1 + (int)(random_word(&key, 2 * i + 1) % 20);
        snprintf(word, sizeof word, "%.*g", digits, (double)number);
        bool small = isfinite(number) && isfinite(strtof(word, NULL));
        assert_int_equal(text_to_float(word, strlen(word), &value), small);
        number = strtof(word, NULL);
        if (small)
            assert_memory_equal(&value, &number, sizeof value);
    }
}

static void assert_real(double value, const char *expected)
{
    char word[32];
    text_of_real(value, word);
    assert_string_equal(word, expected);
}

static void reals_are_written_short(void **state)
{
    (void)state;
    assert_real(0.1, "0.1");
    assert_real(1e-8, "1e-08");
    assert_real(0.999, "0.999");
    assert_real(0, "0");
    assert_real(5, "5");
    assert_real(500, "500");
    assert_real(-100000, "-100000");
    assert_real(1e22, "1e+22");
    assert_real(1.0 / 3, "0.3333333333333333");
}

static void any_real_reads_back_as_itself(void **state)
{
    (void)state;
    struct random_key key = {.seed = 1};
    for (uint64_t i = 0; i < 20000; i++) {
        double normal, back;
        random_normals(&key, i, 1, &normal);
        double value = ldexp(normal, (int)random_below(&key, i, 2000) - 1000);
        char word[32];
        text_of_real(value, word);
        assert_true(text_to_real(word, &back));
        assert_true(back == value);
    }
}

static void assert_word(void (*write)(int64_t, char *), int64_t value, const char *expected)
{
    char word[32];
    write(value, word);
    assert_string_equal(word, expected);
}

static void counts_have_commas(void **state)
{
    (void)state;
    assert_word(text_of_count, 0, "0");
    assert_word(text_of_count, 999, "999");
    assert_word(text_of_count, 1000, "1,000");
    assert_word(text_of_count, 1234567, "1,234,567");
    assert_word(text_of_count, -123456, "-123,456");
    assert_word(text_of_count, INT64_MIN, "-9,223,372,036,854,775,808");
}

static void bytes_have_units(void **state)
{
    (void)state;
    assert_word(text_of_bytes, 0, "0 B");
    assert_word(text_of_bytes, 999, "999 B");
    assert_word(text_of_bytes, 1000, "1.0 kB");
    assert_word(text_of_bytes, 3400000, "3.4 MB");
    assert_word(text_of_bytes, 99949, "99.9 kB");
    assert_word(text_of_bytes, 99950, "100 kB");
    assert_word(text_of_bytes, 999600, "1.0 MB");
    assert_word(text_of_bytes, INT64_MAX, "9.2 EB");
}

static void assert_duration(double seconds, const char *expected)
{
    char word[32];
    text_of_duration(seconds, word);
    assert_string_equal(word, expected);
}

static void durations_are_said_as_people_do(void **state)
{
    (void)state;
    assert_duration(0, "0.00 s");
    assert_duration(0.35, "0.35 s");
    assert_duration(9.999, "10 s");
    assert_duration(41, "41 s");
    assert_duration(59.6, "1 min 00 s");
    assert_duration(303, "5 min 03 s");
    assert_duration(7500, "2 h 05 min");
    assert_duration(400000, "111 h 06 min");
}

static void durations_are_read_with_units_largest_first(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        double seconds; // 0: none
    } cases[] = {{"90s", 90},         {"15m", 900},     {"2h30m", 9000},
                 {"1d", 86400},       {"90", 90},       {"0.5", 0.5},
                 {"1d2h3m4s", 93784}, {"100h", 360000}, {"0", 0},
                 {"0s", 0},           {"", 0},          {"soon", 0},
                 {"30m2h", 0},        {"2h30", 0},      {"1.5h", 0},
                 {"-5", 0},           {"h", 0},         {"2h 30m", 0},
                 {"1w", 0},           {"1e300", 0},     {"2h2h", 0},
                 {"9999999d", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double seconds;
        assert_int_equal(text_to_duration(cases[i].word, &seconds), cases[i].seconds > 0);
        if (cases[i].seconds > 0)
            assert_true(seconds == cases[i].seconds);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_are_read_whole_or_not_at_all),
        cmocka_unit_test(reals_are_read_whole_finite_and_decimal),
        cmocka_unit_test(floats_are_read_to_the_nearest),
        cmocka_unit_test(floats_are_read_whole_finite_and_decimal),
        cmocka_unit_test(floats_are_those_of_the_c_library),
        cmocka_unit_test(reals_are_written_short),
        cmocka_unit_test(any_real_reads_back_as_itself),
        cmocka_unit_test(counts_have_commas),
        cmocka_unit_test(bytes_have_units),
        cmocka_unit_test(durations_are_said_as_people_do),
        cmocka_unit_test(durations_are_read_with_units_largest_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
