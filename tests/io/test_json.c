#include "io/text/json.h"
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void a_line_of_metrics_is_one_object(void **state)
{
    (void)state;
    struct text text = {0};
    json_open(&text, NULL);
    json_text(&text, "kind", "update");
    json_integer(&text, "update", INT64_MIN);
    json_real(&text, "loss", 0.1);
    json_bool(&text, "best", 1);
    json_open_list(&text, "ranks");
    json_integer(&text, NULL, 1);
    json_open(&text, NULL);
    json_close(&text);
    json_open_list(&text, NULL);
    json_close_list(&text);
    json_text(&text, NULL, "{");
    json_bool(&text, NULL, 0);
    json_close_list(&text);
    json_open(&text, "state");
    json_integer(&text, "a", 2);
    json_close(&text);
    json_close(&text);
    assert_string_equal(text.bytes,
                        "{\"kind\":\"update\",\"update\":-9223372036854775808,\"loss\":0.1,"
                        "\"best\":true,\"ranks\":[1,{},[],\"{\",false],\"state\":{\"a\":2}}");
    text_release(&text);
}

static void lines_follow_each_other_without_a_comma(void **state)
{
    (void)state;
    struct text text = {0};
    for (int i = 0; i < 2; i++) {
        json_open(&text, NULL);
        json_close(&text);
        text_add(&text, "\n", 1);
    }
    assert_string_equal(text.bytes, "{}\n{}\n");
    text_release(&text);
}

static void reals_are_exact_or_null(void **state)
{
    (void)state;
    const struct {
        double value;
        const char *word;
    } known[] = {{NAN, "null"}, {INFINITY, "null"}, {-INFINITY, "null"}};
    for (int i = 0; i < 3; i++) {
        struct text text = {0};
        json_real(&text, NULL, known[i].value);
        assert_string_equal(text.bytes, known[i].word);
        text_release(&text);
    }
    const double values[] = {0.0, -0.0, 1.0 / 3, 1e300, 5e-324, 123456789.0};
    for (int i = 0; i < 6; i++) {
        struct text text = {0};
        json_real(&text, NULL, values[i]);
        double back = strtod(text.bytes, NULL);
        assert_memory_equal(&back, &values[i], sizeof back);
        text_release(&text);
    }
}

static void text_is_escaped_and_repaired(void **state)
{
    (void)state;
    struct text text = {0};
    json_text(&text, "a\"b", "字\\ \"x\" /\n\t\r\x01\x1F\x7F");
    assert_string_equal(text.bytes,
                        "\"a\\\"b\":\"字\\\\ \\\"x\\\" /\\n\\t\\u000d\\u0001\\u001f\x7F\"");
    text_clear(&text);
    json_text(&text, NULL, "a\xFFz\xE5\xAD");
    assert_string_equal(text.bytes, "\"a\xEF\xBF\xBDz\xEF\xBF\xBD\xEF\xBF\xBD\"");
    text_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_of_metrics_is_one_object),
        cmocka_unit_test(lines_follow_each_other_without_a_comma),
        cmocka_unit_test(reals_are_exact_or_null),
        cmocka_unit_test(text_is_escaped_and_repaired),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
