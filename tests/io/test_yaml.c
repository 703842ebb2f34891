#include "comm/base/memory.h"
#include "io/text/yaml.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static bool parse(const char *text, struct yaml *yaml, struct reason *why)
{
    return yaml_parse(text, strlen(text), yaml, why);
}

static void assert_pair(const struct yaml *yaml, int number, const char *name, const char *value,
                        int line)
{
    assert_true(number < yaml->count);
    assert_string_equal(yaml->pairs[number].name, name);
    assert_string_equal(yaml->pairs[number].value, value);
    assert_int_equal(yaml->pairs[number].line, line);
}

static void values_are_strings_as_they_stand(void **state)
{
    (void)state;
    int64_t held = memory_count().bytes;
    struct yaml yaml;
    struct reason why;
    assert_true(parse("# settings\n"
                      "hidden: 512   # units\n"
                      "bidirectional: on\n"
                      "\n"
                      "learning-rate: 1e-3\n"
                      "source: 'train: the #1.zh'\n"
                      "target: \"字\\u5b57\\n\"\n"
                      "valid:\n"
                      "epochs: null\n",
                      &yaml, &why));
    assert_int_equal(yaml.count, 7);
    assert_pair(&yaml, 0, "hidden", "512", 2);
    assert_pair(&yaml, 1, "bidirectional", "on", 3);
    assert_pair(&yaml, 2, "learning-rate", "1e-3", 5);
    assert_pair(&yaml, 3, "source", "train: the #1.zh", 6);
    assert_pair(&yaml, 4, "target", "字字\n", 7);
    assert_pair(&yaml, 5, "valid", "", 8);
    assert_pair(&yaml, 6, "epochs", "null", 9);
    yaml_release(&yaml);
    assert_int_equal(memory_count().bytes, held);
}

static void nothing_is_no_settings(void **state)
{
    (void)state;
    const char *const empty[] = {"", "\n\n", "# only words\n", "---\n", "{}\n", "---\n...\n"};
    for (size_t i = 0; i < sizeof empty / sizeof *empty; i++) {
        struct yaml yaml;
        struct reason why = {""};
        assert_true(parse(empty[i], &yaml, &why));
        assert_int_equal(yaml.count, 0);
        yaml_release(&yaml);
    }
}

static void windows_files_are_read(void **state)
{
    (void)state;
    struct yaml yaml;
    struct reason why = {""};
    assert_true(parse("\xEF\xBB\xBF"
                      "a: 1\r\nb: 2\r\n",
                      &yaml, &why));
    assert_int_equal(yaml.count, 2);
    assert_string_equal(yaml.pairs[0].name, "a");
    assert_string_equal(yaml.pairs[1].value, "2");
    yaml_release(&yaml);
}

static void anything_else_fails_with_its_line(void **state)
{
    (void)state;
    const struct {
        const char *text, *reason;
    } wrong[] = {
        {"a: 1\n\nb: [1, 2]\n", "line 3: a list where a value belongs"},
        {"a: 1\nb:\n- 1\n- 2\n", "line 3: a list where a value belongs"},
        {"a: 1\nb:\n  c: 2\n", "line 3: a mapping where a value belongs"},
        {"a: &x 1\nb: *x\n", "line 2: an alias where a value belongs"},
        {"a: 1\nb: 2\na: 3\n", "line 3: 'a' is already on line 1"},
        {"a: 1\n{b: c}: 2\n", "line 2: a mapping where a name belongs"},
        {"[a, b]: 1\n", "line 1: a list where a name belongs"},
        {"\n- a\n- b\n", "line 2: settings are lines of 'name: value'"},
        {"hidden 512\n", "line 1: settings are lines of 'name: value'"},
        {"a: 1\n---\nb: 2\n", "line 2: a second document"},
        {"a: 1\nb: \"\\0\"\n", "line 2: holds a NUL"},
        {"a: 1\nb: 'open\n", "line 3: found unexpected end of stream"},
        {"\xFF\xFE"
         "a: 1\n",
         "line 1: looks like UTF-16, not UTF-8"},
        {"a: 1\nb: c: d\n", "line 2: mapping values are not allowed in this context"},
        {"a: 1\nb: \xFF\n", "line 2: invalid leading UTF-8 octet"},
        {"a: 1\n\tb: 2\n", "line 2: found a tab character that violates indentation"},
    };
    int64_t held = memory_count().bytes;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct yaml yaml;
        struct reason why = {""};
        assert_false(parse(wrong[i].text, &yaml, &why));
        assert_string_equal(why.text, wrong[i].reason);
        assert_int_equal(yaml.count, 0);
    }
    assert_int_equal(memory_count().bytes, held);
}

