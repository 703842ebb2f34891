/* What --help says of every command. */
#include "trainer/metric/metric.h"
#include "trainer/settings/help.h"
#include <stdio.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Columns of a line of UTF-8. */
static int columns(const char *line, size_t bytes)
{
    int count = 0;
    for (size_t i = 0; i < bytes; i++)
        count += ((unsigned char)line[i] & 0xc0) != 0x80;
    return count;
}

static void no_line_is_over_100_columns(void **state)
{
    (void)state;
    for (int i = 0; i < COMMANDS; i++) {
        struct text text = {0};
        help_add_command(command_names[i].command, &text);
        for (const char *line = text.bytes; *line;) {
            size_t bytes = strcspn(line, "\n");
            assert_in_range(columns(line, bytes), 0, 100);
            assert_true(bytes == 0 || line[bytes - 1] != ' ');
            line += bytes + (line[bytes] == '\n');
        }
        text_release(&text);
    }
}

/* The option at the start of a line, as a whole word. */
static bool lists(const char *help, const char *name)
{
    static const char *const forms[] = {"\n  --%s ", "\n  --%s\n", "\n  --[no-]%s ",
                                        "\n  --[no-]%s\n"};
    for (int i = 0; i < 4; i++) {
        char form[80];
        snprintf(form, sizeof form, forms[i], name);
        if (strstr(help, form))
            return true;
    }
    return strcmp(name, "path") == 0 && strstr(help, "\n  PATH ");
}

static void a_command_lists_its_settings_and_no_others(void **state)
{
    (void)state;
    for (int i = 0; i < COMMANDS; i++) {
        struct text text = {0};
        help_add_command(command_names[i].command, &text);
        for (int row = 0; row < settings_count; row++)
            assert_int_equal(lists(text.bytes, settings_table[row].name),
                             (settings_table[row].commands & (int)command_names[i].command) != 0);
        assert_int_equal(lists(text.bytes, "config"),
                         (command_names[i].command & (COMMAND_TRAIN | COMMAND_BENCHMARK)) != 0);
        text_release(&text);
    }
}

/* A command's help with a blank where lines are broken, and where there are several. */
static void add_unbroken(enum command command, struct text *words)
{
    struct text text = {0};
    help_add_command(command, &text);
    for (size_t i = 0; i < text.length; i++) {
        bool blank = text.bytes[i] == ' ' || text.bytes[i] == '\n';
        if (!blank || words->length == 0 || words->bytes[words->length - 1] != ' ')
            text_add(words, blank ? " " : &text.bytes[i], 1);
    }
    text_release(&text);
}

static void assert_shown(const struct text *help, const char *name, const char *of)
{
    char words[512];
    snprintf(words, sizeof words, " %s%s", name, of);
    if (!strstr(help->bytes, words))
        fail_msg("no help says '%s'", words);
}

/* Of the tables that settings choose from, and of the metrics. */
static void each_row_of_a_table_is_shown(void **state)
{
    (void)state;
    struct text settings = {0}, evaluate = {0};
    add_unbroken(COMMAND_PREPARE, &settings);
    add_unbroken(COMMAND_TRAIN, &settings);
    add_unbroken(COMMAND_EVALUATE, &evaluate);
    for (int row = 0; row < settings_count; row++) {
        struct choice (*rows)(int) = settings_table[row].rows, choice;
        for (int i = 0; rows && (choice = rows(i)).name; i++) {
            assert_shown(&settings, choice.name, choice.help ? ", " : "");
            assert_shown(&settings, "", choice.help ? choice.help : "");
        }
    }
    for (int i = 0; metric_table[i]; i++)
        assert_shown(&evaluate, metric_table[i]->name, " ");
    for (int i = 0; metric_table[i]; i++)
        assert_shown(&evaluate, metric_table[i]->help, "");
    text_release(&settings);
    text_release(&evaluate);
}

static void defaults_and_bounds_are_shown(void **state)
{
    (void)state;
    struct text text = {0};
    help_add_command(COMMAND_TRAIN, &text);
    assert_non_null(strstr(text.bytes, "\n  --hidden N                    size of the decoder's "
                                       "state (default: 512) [1..65,536]\n"));
    assert_non_null(strstr(text.bytes,
                           "\n  --cell lstm|gru|rnn           recurrent cell of encoder "
                           "and decoder (default: lstm)\n"));
    assert_non_null(strstr(text.bytes, "(default: 1e-8) [1e-30..1]\n"));
    assert_non_null(strstr(text.bytes, "(default: 3) [2..]\n"));
    assert_non_null(strstr(text.bytes, "75 stopped with a checkpoint"));
    assert_true(strstr(text.bytes, "\nRun (") < strstr(text.bytes, "\nModel ("));
    assert_true(strstr(text.bytes, "\nModel (") < strstr(text.bytes, "\n  --hidden "));
    assert_true(strstr(text.bytes, "\n  --hidden ") < strstr(text.bytes, "\nTraining ("));
    assert_true(strstr(text.bytes, "\nLimits (") < strstr(text.bytes, "\n  --epochs "));
    text_release(&text);
}

static void a_setting_says_what_it_is_for_this_command(void **state)
{
    (void)state;
    for (int i = 0; i < COMMANDS; i++) {
        struct text text = {0};
        help_add_command(command_names[i].command, &text);
        for (const char *bar = strchr(text.bytes, '|'); bar; bar = strchr(bar + 1, '|'))
            for (int j = 0; j < COMMANDS; j++) {
                size_t length = strlen(command_names[j].name);
                assert_false(strncmp(bar + 1, command_names[j].name, length) == 0 &&
                             bar[1 + length] == ':');
            }
        text_release(&text);
    }
    struct text text = {0};
    help_add_command(COMMAND_PREPARE, &text);
    assert_non_null(
        strstr(text.bytes, "--output PATH                 folder of the corpus to make\n"));
    text_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_line_is_over_100_columns),
        cmocka_unit_test(a_command_lists_its_settings_and_no_others),
        cmocka_unit_test(each_row_of_a_table_is_shown),
        cmocka_unit_test(defaults_and_bounds_are_shown),
        cmocka_unit_test(a_setting_says_what_it_is_for_this_command),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
