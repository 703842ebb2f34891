#include "io/text/utf8.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char *const good[] = {
    "",
    "a",
    "\x7F",
    "\xC2\x80",
    "\xDF\xBF",
    "\xE0\xA0\x80",
    "\xED\x9F\xBF",
    "\xEE\x80\x80",
    "\xEF\xBF\xBD",
    "\xEF\xBF\xBF",
    "\xF0\x90\x80\x80",
    "\xF4\x8F\xBF\xBF",
    "twelve letters and a 字",
};
static const char *const bad[] = {
    "\x80",             // begins with a continuation
    "\xC0\x80",         // overlong NUL
    "\xC1\xBF",         // overlong U+007F
    "\xE0\x9F\xBF",     // overlong U+07FF
    "\xF0\x8F\xBF\xBF", // overlong U+FFFF
    "\xED\xA0\x80",     // surrogates
    "\xED\xBF\xBF",
    "\xF4\x90\x80\x80", // U+110000
    "\xF5\x80\x80\x80",
    "\xFF",
    "\xFE",
    "\xC3",
    "\xE5\xAD",
    "\xF0\x9F\x91", // truncated
    "\xC3z",
    "\xE5z\x97",
    "\xE5\xADz",
    "\xF0z\x91\xA9",
    "\xF0\x9Fz\xA9",
    "\xF0\x9F\x91z",
    "\xC3\xC3\xA9",
    "\xE5\xAD\x97\x97",
};

/* At every place of a longer text too: the check goes through ASCII by eights. */
static void valid_is_what_rfc_3629_says(void **state)
{
    (void)state;
    for (size_t before = 0; before < 20; before++)
        for (size_t i = 0; i < sizeof good / sizeof *good + sizeof bad / sizeof *bad; i++) {
            bool expected = i < sizeof good / sizeof *good;
            const char *piece = expected ? good[i] : bad[i - sizeof good / sizeof *good];
            char line[64];
            memset(line, 'x', sizeof line);
            memcpy(line + before, piece, strlen(piece));
            assert_int_equal(utf8_valid(line, before + strlen(piece)), expected);
            assert_int_equal(utf8_valid(line, sizeof line), expected);
        }
}

static void every_code_point_is_read_back(void **state)
{
    (void)state;
    const struct {
        const char *bytes;
        uint32_t point;
    } known[] = {
        {"A", 0x41}, {"\xC3\xA9", 0xE9}, {"\xE5\xAD\x97", 0x5B57}, {"\xF0\x9F\x91\xA9", 0x1F469}};
    for (int i = 0; i < 4; i++) {
        int step = utf8_step(known[i].bytes, strlen(known[i].bytes));
        assert_int_equal(step, i + 1);
        assert_int_equal(utf8_check(known[i].bytes, strlen(known[i].bytes)), i + 1);
        assert_int_equal(utf8_code_point(known[i].bytes, step), known[i].point);
    }
}

static void characters_are_code_points(void **state)
{
    (void)state;
    assert_int_equal(utf8_characters("", 0), 0);
    assert_int_equal(utf8_characters("a é 字", 7), 5);
    assert_int_equal(utf8_characters("e\xCC\x81", 3), 2); // a combining mark
}

static void words_are_runs_between_white_space(void **state)
{
    (void)state;
    assert_int_equal(utf8_words("", 0), 0);
    assert_int_equal(utf8_words(" \t\r\v\f\n", 6), 0);
    assert_int_equal(utf8_words("one", 3), 1);
    assert_int_equal(utf8_words("  one \t two\rthree ", 18), 3);
    assert_int_equal(utf8_words("\xC2\xA0", 2), 1); // a no-break space is not ASCII
}

static void repairing_replaces_only_what_is_wrong(void **state)
{
    (void)state;
    struct text text = {0};
    utf8_add_repaired(&text, "a\xFF字\xE5\xAD", 7);
    assert_string_equal(text.bytes, "a\xEF\xBF\xBD字\xEF\xBF\xBD\xEF\xBF\xBD");
    text_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(valid_is_what_rfc_3629_says),
        cmocka_unit_test(every_code_point_is_read_back),
        cmocka_unit_test(characters_are_code_points),
        cmocka_unit_test(words_are_runs_between_white_space),
        cmocka_unit_test(repairing_replaces_only_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
