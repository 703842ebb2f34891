/* What the checks of settings share: those of settings_check.c, of a file for a command whose
 * checks are many, and of a verb that first has to see the model. */
#ifndef SETTINGS_CHECK_H
#define SETTINGS_CHECK_H

#include "trainer/settings/settings.h"

/* A fault for every setting of the list (NULL at its end) that was given: it has no effect, and
 * why. */
void settings_refuse_given(const struct settings *settings, const char *const *names,
                           const char *because, struct faults *faults);

void settings_check_prepare(const struct settings *settings, struct faults *faults);

#endif
