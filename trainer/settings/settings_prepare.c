/* What of prepare's settings contradicts the task, the formats of the input or each other. */
#include "io/corpus/examples.h"
#include "trainer/settings/settings_check.h"
#include "trainer/settings/task.h"
#include <stdio.h>
#include <string.h>

bool settings_columns(const char *value, int column[SIDES])
{
    int end = 0;
    column[SECOND] = -1;
    return sscanf(value, "%5d,%5d%n", &column[SOURCE], &column[TARGET], &end) == 2 && !value[end] &&
           column[SOURCE] >= 0 && column[TARGET] >= 0;
}

static const struct task *task_given(const struct settings *settings)
{
    return task_of((enum task_kind)settings->task);
}

static bool is_text(const struct settings *settings, enum side side)
{
    return settings_texts(settings).formats[side] == EXAMPLES_TEXT;
}

enum tokenizer_kind settings_tokenizer(const struct settings *settings, enum side side)
{
    const struct task *task = task_given(settings);
    const bool target = side == TARGET;
    int64_t own = target ? settings->target_tokenizer : settings->source_tokenizer;
    if (own != CHOSEN)
        return (enum tokenizer_kind)own;
    if (settings_given(settings, &settings->tokenizer) && !(target && task->rules.classes))
        return (enum tokenizer_kind)settings->tokenizer;
    return target ? task->target_tokenizer : task->source_tokenizer;
}

static bool a_side_is(const struct settings *settings, enum tokenizer_kind kind)
{
    return (is_text(settings, SOURCE) && settings_tokenizer(settings, SOURCE) == kind) ||
           (is_text(settings, TARGET) && settings_tokenizer(settings, TARGET) == kind);
}

static void check_tokenizers(const struct settings *settings, struct faults *faults)
{
    static const char *const of_like[] = {"task",
                                          "tokenizer",
                                          "source-tokenizer",
                                          "target-tokenizer",
                                          "vocabulary",
                                          "source-vocabulary",
                                          "target-vocabulary",
                                          "joint",
                                          "sentencepiece",
                                          "sample",
                                          "symbols",
                                          "min-count",
                                          "max-length",
                                          "features",
                                          "stack",
                                          "stream",
                                          NULL};
    static const char *const of_sides[] = {"source-tokenizer", "target-tokenizer",
                                           "source-vocabulary", "target-vocabulary", NULL};
    static const char *const of_sentencepiece[] = {"sentencepiece", "sample", NULL};
    static const char *const of_counting[] = {"min-count", NULL};
    if (settings->like) {
        settings_refuse_given(settings, of_like, "with --like", faults);
        return;
    }
    if (settings->joint == 1)
        settings_refuse_given(settings, of_sides, "with --joint", faults);
    if (!a_side_is(settings, TOKENIZER_SENTENCEPIECE))
        settings_refuse_given(settings, of_sentencepiece, "without --tokenizer sentencepiece",
                              faults);
    if (!a_side_is(settings, TOKENIZER_WORDS) && !a_side_is(settings, TOKENIZER_CHARACTERS))
        settings_refuse_given(settings, of_counting, "without --tokenizer words or characters",
                              faults);
}

static void check_vectors(const struct settings *settings, struct faults *faults)
{
    static const char *const of_source[] = {"source-tokenizer", "source-vocabulary", "features",
                                            NULL};
    static const char *const of_target[] = {"target-tokenizer", "target-vocabulary", NULL};
    static const char *const of_vectors[] = {"stack", NULL};
    static const char *const of_text[] = {"joint", NULL};
    const enum side stacked = task_given(settings)->rules.sources == 0 ? TARGET : SOURCE;
    if (is_text(settings, stacked))
        settings_refuse_given(
            settings, of_vectors,
            stacked == TARGET ? "with --target-format text" : "with --source-format text", faults);
    if (!is_text(settings, SOURCE))
        settings_refuse_given(settings, of_source, "where the source is vectors", faults);
    if (!is_text(settings, TARGET))
        settings_refuse_given(settings, of_target, "where the target is vectors", faults);
    if (!is_text(settings, SOURCE) || !is_text(settings, TARGET))
        settings_refuse_given(settings, of_text, "where a side is vectors", faults);
}

