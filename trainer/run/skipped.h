/* Why an update was skipped, in words, for whoever must find the cause: the lane whose loss or
 * gradient is not finite, and the lines of the text that its sentences are. */
#ifndef SKIPPED_H
#define SKIPPED_H

#include "trainer/run/update.h"

/* [all] Sets run->skipped, on every rank: "the gradient of lane 3 is not finite; its sentences:
 * lines 17, 204 of the text". Lanes count from 0, lines from 1. */
void skipped_describe(struct run *run, const struct feed_group *group,
                      const struct update_result *result);

#endif