static void what_is_written_reads_back(void **state)
{
    (void)state;
    const char *const values[] = {
        "",
        " ",
        "on",
        "null",
        "~",
        "512",
        "-1",
        "1e-08",
        "a b",
        " a",
        "a ",
        "a: b",
        "a:b",
        "a #b",
        "#a",
        "- a",
        "字",
        "，：",
        "\n",
        "a\nb\n",
        "\ta",
        "\r",
        "\"",
        "'",
        "\\",
        "\\n",
        "[a]",
        "{a: b}",
        "*a",
        "&a",
        "!a",
        "%a",
        "@a",
        "`a",
        "---",
        "...",
        "?",
        "|",
        ">",
        "a,b",
        "\x01",
        "\x7F",
        "\xC2\x85",
        "\xE2\x80\xA8",
        "\xEF\xBB\xBF",
        "\xEF\xBF\xBF",
        "\xC2\xA0",
        "👩‍👩",
        "/data/train.zh",
        "run-1/a_b+c.h5",
        "../a",
    };
    enum { COUNT = sizeof values / sizeof *values };
    struct text text = {0};
    struct yaml yaml;
    struct reason why = {""};
    char name[32];
    for (int i = 0; i < COUNT; i++) {
        snprintf(name, sizeof name, "name-%d", i);
        yaml_write(&text, name, values[i]);
    }
    yaml_write(&text, " a: name",
               "\xFF"
               "a");
    if (!parse(text.bytes, &yaml, &why))
        fail_msg("%s", why.text);
    assert_int_equal(yaml.count, COUNT + 1);
    for (int i = 0; i < COUNT; i++) {
        snprintf(name, sizeof name, "name-%d", i);
        assert_pair(&yaml, i, name, values[i], i + 1);
    }
    assert_pair(&yaml, COUNT, " a: name",
                "\xEF\xBF\xBD"
                "a",
                COUNT + 1);
    yaml_release(&yaml);
    text_release(&text);
}

static void simple_values_are_written_plainly(void **state)
{
    (void)state;
    struct text text = {0};
    yaml_write(&text, "learning-rate", "0.001");
    yaml_write(&text, "source", "字: 1");
    assert_string_equal(text.bytes, "learning-rate: 0.001\nsource: \"字: 1\"\n");
    text_release(&text);
}

static void a_file_that_cannot_be_read_says_why(void **state)
{
    (void)state;
    char path[] = "/tmp/chorus-yaml-XXXXXX";
    struct yaml yaml;
    struct reason why = {""};
    assert_false(yaml_read("/tmp/chorus-is-not-there", &yaml, &why));
    assert_string_equal(why.text, "No such file or directory");
    assert_false(yaml_read("/tmp", &yaml, &why));
    assert_string_equal(why.text, "Is a directory");
    FILE *file = fdopen(mkstemp(path), "w");
    fputs("a: 1\nb: 2\n", file);
    fclose(file);
    assert_true(yaml_read(path, &yaml, &why));
    assert_pair(&yaml, 1, "b", "2", 2);
    yaml_release(&yaml);
    assert_int_equal(truncate(path, 2 << 20), 0);
    assert_false(yaml_read(path, &yaml, &why));
    assert_string_equal(why.text, "is longer than 1 MiB");
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_strings_as_they_stand),
        cmocka_unit_test(nothing_is_no_settings),
        cmocka_unit_test(windows_files_are_read),
        cmocka_unit_test(anything_else_fails_with_its_line),
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(simple_values_are_written_plainly),
        cmocka_unit_test(a_file_that_cannot_be_read_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
