#include "trainer/settings/settings_check.h"
#include "trainer/settings/task.h"
#include <string.h>

static bool is_stdin(const char *path)
{
    return path && strcmp(path, "-") == 0;
}

void settings_refuse_given(const struct settings *settings, const char *const *names,
                           const char *because, struct faults *faults)
{
    for (; *names; names++) {
        int row = settings_row(*names);
        if (settings_given(settings, (const char *)settings + settings_table[row].offset))
            faults_add(faults, "--%s has no effect %s", *names, because);
    }
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

/* How sequences are searched for. */
static void check_search(const struct settings *settings, struct faults *faults)
{
    static const char *const of_lengths[] = {"length-penalty", "length-normalisation", NULL};
    if (!settings->model)
        faults_add(faults, "--model is missing");
    if (settings->n_best > settings->beam)
        faults_add(faults, "--n-best %lld is above --beam %lld", (long long)settings->n_best,
                   (long long)settings->beam);
    if (settings->beam == 1 && settings->n_best == 0)
        settings_refuse_given(settings, of_lengths, "with --beam 1", faults);
}

/* score and evaluate; verb: what they do. */
static void check_pairs(const struct settings *settings, const char *verb, struct faults *faults)
{
    bool texts = settings->source || settings->target;
    if (!settings->model)
        faults_add(faults, "--model is missing");
    if (settings->corpus && texts)
        faults_add(faults, "give --corpus, or --source and --target, not both");
    else if (!settings->corpus && !settings->target)
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
    if (settings->length < 5 || settings->length > 10000)
        faults_add(faults, "--length: %lld is not within 5 and 10000", (long long)settings->length);
    if (settings->updates == 0)
        faults_add(faults, "--updates: 0 is below 1");
    for (int i = settings->what == WHAT_TRAIN ? 3 : 0; i < (counts ? 2 : 3); i++)
        if (settings->from[settings_row(of_training[i])] == FROM_COMMAND_LINE)
            faults_add(faults, "--%s has no effect with --what %s", of_training[i],
                       settings_chosen(settings, "what").name);
    const struct task *task = task_of((enum task_kind)settings->task);
    if (settings->what == WHAT_PREPARE && settings_given(settings, &settings->task))
        faults_add(faults, "--task has no effect with --what prepare");
    if (settings->what == WHAT_TRANSLATE && !task_searches(task))
        faults_add(faults, "--what translate has no effect with --task %s: it does not search",
                   task->name);
    if (settings->corpus && settings->what == WHAT_TRAIN)
        settings_refuse_given(settings, of_made_up, "with --corpus", faults);
}

void settings_check(const struct settings *settings, enum command command, struct faults *faults)
{
    switch (command) {
    case COMMAND_PREPARE:
        settings_check_prepare(settings, faults);
        break;
    case COMMAND_TRAIN:
        check_train(settings, faults);
        break;
    case COMMAND_TRANSLATE:
    case COMMAND_TAG:
    case COMMAND_CLASSIFY:
    case COMMAND_GENERATE:
        check_search(settings, faults);
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
    case COMMAND_SAMPLE:
        if (!settings->model)
            faults_add(faults, "--model is missing");
        break;
    }
}
