#include "io/tokenizer.h"
#include "trainer/settings.h"
#include <string.h>

static bool is_stdin(const char *path)
{
    return path && strcmp(path, "-") == 0;
}

/* Every setting of the list that was given has no effect, and why. */
static void refuse_given(const struct settings *settings, const char *const *names,
                         const char *because, struct faults *faults)
{
    for (; *names; names++) {
        int row = settings_row(*names);
        if (settings_given(settings, (const char *)settings + settings_table[row].offset))
            faults_add(faults, "--%s has no effect %s", *names, because);
    }
}

static bool a_side_is(const struct settings *settings, enum tokenizer_kind kind)
{
    int64_t source = settings->source_tokenizer, target = settings->target_tokenizer;
    return (source == CHOSEN ? settings->tokenizer : source) == (int64_t)kind ||
           (target == CHOSEN ? settings->tokenizer : target) == (int64_t)kind;
}

static void check_tokenizers(const struct settings *settings, struct faults *faults)
{
    static const char *const of_like[] = {"tokenizer",  "source-tokenizer",  "target-tokenizer",
                                          "vocabulary", "source-vocabulary", "target-vocabulary",
                                          "joint",      "sentencepiece",     "sample",
                                          "symbols",    "min-count",         "max-length",
                                          NULL};
    static const char *const of_sides[] = {"source-tokenizer", "target-tokenizer",
                                           "source-vocabulary", "target-vocabulary", NULL};
    static const char *const of_sentencepiece[] = {"sentencepiece", "sample", NULL};
    static const char *const of_counting[] = {"min-count", NULL};
    if (settings->like) {
        refuse_given(settings, of_like, "with --like", faults);
        return;
    }
    if (settings->joint == 1)
        refuse_given(settings, of_sides, "with --joint", faults);
    if (!a_side_is(settings, TOKENIZER_SENTENCEPIECE))
        refuse_given(settings, of_sentencepiece, "without --tokenizer sentencepiece", faults);
    if (!a_side_is(settings, TOKENIZER_WORDS) && !a_side_is(settings, TOKENIZER_CHARACTERS))
        refuse_given(settings, of_counting, "without --tokenizer words or characters", faults);
}

static void check_prepare(const struct settings *settings, struct faults *faults)
{
    if (settings->pairs && (settings->source || settings->target))
        faults_add(faults, "give --pairs, or --source and --target, not both");
    else if (!settings->pairs && !(settings->source && settings->target))
        faults_add(faults, "no text is given: give --source and --target, or --pairs");
    if (is_stdin(settings->source) && is_stdin(settings->target))
        faults_add(faults, "--source and --target cannot both be standard input");
    if (!settings->output)
        faults_add(faults, "--output is missing");
    check_tokenizers(settings, faults);
}

static void check_train(const struct settings *settings, struct faults *faults)
{
    double seconds;
    if (!settings->output && !(settings->check == 1 && settings->corpus))
        faults_add(faults, "--output is missing");
    if (settings->stop_after && !text_to_duration(settings->stop_after, &seconds))
        faults_add(faults, "--stop-after: '%s' is no duration such as 90s, 15m, 2h30m or 1d",
                   settings->stop_after);
}

/* score and evaluate; verb: what they do. */
static void check_pairs(const struct settings *settings, const char *verb, struct faults *faults)
{
    bool texts = settings->source || settings->target;
    if (!settings->model)
        faults_add(faults, "--model is missing");
    if (settings->corpus && texts)
        faults_add(faults, "give --corpus, or --source and --target, not both");
    else if (!settings->corpus && !(settings->source && settings->target))
        faults_add(faults, "nothing to %s is given: give --corpus, or --source and --target", verb);
    if (is_stdin(settings->source) && is_stdin(settings->target))
        faults_add(faults, "--source and --target cannot both be standard input");
}

/* A file of --config is meant for train, and may say what is not asked for here. */
static void check_benchmark(const struct settings *settings, struct faults *faults)
{
    static const char *const of_training[] = {"corpus", "checkpoint-interval", "updates"};
    static const char *const of_made_up[] = {"vocabulary", "length", NULL};
    bool counts = settings->what == WHAT_TRAIN || settings->what == WHAT_TRANSLATE;
    if (settings->updates == 0)
        faults_add(faults, "--updates: 0 is below 1");
    for (int i = settings->what == WHAT_TRAIN ? 3 : 0; i < (counts ? 2 : 3); i++)
        if (settings->from[settings_row(of_training[i])] == FROM_COMMAND_LINE)
            faults_add(faults, "--%s has no effect with --what %s", of_training[i],
                       settings_table[settings_row("what")].choices[settings->what]);
    if (settings->corpus && settings->what == WHAT_TRAIN)
        refuse_given(settings, of_made_up, "with --corpus", faults);
}

void settings_check(const struct settings *settings, enum command command, struct faults *faults)
{
    switch (command) {
    case COMMAND_PREPARE:
        check_prepare(settings, faults);
        break;
    case COMMAND_TRAIN:
        check_train(settings, faults);
        break;
    case COMMAND_TRANSLATE:
        if (!settings->model)
            faults_add(faults, "--model is missing");
        break;
    case COMMAND_SCORE:
        check_pairs(settings, "score", faults);
        break;
    case COMMAND_EVALUATE:
        check_pairs(settings, "evaluate", faults);
        if (settings->output && strcmp(settings->output, "-") == 0)
            faults_add(faults, "--output: standard output is for the metrics: give a file");
        break;
    case COMMAND_INSPECT:
        if (!settings->path)
            faults_add(faults, "a path is missing: chorus inspect PATH");
        break;
    case COMMAND_BENCHMARK:
        check_benchmark(settings, faults);
        break;
    }
}
