/* --help and --version, from the table of settings. On rank 0 alone; elsewhere nothing is printed.
 */
#ifndef HELP_H
#define HELP_H

#include "trainer/settings/settings.h"

void help_program(void); // `chorus --help`: the commands
/* `chorus train --help`: its settings by kind, with defaults and bounds. */
void help_command(enum command command);
void help_version(void); // Chorus, compiler, and the libraries' versions

/* The same as text, appended; lines of at most 100 columns. */
void help_add_command(enum command command, struct text *text);

#endif
