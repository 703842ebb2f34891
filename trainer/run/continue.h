/* Where a run stands: its newest valid checkpoint, and the settings that it was begun with. One
 * that is damaged, or another run's, is left out with a warning for the one before; a run without
 * any valid one ends the program. */
#ifndef CONTINUE_H
#define CONTINUE_H

#include "io/run/checkpoint.h"
#include "trainer/settings/settings.h"

/* [all] Looks at settings->output. NULL where there is no run yet (a non-empty folder that is no
 * run is wrong usage). Otherwise the run is locked, model and training settings are taken from the
 * checkpoint, limits and run settings from run/settings.yml, unless they were given now; one that
 * was given and contradicts the run is wrong usage. */
struct checkpoint *continue_find(struct settings *settings);

/* A setting as it stands in `what`, "the run", of that path; one that was given now must agree. */
void continue_take(struct settings *settings, int row, const char *stored, const char *what,
                   const char *path, struct faults *faults);

/* On rank 0: the folder is this start's alone from now on, or the program ends. */
void continue_lock(const char *folder);

/* Appends all settings of train that have a value, as YAML. */
void continue_settings(const struct settings *settings, struct text *yaml);
/* On rank 0: settings.yml in the folder. */
void continue_write_settings(const struct settings *settings, const char *folder);

#endif
