/* A validation: the loss of the validation corpus, the metrics that the task shows, and that of
 * --valid-metric: those of outputs need these, which are made, as evaluate makes them, on all
 * ranks. */
#ifndef VALIDATION_H
#define VALIDATION_H

#include "trainer/apply/evaluation.h"
#include "trainer/metric/metric.h"
#include "trainer/run/run.h"

enum { VALIDATION_SHOWN = 4 }; // metrics at most
struct validation {
    struct evaluation evaluation;
    double loss; // nats a token
    int shown;
    const struct metric *metrics[VALIDATION_SHOWN];
    double values[VALIDATION_SHOWN];
    double cost; // what a better validation has less of: the loss, or the metric turned so
};

/* [all] The same bits for any number of ranks. Returns 0 if a stop was agreed on. */
int validation_run(struct run *run, struct validation *validation);

#endif
