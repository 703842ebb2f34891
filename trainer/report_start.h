/* The first lines of a run's log: what was found, and what each update will be. */
#ifndef REPORT_START_H
#define REPORT_START_H

#include "trainer/report.h"

void report_start_lines(struct report *report, const struct run *run);
/* Bytes this rank will hold, by part, about. */
struct run_memory {
    int64_t weights, gradients, moments, batches;
    int64_t copy; // of rank 0, for checkpoints
};
void report_memory(const struct run *run, struct run_memory *memory);

#endif
