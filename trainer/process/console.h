/* Standard output of the commands whose result it is. A reader that closes the pipe early (`| head
 * -1`) has seen enough: that is no failure. Anything else that keeps the text from being written
 * is. */
#ifndef CONSOLE_H
#define CONSOLE_H

#include "comm/base/text.h"

/* Writes it whole, at once. False if nobody reads any more; any other failure ends the program. */
bool console_write(const struct text *text);

#endif
