/* This program, run once more by itself: for what it can do only in a process of its own, as
 * another kernel of OpenBLAS, which is chosen when that is loaded. */
#ifndef ITSELF_H
#define ITSELF_H

#include "comm/base/reason.h"
#include "comm/base/text.h"

/* Runs `chorus` with these words (up to NULL) behind its name, without a launcher and without a
 * choice of kernel in its environment, but with one variable more ("NAME=value", or NULL), and
 * waits for its end. output: what it wrote, standard output and error. False with a reason, its
 * last line, where it failed, or where this process was asked to stop. */
bool itself_run(const char *const words[], const char *variable, struct text *output,
                struct reason *why);

#endif
