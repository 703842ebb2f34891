/* The table, values in words, the command line and YAML files. */
#include "comm/base/memory.h"
#include "faulty.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void names_and_members_are_unique(void **state)
{
    (void)state;
    for (int a = 0; a < settings_count; a++) {
        assert_int_equal(settings_row(settings_table[a].name), a);
        for (int b = 0; b < a; b++) {
            assert_string_not_equal(settings_table[a].name, settings_table[b].name);
            assert_true(settings_table[a].offset != settings_table[b].offset);
        }
    }
    assert_int_equal(settings_row("hiden"), -1);
}

/* Every member but from, configs and config_count, which stand at the end. */
static void every_member_has_a_row(void **state)
{
    (void)state;
    assert_int_equal((size_t)settings_count * 8, offsetof(struct settings, from));
}

static void every_row_has_help_and_a_command(void **state)
{
    (void)state;
    for (int row = 0; row < settings_count; row++) {
        const struct setting *setting = &settings_table[row];
        assert_true(strlen(setting->help) > 2);
        assert_true(setting->help[strlen(setting->help) - 1] != '.');
        assert_true(setting->commands != 0);
        bool has_words = setting->type == SETTING_CHOICE || setting->type == SETTING_TEXT;
        assert_int_equal(setting->choices || setting->rows, has_words);
        assert_true(!setting->chooser || settings_row(setting->chooser) >= 0);
        if (setting->type == SETTING_INTEGER || setting->type == SETTING_REAL)
            assert_true(setting->least >= 0 && setting->least < setting->most);
        if (setting->kind != SETTING_RUN)
            assert_true(setting->commands & COMMAND_TRAIN);
    }
}

/* Some words that a setting takes: its least and most, all choices, a text. */
static int examples(const struct setting *setting, char words[8][32])
{
    int count = 0;
    switch (setting->type) {
    case SETTING_INTEGER:
        snprintf(words[count++], 32, "%.0f", setting->least);
        snprintf(words[count++], 32, "%.0f", setting->most);
        break;
    case SETTING_REAL:
        text_of_real(setting->least, words[count++]);
        text_of_real(setting->most, words[count++]);
        text_of_real(setting->least + (setting->most - setting->least) / 3, words[count++]);
        break;
    case SETTING_SWITCH:
        snprintf(words[count++], 32, "on");
        snprintf(words[count++], 32, "off");
        break;
    case SETTING_CHOICE:
        for (; setting_choice(setting, count).name; count++)
            snprintf(words[count], 32, "%s", setting_choice(setting, count).name);
        break;
    case SETTING_TEXT:
        snprintf(words[count++], 32, "a folder/ä: b");
        break;
    }
    return count;
}

static void every_row_gives_back_what_was_set(void **state)
{
    (void)state;
    struct settings settings;
    struct faults faults = {0};
    struct text value = {0};
    settings_init(&settings);
    for (int row = 0; row < settings_count; row++) {
        char words[8][32];
        int count = examples(&settings_table[row], words);
        for (int i = 0; i < count; i++) {
            settings_set(&settings, row, words[i], FROM_CONFIG, "x", &faults);
            assert_true(settings_get(&settings, row, &value));
            assert_string_equal(value.bytes, words[i]);
        }
        assert_true(settings_given(&settings, (char *)&settings + settings_table[row].offset));
    }
    assert_faults(&faults, "");
    text_release(&value);
    settings_release(&settings);
}

static void what_is_not_set_is_the_default_or_chosen(void **state)
{
    (void)state;
    struct settings settings;
    struct text value = {0};
    settings_init(&settings);
    for (int row = 0; row < settings_count; row++) {
        const struct setting *setting = &settings_table[row];
        bool known = settings_get(&settings, row, &value);
        assert_int_equal(known, setting->fallback || setting->type == SETTING_TEXT);
        if (setting->fallback && setting->type != SETTING_REAL)
            assert_string_equal(value.bytes, setting->fallback);
        assert_false(settings_given(&settings, (char *)&settings + setting->offset));
    }
    assert_true(settings.adam_epsilon == 1e-8);
    assert_true(isnan(settings.dropout_layer));
    assert_int_equal(settings.encoder_hidden, CHOSEN);
    assert_null(settings.output);
    text_release(&value);
    settings_release(&settings);
}

static void an_empty_text_is_its_default(void **state)
{
    (void)state;
    struct settings settings;
    struct faults faults = {0};
    READ(&settings, COMMAND_TRANSLATE, &faults, "--model=", "--input=", "--kernel=");
    assert_null(settings.model);
    assert_string_equal(settings.input, "-");
    assert_string_equal(settings.output, "-");
    assert_string_equal(settings.kernel, "auto");
    assert_faults(&faults, "");
    settings_release(&settings);
}

