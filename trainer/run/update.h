/* One update: forward and backward of each lane, the sum along the tree, the
 * norm, the optimizer's step on this rank's part, the gather of the parameters. */
#ifndef UPDATE_H
#define UPDATE_H

#include "trainer/run/feed.h"
#include "trainer/run/run.h"

struct update_result {
    int64_t epoch;  // that it was part of, from 1
    double loss;    // nats a target token, as trained (smoothed)
    int64_t tokens; // target tokens of all lanes, ends included
    int64_t source_tokens;
    int64_t sentences;
    double norm; // of the mean gradient a token, before clipping
    double rate;
    int clipped, skipped;
    int broken;   // lanes whose loss or gradient is not finite
    int lane;     // the first of them
    bool of_loss; // it is its loss
};

/* [all] Moves weights, moments and state on by one update. check_weights: the weights are compared
 * over the ranks before the sum. */
void update_run(struct run *run, const struct feed_group *group, int check_weights,
                struct update_result *result);

#endif
