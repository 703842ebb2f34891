#include "trainer/validation.h"
#include "comm/base/die.h"
#include "comm/comm.h"
#include "trainer/agree.h"
#include "trainer/evaluate_running.h"
#include "trainer/measure.h"

const struct metric *validation_metric(const char *name)
{
    struct reason why;
    const struct metric *metric = metric_find(name, ~0, true, &why);
    require(metric != NULL);
    return metric->of & METRIC_LOSSES ? NULL : metric;
}

double validation_value(const struct metric *metric, double cost)
{
    return metric->more ? -cost : cost;
}

static int evaluate_text(struct run *run, struct evaluation *evaluation)
{
    struct reason why;
    struct running *running = running_open(run->valid, &why);
    agree(running != NULL, "corpus '%s': %s", run->valid->path, why.text);
    int complete = evaluate_running(&run->model, run->weights, running, run->valid->path,
                                    &run->arena, NULL, evaluation);
    running_close(running);
    return complete;
}

static int evaluate_pairs(struct run *run, struct measure *measure, struct evaluation *evaluation)
{
    struct reason why;
    if (run->valid->stream)
        return evaluate_text(run, evaluation);
    struct pairs *pairs = pairs_open_corpus(run->valid, &why);
    agree(pairs != NULL, "corpus '%s': %s", run->valid->path, why.text);
    int complete = evaluate(&run->model, run->weights, pairs, run->valid->path, &run->arena,
                            measure ? measure_block : NULL, measure, evaluation);
    pairs_close(pairs);
    return complete;
}

/* [all] With outputs; their metric's value, from rank 0 to all. */
static int measure_pairs(struct run *run, const struct metric *metric,
                         struct evaluation *evaluation, double *value)
{
    struct reason why;
    struct application application;
    application_init(&application, &run->model, run->weights, &run->valid->contents[TARGET],
                     &run->arena);
    struct measure measure = {.application = &application};
    require(metrics_open(&measure.metrics, metric->name, metric->of, &why));
    measure_open(&measure, false);
    int complete = evaluate_pairs(run, &measure, evaluation);
    if (complete && comm_rank() == 0)
        *value = metric_value(&measure.metrics.list[0]);
    if (complete)
        comm_broadcast(value, sizeof *value, 0);
    measure_close(&measure);
    application_release(&application);
    return complete;
}

int validation_run(struct run *run, struct validation *validation)
{
    const struct metric *metric = validation_metric(run->settings->valid_metric);
    struct evaluation *evaluation = &validation->evaluation;
    *validation = (struct validation){0};
    int complete = metric ? measure_pairs(run, metric, evaluation, &validation->value)
                          : evaluate_pairs(run, NULL, evaluation);
    validation->loss = evaluation->loss / (double)evaluation->tokens;
    validation->cost = metric ? validation_value(metric, validation->value) : validation->loss;
    return complete;
}
