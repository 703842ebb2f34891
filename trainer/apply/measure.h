/* Metrics of a model on pairs, beside their loss: a receiver of the blocks of an evaluation
 * (evaluation.h) that applies the model to each block's sources where a metric, or a file, needs
 * outputs. Calling sequence: fill in; measure_open; evaluation_of_pairs(..., measure_block,
 * measure, ...); read the metrics, on rank 0; measure_close. */
#ifndef MEASURE_H
#define MEASURE_H

#include "io/folder/aside.h"
#include "trainer/apply/application.h"
#include "trainer/apply/apply.h"
#include "trainer/apply/evaluation_running.h"
#include "trainer/metric/metric.h"
#include <stdbool.h>

struct measure {
    struct metrics metrics; // opened by the caller; fed on rank 0
    struct application *application;
    struct aside *output; // on rank 0, or NULL: gets each output as a line; abandoned if not all
                          // are made
    bool applies;         // set by measure_open: there is something that needs outputs
    struct apply *apply;
    double *values, *wanted; // (capacity) numbers of a pair's vectors
    size_t capacity;
};
/* writes: on every rank, whether rank 0 has an output. */
void measure_open(struct measure *measure, bool writes);
/* [all] An evaluation_block. */
bool measure_block(void *measure, const struct pairs_block *block, const double *losses);
/* A running_each: of a running series, of which there are no outputs to write. */
void measure_running(void *to, const struct running_block *block);
/* Closes the metrics too. */
void measure_close(struct measure *measure);

#endif
