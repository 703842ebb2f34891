/* The first lines of a run's log: what was found, and what each update will be. */
#ifndef REPORT_START_H
#define REPORT_START_H

#include "trainer/run/report.h"

void report_start_lines(struct report *report, const struct run *run);

#endif
