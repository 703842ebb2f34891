/* The metrics of a model on a corpus or on two texts, a line each on standard output, or as one
 * JSON object; the outputs beside them in a file. The same bytes for any number of ranks, and for a
 * corpus and its texts; the outputs are those of the task's own verb. */
#include "comm/base/clock.h"
#include "comm/base/die.h"
#include "comm/comm.h"
#include "io/folder/aside.h"
#include "io/folder/folder.h"
#include "io/text/json.h"
#include "trainer/apply/application.h"
#include "trainer/apply/evaluation.h"
#include "trainer/apply/measure.h"
#include "trainer/checkpoint/snapshot.h"
#include "trainer/process/agree.h"
#include "trainer/process/console.h"
#include "trainer/process/stop.h"
#include "trainer/settings/commands.h"
#include "trainer/settings/faults.h"
#include "trainer/settings/task.h"
#include <stdio.h>

/* [all] The metrics that are named, or the task's usual ones. */
static void open_metrics(const struct settings *settings, const struct task *task,
                         const struct content *target, struct metrics *metrics)
{
    struct reason why;
    struct faults faults = {0};
    const char *names = settings->metric ? settings->metric : task_metrics(task, target);
    if (!metrics_open(metrics, names, task_metrics_of(task, target), &why))
        faults_add(&faults, "--metric: %s", why.text);
    faults_agree(&faults);
}

/* [all] A corpus that was prepared without --like holds ids alone. */
static void need_text(const struct corpus *corpus, const struct metrics *metrics)
{
    bool needs = metrics_need(metrics, ~(METRIC_NO_OUTPUTS | METRIC_VALUES));
    agree(
        !corpus || corpus->has_text || !needs,
        "corpus '%s': holds no raw target text, which all metrics but perplexity need: prepare it "
        "with --like, or give --source and --target",
        corpus ? corpus->path : "");
}

/* On rank 0. */
static void open_output(const struct settings *settings, struct aside *aside)
{
    const char *const names[] = {"model", "source", "target"};
    const char *const inputs[] = {settings->model, settings->source, settings->target};
    struct reason why;
    for (int i = 0; i < 3; i++)
        if (inputs[i] && folder_same_file(settings->output, inputs[i]))
            die_usage("--output '%s': is the file that --%s reads", settings->output, names[i]);
    if (!aside_open(aside, settings->output, &why))
        die("'%s': %s", settings->output, why.text);
}

static void print(const struct settings *settings, const struct task *task,
                  const struct metrics *metrics, int64_t sentences)
{
    struct text text = {0};
    if (settings->json) {
        json_open(&text, NULL);
        json_text(&text, "task", task->name);
        json_integer(&text, "sentences", sentences);
        metrics_json(metrics, &text);
        json_close(&text);
        text_add(&text, "\n", 1);
    } else {
        metrics_words(metrics, &text);
    }
    console_write(&text);
    text_release(&text);
}

/* [all] There are no outputs, a line each; of a running series its metrics are made from what is
 * expected at each place, piece by piece. */
static void check_running(const struct settings *settings, const struct snapshot *snapshot)
{
    struct faults faults = {0};
    if (snapshot->settings.stream && settings->output)
        faults_add(&faults, "--output has no effect: '%s' is of one running text or series",
                   settings->model);
    faults_agree(&faults);
}

/* [all] */
static void run_running(const struct settings *settings, const struct snapshot *snapshot,
                        struct measure *measure, struct evaluation *evaluation)
{
    struct running_losses losses;
    const bool series = snapshot->contents[TARGET].form == FORM_VECTORS;
    struct corpus *corpus = evaluation_corpus(settings, snapshot);
    struct running *running = evaluation_running(settings, snapshot, corpus);
    measure_open(measure, false);
    int complete = evaluation_of_running(
        &snapshot->model, snapshot->weights, running, settings->corpus, measure->application->arena,
        series ? measure_running : NULL, measure, &losses, evaluation);
    agree(complete, "%s: the evaluation is not complete", stop_words());
    for (int p = 0; p < RUNNING_PIECES && !series; p++)
        metrics_add(&measure->metrics,
                    &(struct metric_case){.loss = losses.loss[p], .tokens = losses.tokens[p]});
    running_close(running);
    corpus_close(corpus);
}

/* [all] */
static void run(const struct settings *settings, struct application *application,
                struct pairs *pairs, struct measure *measure, struct evaluation *evaluation)
{
    double start = clock_seconds();
    measure_open(measure, settings->output != NULL);
    int complete =
        evaluation_of_pairs(application->model, application->weights, pairs, settings->corpus,
                            application->arena, measure_block, measure, evaluation);
    agree(complete, "%s: the evaluation is not complete", stop_words());
    if (measure->applies)
        application_summary(application, evaluation->sentences, clock_seconds() - start);
}

/* [all] */
static void run_pairs(const struct settings *settings, const struct snapshot *snapshot,
                      struct aside *aside, struct measure *measure, struct evaluation *evaluation)
{
    struct reason why;
    struct corpus *corpus = evaluation_corpus(settings, snapshot);
    struct pairs *pairs = evaluation_pairs(settings, snapshot, corpus);
    need_text(corpus, &measure->metrics);
    if (settings->output && comm_rank() == 0) {
        open_output(settings, aside);
        measure->output = aside;
    }
    run(settings, measure->application, pairs, measure, evaluation);
    if (measure->output && !aside_finish(aside, &why))
        die("'%s': %s", settings->output, why.text);
    pairs_close(pairs);
    corpus_close(corpus);
}

int evaluate(const struct settings *settings)
{
    struct snapshot snapshot;
    struct aside aside;
    struct arena arena;
    struct evaluation evaluation;
    snapshot_load(&snapshot, settings);
    arena_init(&arena);
    const struct task *task = task_of((enum task_kind)snapshot.settings.task);
    check_running(settings, &snapshot);
    struct application application;
    application_init(&application, &snapshot.model, snapshot.weights, &snapshot.contents[TARGET],
                     &arena);
    application_search(&application, settings);
    struct measure measure = {.application = &application};
    open_metrics(settings, task, application.target, &measure.metrics);
    if (snapshot.settings.stream)
        run_running(settings, &snapshot, &measure, &evaluation);
    else
        run_pairs(settings, &snapshot, &aside, &measure, &evaluation);
    application_release(&application);
    if (comm_rank() == 0)
        print(settings, task, &measure.metrics, evaluation.sentences);
    measure_close(&measure);
    arena_release(&arena);
    snapshot_close(&snapshot);
    return STATUS_DONE;
}
