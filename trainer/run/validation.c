#include "trainer/run/validation.h"
#include "comm/base/die.h"
#include "comm/comm.h"
#include "trainer/apply/evaluation_running.h"
#include "trainer/apply/measure.h"
#include "trainer/process/agree.h"
#include "trainer/settings/task.h"

static int evaluate_running(struct run *run, struct measure *measure, struct evaluation *evaluation)
{
    struct reason why;
    struct running *running = running_open(run->valid, &why);
    agree(running != NULL, "corpus '%s': %s", run->valid->path, why.text);
    int complete =
        evaluation_of_running(&run->model, run->weights, running, run->valid->path, &run->arena,
                              measure ? measure_running : NULL, measure, NULL, evaluation);
    running_close(running);
    return complete;
}

static int evaluate_corpus(struct run *run, struct measure *measure, struct evaluation *evaluation)
{
    struct reason why;
    if (run->valid->stream)
        return evaluate_running(run, measure, evaluation);
    struct pairs *pairs = pairs_open_corpus(run->valid, &why);
    agree(pairs != NULL, "corpus '%s': %s", run->valid->path, why.text);
    int complete =
        evaluation_of_pairs(&run->model, run->weights, pairs, run->valid->path, &run->arena,
                            measure ? measure_block : NULL, measure, evaluation);
    pairs_close(pairs);
    return complete;
}

static bool is_among(const struct metric *metric, const char *names)
{
    struct reason why;
    struct metrics metrics;
    if (!metrics_open(&metrics, names, ~0, &why))
        return false;
    bool found = false;
    for (int i = 0; i < metrics.count; i++)
        found = found || metrics.list[i].metric == metric;
    metrics_close(&metrics);
    return found;
}

/* The metrics of outputs, separated by commas: "" if there is none, or nothing to compare with. */
static void add_names(const struct run *run, struct text *names)
{
    const struct content *target = &run->valid->contents[TARGET];
    const struct metric *metric = metric_steering(run->settings->valid_metric);
    const char *usual = task_shown(task_of((enum task_kind)run->settings->task), target);
    text_clear(names);
    if (target->form == FORM_SYMBOLS && !run->valid->has_text)
        return;
    text_add_format(names, "%s", usual);
    if (metric && !is_among(metric, usual))
        text_add_format(names, "%s%s", *usual ? "," : "", metric->name);
}

/* [all] With outputs; their metrics' values, from rank 0 to all. */
static int measure_pairs(struct run *run, const char *names, struct validation *validation)
{
    struct reason why;
    struct application application;
    application_init(&application, &run->model, run->weights, &run->valid->contents[TARGET],
                     &run->arena);
    struct measure measure = {.application = &application};
    require(metrics_open(&measure.metrics, names, ~0, &why));
    require(measure.metrics.count <= VALIDATION_SHOWN);
    measure_open(&measure, false);
    int complete = evaluate_corpus(run, &measure, &validation->evaluation);
    validation->shown = measure.metrics.count;
    for (int i = 0; i < validation->shown; i++) {
        validation->metrics[i] = measure.metrics.list[i].metric;
        if (complete && comm_rank() == 0)
            validation->values[i] = metric_value(&measure.metrics.list[i]);
    }
    if (complete)
        comm_broadcast(validation->values, sizeof validation->values, 0);
    measure_close(&measure);
    application_release(&application);
    return complete;
}

static double cost_of(const struct validation *validation, const struct metric *metric)
{
    for (int i = 0; metric && i < validation->shown; i++)
        if (validation->metrics[i] == metric)
            return metric_turned(metric, validation->values[i]);
    require(!metric);
    return validation->loss;
}

int validation_run(struct run *run, struct validation *validation)
{
    struct text names = {0};
    struct evaluation *evaluation = &validation->evaluation;
    *validation = (struct validation){0};
    add_names(run, &names);
    int complete = names.length ? measure_pairs(run, names.bytes, validation)
                                : evaluate_corpus(run, NULL, evaluation);
    text_release(&names);
    validation->loss = evaluation->loss / (double)evaluation->tokens;
    validation->cost = cost_of(validation, metric_steering(run->settings->valid_metric));
    return complete;
}