static void options_are_read_in_all_their_forms(void **state)
{
    (void)state;
    struct settings settings;
    struct faults faults = {0};
    READ(&settings, COMMAND_TRAIN, &faults, "--hidden", "64", "--embedding=32", "--output=--odd",
         "--no-bidirectional", "--check", "--input-feeding", "off", "--source-end=off",
         "--tied-embeddings", "--cell", "gru", "--dropout", "0", "--hidden", "96");
    assert_faults(&faults, "");
    assert_int_equal(settings.hidden, 96);
    assert_int_equal(settings.embedding, 32);
    assert_string_equal(settings.output, "--odd");
    assert_int_equal(settings.bidirectional, 0);
    assert_int_equal(settings.check, 1);
    assert_int_equal(settings.input_feeding, 0);
    assert_int_equal(settings.source_end, 0);
    assert_int_equal(settings.tied_embeddings, 1);
    assert_int_equal(settings.cell, CELL_GRU);
    assert_true(settings.dropout == 0);
    assert_true(settings_given(&settings, &settings.hidden));
    assert_false(settings_given(&settings, &settings.layers));
    settings_release(&settings);
}

static void inspect_takes_one_plain_argument(void **state)
{
    (void)state;
    struct settings settings;
    struct faults faults = {0};
    READ(&settings, COMMAND_INSPECT, &faults, "--json", "run/best.h5", "more");
    assert_string_equal(settings.path, "run/best.h5");
    assert_int_equal(settings.json, 1);
    assert_faults(&faults, "unexpected argument 'more'");
    settings_release(&settings);
    READ(&settings, COMMAND_TRAIN, &faults, "corpus");
    assert_faults(&faults, "unexpected argument 'corpus': did you mean '--corpus'?");
    settings_release(&settings);
}

