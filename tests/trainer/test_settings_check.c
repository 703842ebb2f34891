// What a command needs of its settings.
#include "faulty.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void what_a_command_needs_is_checked(void **state)
{
    (void)state;
    static const struct {
        enum command command;
        const char *words[16], *fault;
    } cases[] = {
        {COMMAND_TRAIN, {"--corpus", "c"}, "--output is missing"},
        {COMMAND_TRAIN, {"--output", "o"}, ""},
        {COMMAND_TRAIN, {"--check", "--corpus", "c"}, ""},
        {COMMAND_TRAIN, {"--check"}, "--output is missing"},
        {COMMAND_TRAIN, {"--output", "r", "--stop-after", "2h30m"}, ""},
        {COMMAND_TRAIN,
         {"--output", "r", "--stop-after", "soon"},
         "--stop-after: 'soon' is no duration such as 90s, 15m, 2h30m or 1d"},
        {COMMAND_TRANSLATE, {NULL}, "--model is missing"},
        {COMMAND_TRANSLATE, {"--model", "m"}, ""},
        {COMMAND_INSPECT, {NULL}, "a path is missing: chorus inspect PATH"},
        {COMMAND_SCORE, {"--model", "m", "--corpus", "c"}, ""},
        {COMMAND_SCORE, {"--model", "m", "--source", "s", "--target", "t"}, ""},
        {COMMAND_SCORE, {"--corpus", "c"}, "--model is missing"},
        {COMMAND_EVALUATE,
         {"--model", "m"},
         "nothing to evaluate is given: give --corpus, or --source and --target"},
        {COMMAND_EVALUATE,
         {"--model", "m", "--corpus", "c", "--output", "-"},
         "--output: standard output is for the metrics: give a file"},
        {COMMAND_SCORE,
         {"--model", "m", "--source", "s"},
         "nothing to score is given: give --corpus, or --source and --target"},
        {COMMAND_SCORE,
         {"--model", "m", "--source", "s", "--corpus", "c"},
         "give --corpus, or --source and --target, not both"},
        {COMMAND_PREPARE, {"--pairs", "p", "--output", "o"}, ""},
        {COMMAND_PREPARE, {"--pairs", "p"}, "--output is missing"},
        {COMMAND_PREPARE,
         {"--source", "s", "--output", "o"},
         "no text is given: give --source and --target, or --pairs"},
        {COMMAND_PREPARE,
         {"--source", "s", "--pairs", "p", "--output", "o"},
         "give --pairs, or --source and --target, not both"},
        {COMMAND_PREPARE,
         {"--source", "-", "--target", "-", "--output", "o"},
         "--source and --target cannot both be standard input"},
        {COMMAND_PREPARE,
         {"--pairs", "p", "--output", "o", "--like", "c", "--joint", "--max-length", "3"},
         "--joint has no effect with --like\n    --max-length has no effect with --like"},
        {COMMAND_PREPARE,
         {"--pairs", "p", "--output", "o", "--joint", "--source-vocabulary", "50"},
         "--source-vocabulary has no effect with --joint"},
        {COMMAND_PREPARE,
         {"--pairs", "p", "--output", "o", "--tokenizer", "words", "--sample", "50"},
         "--sample has no effect without --tokenizer sentencepiece"},
        {COMMAND_PREPARE,
         {"--pairs", "p", "--output", "o", "--tokenizer", "words", "--target-tokenizer",
          "sentencepiece", "--sample", "50", "--min-count", "3"},
         ""},
        {COMMAND_PREPARE,
         {"--pairs", "p", "--output", "o", "--min-count", "3"},
         "--min-count has no effect without --tokenizer words or characters"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct settings settings;
        struct faults faults = {0};
        read_words(&settings, cases[i].command, cases[i].words, &faults);
        assert_faults(&faults, "");
        settings_check(&settings, cases[i].command, &faults);
        assert_faults(&faults, cases[i].fault);
        settings_release(&settings);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_command_needs_is_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
