/* Was this process started by a launcher of ranks? Only for the files of comm. */
#ifndef LAUNCHER_H
#define LAUNCHER_H

#include <stdbool.h>

bool launcher_present(void);

#endif
