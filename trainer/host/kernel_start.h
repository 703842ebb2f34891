/* OpenBLAS takes its kernels and makes its threads when it is loaded, so what it is to take must
 * stand in the environment before the program starts: it sets that and executes itself once, before
 * MPI. Where a limit of address space would keep OpenBLAS from being loaded, the program ends with
 * a line before any library begins, whatever the command. */
#ifndef KERNEL_START_H
#define KERNEL_START_H

#include "trainer/settings/settings.h"

/* Returns where nothing is left to change. A kernel that is not known or not possible: status 2. */
void kernel_start(const struct settings *settings, char **argv);

#endif
