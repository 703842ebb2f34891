/* A validation: the loss of the validation corpus, and where --valid-metric is not perplexity the
 * metric of its sources' outputs, which are made, as evaluate makes them, on all ranks. */
#ifndef VALIDATION_H
#define VALIDATION_H

#include "trainer/evaluate.h"
#include "trainer/metric.h"
#include "trainer/run.h"

struct validation {
    struct evaluation evaluation;
    double loss;  // nats a token
    double value; // of the metric
    double cost;  // what a better validation has less of: the loss, or the metric turned so
};

/* The metric of --valid-metric (of such a name), or NULL for perplexity: the loss tells it. */
const struct metric *validation_metric(const char *name);
/* Of a cost the metric's value, and of a value its cost: where more is better, with its sign turned. */
double validation_value(const struct metric *metric, double cost);

/* [all] The same bits for any number of ranks. Returns 0 if a stop was agreed on. */
int validation_run(struct run *run, struct validation *validation);

#endif
