/* Every rank must have been started alike: mpirun can give ranks commands of their own, and a file
 * of --config may differ from host to host. */
#ifndef SETTINGS_AGREE_H
#define SETTINGS_AGREE_H

#include "trainer/settings/settings.h"

/* [all] The first thing after comm_start, when the settings have been read. A command or a setting
 * that differs from rank 0's is wrong usage; the first that differs is named. */
void settings_agree(const struct settings *settings, enum command command);

#endif