static void each_wrong_word_is_a_fault(void **state)
{
    (void)state;
    static const struct {
        enum command command;
        const char *words[3], *fault;
    } cases[] = {
        {COMMAND_TRAIN, {"--hiden", "3"}, "unknown option '--hiden': did you mean '--hidden'?"},
        {COMMAND_TRAIN, {"--konfig=x"}, "unknown option '--konfig': did you mean '--config'?"},
        {COMMAND_TRAIN,
         {"--xylophone"},
         "unknown option '--xylophone': 'chorus train --help' lists all"},
        {COMMAND_TRAIN, {"--no-hidden"}, "unknown option '--no-hidden': did you mean '--hidden'?"},
        {COMMAND_TRANSLATE,
         {"--lanes", "2"},
         "option '--lanes' belongs to train and benchmark, not to translate"},
        {COMMAND_TRAIN,
         {"--source=a"},
         "option '--source' belongs to prepare, score and evaluate, not to train"},
        {COMMAND_PREPARE,
         {"--kernel", "Zen"},
         "option '--kernel' belongs to train, translate, tag, classify, generate, score, evaluate, "
         "sample and benchmark, not to prepare"},
        {COMMAND_SCORE,
         {"--config", "a.yml"},
         "option '--config' belongs to train and benchmark, not to score"},
        {COMMAND_BENCHMARK, {"--keep", "4"}, "option '--keep' belongs to train, not to benchmark"},
        {COMMAND_TRAIN, {"--hidden"}, "--hidden: a value is missing"},
        {COMMAND_TRAIN, {"--hidden", "--check"}, "--hidden: a value is missing"},
        {COMMAND_TRAIN, {"--config"}, "--config: a value is missing"},
        {COMMAND_TRAIN, {"--hidden", "abc"}, "--hidden: 'abc' is not a whole number"},
        {COMMAND_TRAIN, {"--hidden", "1.5"}, "--hidden: '1.5' is not a whole number"},
        {COMMAND_TRAIN, {"--hidden="}, "--hidden: a value is missing"},
        {COMMAND_TRAIN, {"--hidden", "0"}, "--hidden: 0 is below 1"},
        {COMMAND_TRAIN, {"--hidden", "70000"}, "--hidden: 70000 is above 65,536"},
        {COMMAND_TRAIN, {"--hidden", "-1"}, "--hidden: -1 is below 1"},
        {COMMAND_TRAIN, {"--dropout", "much"}, "--dropout: 'much' is not a number"},
        {COMMAND_TRAIN, {"--dropout", "nan"}, "--dropout: 'nan' is not a number"},
        {COMMAND_TRAIN, {"--dropout", "1.5"}, "--dropout: 1.5 is above 0.999"},
        {COMMAND_TRAIN, {"--keep", "1"}, "--keep: 1 is below 2"},
        {COMMAND_TRAIN, {"--decoder", "plane"}, "--decoder: 'plane' is none of plain, conditional"},
        {COMMAND_TRAIN, {"--check=perhaps"}, "--check: 'perhaps' is neither on nor off"},
        {COMMAND_TRAIN, {"--no-check=on"}, "--no-check: takes no value"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct settings settings;
        struct faults faults = {0};
        read_words(&settings, cases[i].command, cases[i].words, &faults);
        assert_faults(&faults, cases[i].fault);
        settings_release(&settings);
    }
}

static void all_faults_are_collected(void **state)
{
    (void)state;
    struct settings settings;
    struct faults faults = {0};
    READ(&settings, COMMAND_TRAIN, &faults, "--hiden", "3", "--lanes", "0", "--decoder", "x");
    assert_int_equal(faults.count, 3);
    assert_faults(&faults, "unknown option '--hiden': did you mean '--hidden'?\n"
                           "    --lanes: 0 is below 1\n"
                           "    --decoder: 'x' is none of plain, conditional");
    assert_int_equal(settings.lanes, 8);
    settings_release(&settings);
}

static void write_file(char path[64], const char *content)
{
    snprintf(path, 64, "/tmp/chorus-settings-%d.yml", (int)getpid());
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void the_command_line_wins_over_files_wherever_it_stands(void **state)
{
    (void)state;
    char path[64];
    struct settings settings;
    struct faults faults = {0};
    write_file(path, "hidden: 32\nembedding: 16\nbidirectional: no\nadam-epsilon: 1e-6\n");
    READ(&settings, COMMAND_TRAIN, &faults, "--hidden", "64", "--config", path, "--keep=4");
    remove(path);
    assert_faults(&faults, "");
    assert_int_equal(settings.hidden, 64);
    assert_int_equal(settings.embedding, 16);
    assert_int_equal(settings.bidirectional, 0);
    assert_true(settings.adam_epsilon == 1e-6);
    assert_int_equal(settings.from[settings_row("hidden")], FROM_COMMAND_LINE);
    assert_int_equal(settings.from[settings_row("embedding")], FROM_CONFIG);
    assert_int_equal(settings.config_count, 1);
    assert_string_equal(settings.configs[0], path);
    settings_release(&settings);
}

static void faults_in_a_file_name_its_line(void **state)
{
    (void)state;
    char path[64], expected[512];
    struct settings settings;
    struct faults faults = {0};
    write_file(path, "hidden: 32\nhiden: 3\n\nlayers: many\nbeams: x\nstrict: on\n");
    READ(&settings, COMMAND_TRAIN, &faults, "--config", path);
    remove(path);
    snprintf(expected, sizeof expected,
             "%s: line 2: unknown setting 'hiden': did you mean 'hidden'?\n"
             "    %s: line 4: layers: 'many' is not a whole number\n"
             "    %s: line 5: unknown setting 'beams': 'chorus train --help' lists all\n"
             "    %s: line 6: setting 'strict' belongs to prepare, not to train",
             path, path, path, path);
    assert_faults(&faults, expected);
    settings_release(&settings);
    READ(&settings, COMMAND_TRAIN, &faults, "--config", path);
    snprintf(expected, sizeof expected, "config '%s': No such file or directory", path);
    assert_faults(&faults, expected);
    settings_release(&settings);
}

static void benchmark_is_the_reference_shape_unless_a_file_says_what_is_trained(void **state)
{
    (void)state;
    char path[64];
    struct settings settings;
    struct faults faults = {0};
    READ(&settings, COMMAND_BENCHMARK, &faults, "--hidden", "256");
    assert_int_equal(settings.embedding, 512);
    assert_int_equal(settings.hidden, 256);
    assert_int_equal(settings.attention, ATTENTION_GENERAL);
    assert_int_equal(settings.vocabulary, 8004);
    assert_int_equal(settings.updates, 20);
    assert_int_equal(settings.lanes, CHOSEN);
    assert_false(settings_given(&settings, &settings.embedding));
    settings_release(&settings);
    write_file(path, "hidden: 32\nupdates: 4000\nkeep: 5\nvalid: nothere\nschedule: linear\n");
    READ(&settings, COMMAND_BENCHMARK, &faults, "--config", path);
    remove(path);
    assert_int_equal(settings.embedding, 256);
    assert_int_equal(settings.hidden, 32);
    assert_int_equal(settings.attention, ATTENTION_ADDITIVE);
    assert_int_equal(settings.updates, 20);
    assert_int_equal(settings.lanes, CHOSEN);
    assert_int_equal(settings.keep, 3);
    assert_null(settings.valid);
    assert_int_equal(settings.schedule, CHOSEN);
    assert_faults(&faults, "");
    settings_release(&settings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_members_are_unique),
        cmocka_unit_test(every_member_has_a_row),
        cmocka_unit_test(every_row_has_help_and_a_command),
        cmocka_unit_test(every_row_gives_back_what_was_set),
        cmocka_unit_test(what_is_not_set_is_the_default_or_chosen),
        cmocka_unit_test(an_empty_text_is_its_default),
        cmocka_unit_test(options_are_read_in_all_their_forms),
        cmocka_unit_test(inspect_takes_one_plain_argument),
        cmocka_unit_test(each_wrong_word_is_a_fault),
        cmocka_unit_test(all_faults_are_collected),
        cmocka_unit_test(the_command_line_wins_over_files_wherever_it_stands),
        cmocka_unit_test(faults_in_a_file_name_its_line),
        cmocka_unit_test(benchmark_is_the_reference_shape_unless_a_file_says_what_is_trained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