static void check_task(const struct settings *settings, struct faults *faults)
{
    const struct task *task = task_given(settings);
    const enum tokenizer_kind source = settings_tokenizer(settings, SOURCE);
    const enum tokenizer_kind target = settings_tokenizer(settings, TARGET);
    if (settings->second && task->rules.sources_most < 2)
        faults_add(faults, "--task %s has no second source", task->name);
    if (settings->joint == 1 && (task->rules.classes || task->rules.sources == 0))
        faults_add(faults, "--joint has no effect with --task %s", task->name);
    if (task_in_step(task) && is_text(settings, SOURCE) && source != TOKENIZER_WORDS &&
        source != TOKENIZER_CHARACTERS)
        faults_add(faults, "--task %s needs --source-tokenizer words or characters: a %s for each",
                   task->name, task->unit);
    if (settings->stream == 1 && task->rules.sources > 0)
        faults_add(faults, "--stream has no effect with --task %s", task->name);
    if (settings->stream == 1 && settings_given(settings, &settings->max_length))
        faults_add(faults, "--max-length has no effect with --stream");
    if (task_in_step(task) && settings->stack > 1)
        faults_add(faults, "--stack has no effect with --task %s: a %s for each frame", task->name,
                   task->unit);
    if (task->rules.classes && is_text(settings, TARGET) && target != TOKENIZER_WORDS &&
        target != TOKENIZER_LINES)
        faults_add(faults, "--task %s needs --target-tokenizer words or lines", task->name);
    if (settings->features > 0 && is_text(settings, SOURCE) && source != TOKENIZER_WORDS)
        faults_add(faults, "--features needs --source-tokenizer words");
}

static void check_files(const struct settings *settings, struct faults *faults)
{
    const struct task *task = task_given(settings);
    bool sides = settings->source || settings->target;
    const bool conll = settings->format == FORMAT_CONLL;
    int column[SIDES];
    if (settings->pairs && (sides || conll))
        faults_add(faults, "give --pairs, or --source and --target, not both");
    else if (conll && (settings->target || !settings->source))
        faults_add(faults, "--format conll: give the file as --source, and no --target");
    else if (conll && !settings_columns(settings->columns, column))
        faults_add(faults, "--columns: '%s' is not two numbers such as 0,3", settings->columns);
    else if (task->rules.sources == 0 && (settings->source || settings->pairs))
        faults_add(faults, "--task %s has no source: give its text as --target", task->name);
    else if (task->rules.sources == 0 && !settings->target)
        faults_add(faults, "no text is given: give --target");
    else if (task->rules.sources > 0 && !settings->pairs && !conll &&
             !(settings->target && (settings->source || settings->like)))
        faults_add(faults, "no text is given: give --source and --target, or --pairs");
}

/* A format is of a file that one side has to itself. */
static void check_formats(const struct settings *settings, struct faults *faults)
{
    static const char *const of_sides[] = {"second", "source-format", "target-format", NULL};
    static const char *const of_source[] = {"source-format", NULL};
    static const char *const of_second[] = {"second-format", NULL};
    static const char *const of_conll[] = {"columns", NULL};
    if (settings->pairs || settings->format == FORMAT_CONLL)
        settings_refuse_given(settings, of_sides,
                              settings->pairs ? "with --pairs" : "with --format conll", faults);
    else if (!settings->source)
        settings_refuse_given(settings, of_source, "without --source", faults);
    if (!settings->second)
        settings_refuse_given(settings, of_second, "without --second", faults);
    if (settings->format != FORMAT_CONLL)
        settings_refuse_given(settings, of_conll, "without --format conll", faults);
}

static bool is_stdin(const char *path)
{
    return path && strcmp(path, "-") == 0;
}

void settings_check_prepare(const struct settings *settings, struct faults *faults)
{
    check_files(settings, faults);
    check_formats(settings, faults);
    if (is_stdin(settings->source) + is_stdin(settings->second) + is_stdin(settings->target) > 1)
        faults_add(faults, "--source and --target cannot both be standard input");
    if (!settings->output)
        faults_add(faults, "--output is missing");
    check_tokenizers(settings, faults);
    check_vectors(settings, faults);
    if (!settings->like)
        check_task(settings, faults);
}
