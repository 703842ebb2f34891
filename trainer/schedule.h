/* Learning rates, and what a validation changes (design, section 5). Pure. */
#ifndef SCHEDULE_H
#define SCHEDULE_H

#include "trainer/settings.h"
#include "trainer/state.h"

/* The rate of update number `update`, from 1. Linear warm-up comes before any schedule. */
double schedule_rate(const struct settings *settings, const struct train_state *state,
                     int64_t update);

/* Takes in a validation's loss (nats a token) at state->update: best, patience, plateau; clears the
 * sums. Returns 1 for a new best. */
int schedule_validated(const struct settings *settings, struct train_state *state, double loss);

enum ending { ENDING_NONE, ENDING_UPDATES, ENDING_EPOCHS, ENDING_PATIENCE };
enum ending schedule_ending(const struct settings *settings, const struct train_state *state);

#endif
