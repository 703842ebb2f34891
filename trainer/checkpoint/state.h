/* Everything that steers a run beside its weights and moments; all of it stands in the checkpoint's
 * /state. */
#ifndef STATE_H
#define STATE_H

#include "io/run/checkpoint.h"

struct train_state {
    int64_t update;         // updates done, skipped ones included
    int64_t steps;          // of the optimizer: updates that were not skipped
    int64_t skips;          // updates skipped in a row, up to now
    int64_t epoch, group;   // place: the next group of the stream
    int64_t validation_due; // 1: a stop came before the validation of this update was done
    int64_t best_update;    // 0: no validation yet
    int64_t since_best;     // validations since the best
    int64_t bad;        // validations without a new best since the last change of rate (plateau)
    double best_loss;   // the least cost of a validation (validation.h): with --valid-metric
                        // perplexity nats a token, plain cross-entropy
    double lowest_loss; // of a validation, in nats a token; in the checkpoint only where it is not
                        // best_loss by definition
    double rate_factor; // of schedule plateau
    /* since the last validation */
    double sum_loss;
    int64_t sum_tokens, sum_updates, sum_clipped;
};

/* To a checkpoint, and back; a state that no run can have come to is refused. */
bool state_write(const struct train_state *state, const char *valid_metric,
                 struct checkpoint_writer *writer, struct reason *why);
bool state_read(struct train_state *state, struct checkpoint *checkpoint, struct reason *why);
/* The names of its values, for `inspect`: integers, then reals; NULL-terminated. */
extern const char *const state_integers[], *const state_reals[];

#endif
