/* Learning rates, what a validation changes, and when a run is at its end: of updates, of epochs,
 * of patience (early stopping). Pure. train.c asks. */
#ifndef SCHEDULE_H
#define SCHEDULE_H

#include "comm/base/reason.h"
#include "trainer/checkpoint/state.h"
#include "trainer/settings/settings.h"

/* The rate of update number `update`, from 1. Linear warm-up comes before any schedule. */
double schedule_rate(const struct settings *settings, const struct train_state *state,
                     int64_t update);

/* Takes in a validation's loss (nats a token) and cost (validation.h) at state->update: best,
 * patience and plateau go by the cost; clears the sums. Returns 1 for a new best. */
int schedule_validated(const struct settings *settings, struct train_state *state, double loss,
                       double cost);

/* False, with why in words, if a validation's loss shows that training diverges: it is not finite,
 * or more than settings->divergence above the lowest, which before the first validation is that of
 * guessing. To be asked before schedule_validated. */
bool schedule_sound(const struct settings *settings, const struct train_state *state, double loss,
                    double guessing, struct reason *why);
/* Nats a target place of one who knows nothing: symbols are equally likely, vectors their mean, and
 * each decoded one as likely the last as not. */
double schedule_guessing(const struct shape *shape);

enum ending { ENDING_NONE, ENDING_UPDATES, ENDING_EPOCHS, ENDING_PATIENCE };
enum ending schedule_ending(const struct settings *settings, const struct train_state *state);

#endif
