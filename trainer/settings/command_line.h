/* What the first words of a command line ask for. */
#ifndef COMMAND_LINE_H
#define COMMAND_LINE_H

#include "trainer/settings/settings.h"

/* The verb. False where the words asked for help or the version instead, and were answered. Wrong
 * usage ends the program. argv starts behind the program's name. */
bool command_line(int argc, char **argv, enum command *command);

#endif
