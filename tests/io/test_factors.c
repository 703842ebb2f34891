#include "made_files.h"

#include "io/text/factors.h"

/* The lines, each followed by '/'; or the reason. */
static const char *split(int features, const char *line)
{
    static char all[2048];
    struct factors factors;
    struct reason why = {""};
    int length = 0;
    factors_init(&factors, features);
    bool done = factors_split(&factors, "x|x|x|x", 1 + 2 * (size_t)features, &why);
    assert_true(done); // what was there before is gone
    done = factors_split(&factors, line, strlen(line), &why);
    for (int i = 0; done && i <= features; i++)
        length +=
            snprintf(all + length, sizeof all - (size_t)length, "%s/", factors.lines[i].bytes);
    if (!done)
        snprintf(all, sizeof all, "%s", why.text);
    factors_release(&factors);
    return all;
}

static void words_and_features_become_parallel_lines(void **state)
{
    (void)state;
    assert_string_equal(split(2, "the|D|a  cat|N|b\t sat|V|c "), "the cat sat/D N V/a b c/");
    assert_string_equal(split(1, "猫|名詞"), "猫/名詞/");
    assert_string_equal(split(0, " a|b  c "), "a|b c/");
    assert_string_equal(split(2, " \t "), "///");
    assert_string_equal(split(1, ""), "//");
}

static void a_word_may_hold_bars_itself(void **state)
{
    (void)state;
    assert_string_equal(split(1, "|||NP a|b|c"), "|| a|b/NP c/");
    assert_string_equal(split(2, "|||a|b"), "||/a/b/");
}

static void a_word_with_other_features_is_named(void **state)
{
    (void)state;
    assert_string_equal(split(2, "a|b|c cat|N"), "word 2, 'cat|N', has 1 feature, not 2");
    assert_string_equal(split(1, "cat"), "word 1, 'cat', has 0 features, not 1");
    assert_string_equal(split(2, "a||c"), "word 1, 'a||c', has an empty feature");
    assert_string_equal(split(1, "a|"), "word 1, 'a|', has an empty feature");
    assert_string_equal(split(1, "a|b |b"), "word 2, '|b', has features only");
    assert_string_equal(split(2, "|b|c"), "word 1, '|b|c', has features only");
}

static void nothing_is_kept(void **state)
{
    (void)state;
    int64_t held = memory_count().bytes;
    struct factors factors;
    struct reason why;
    factors_init(&factors, FACTORS_MOST);
    assert_false(factors_split(&factors, "a", 1, &why));
    factors_release(&factors);
    assert_int_equal(memory_count().bytes, held);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_and_features_become_parallel_lines),
        cmocka_unit_test(a_word_may_hold_bars_itself),
        cmocka_unit_test(a_word_with_other_features_is_named),
        cmocka_unit_test(nothing_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
