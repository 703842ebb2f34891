/* The verbs. Each gets checked settings, runs on all ranks between comm_start and comm_stop, and
 * returns the status that rank 0 ends with (the others end with 0). Each stands in a file of its
 * own name. */
#ifndef COMMANDS_H
#define COMMANDS_H

#include "trainer/settings/settings.h"

int prepare(const struct settings *settings);
int train(struct settings *settings);
int translate(const struct settings *settings, enum command command); // tag, classify, generate
int score(const struct settings *settings);
int evaluate(const struct settings *settings);
int inspect(const struct settings *settings);
int sample(const struct settings *settings);
int benchmark(struct settings *settings);

#endif
