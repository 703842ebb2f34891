#include "comm/base/memory.h"
#include "comm/base/text.h"
#include <stdio.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void a_text_grows_by_pieces(void **state)
{
    (void)state;
    struct text text;
    text_init(&text);
    for (int i = 0; i < 1000; i++) {
        text_add(&text, "abc", 3);
        text_add_format(&text, "%03d", i);
    }
    assert_int_equal(text.length, 6000);
    for (int i = 0; i < 1000; i++) {
        char expected[32];
        snprintf(expected, sizeof expected, "abc%03d", i);
        assert_memory_equal(text.bytes + 6 * i, expected, 6);
    }
    assert_int_equal(text.bytes[6000], 0);
    text_release(&text);
}

static void clearing_keeps_the_memory(void **state)
{
    (void)state;
    struct text text;
    text_init(&text);
    text_add_format(&text, "%500s", "x");
    struct memory_count before = memory_count();
    for (int i = 0; i < 10; i++) {
        text_clear(&text);
        assert_string_equal(text.bytes, "");
        text_add_format(&text, "%500s", "y");
    }
    assert_int_equal(memory_count().allocations, before.allocations);
    text_release(&text);
}

static void an_empty_text_is_terminated(void **state)
{
    (void)state;
    struct text text;
    text_init(&text);
    text_clear(&text);
    assert_string_equal(text.bytes, "");
    text_release(&text);
    text_add(&text, NULL, 0);
    assert_string_equal(text.bytes, "");
    text_release(&text);
}

static void it_may_hold_nuls(void **state)
{
    (void)state;
    struct text text;
    text_init(&text);
    text_add(&text, "a\0b", 3);
    text_add(&text, "c", 1);
    assert_int_equal(text.length, 4);
    assert_memory_equal(text.bytes, "a\0bc", 5);
    text_release(&text);
}

static const char *const NAMES[] = {"lanes",          "learning-rate",  "embedding",
                                    "encoder-layers", "decoder-layers", "seed"};

static const char *nearest(const char *word)
{
    return text_nearest(word, NAMES, sizeof NAMES / sizeof *NAMES);
}

static void the_nearest_name_is_found(void **state)
{
    (void)state;
    assert_string_equal(nearest("lane"), "lanes");
    assert_string_equal(nearest("lanse"), "lanes");
    assert_string_equal(nearest("lernign-rate"), "learning-rate");
    assert_string_equal(nearest("embeding"), "embedding");
    assert_string_equal(nearest("decodr-layers"), "decoder-layers");
    assert_string_equal(nearest("seed"), "seed");
}

static void a_swap_counts_once(void **state)
{
    (void)state;
    const char *const names[] = {"abxx", "ba"};
    assert_string_equal(text_nearest("ab", names, 2), "ba");
}

static void what_is_far_from_all_has_none(void **state)
{
    (void)state;
    assert_null(nearest("attention"));
    assert_null(nearest("lxnyzs"));
    assert_null(text_nearest("lanes", NULL, 0));
    char long_word[1000];
    memset(long_word, 'a', 999);
    long_word[999] = '\0';
    assert_null(nearest(long_word));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_grows_by_pieces),
        cmocka_unit_test(clearing_keeps_the_memory),
        cmocka_unit_test(an_empty_text_is_terminated),
        cmocka_unit_test(it_may_hold_nuls),
        cmocka_unit_test(the_nearest_name_is_found),
        cmocka_unit_test(a_swap_counts_once),
        cmocka_unit_test(what_is_far_from_all_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
