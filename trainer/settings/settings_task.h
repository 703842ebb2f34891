/* Private to the resolving of train's settings (settings_resolve.c): what depends on the task. */
#ifndef SETTINGS_TASK_H
#define SETTINGS_TASK_H

#include "trainer/settings/settings.h"

/* What was not given and has another default for this task gets it; before anything is chosen. */
void settings_task_defaults(struct settings *settings, const struct settings_facts *facts);
/* A fault for each setting that was given and has no meaning for the task, or for what the sides
 * are made of. */
void settings_task_check(const struct settings *settings, const struct settings_facts *facts,
                         struct faults *faults);

#endif
