/* A folder for what is needed only now, in TMPDIR (or /tmp). It is removed by temporary_close, and
 * when the program dies: so there is one at a time, whose path is kept in temporary.c. */
#ifndef TEMPORARY_H
#define TEMPORARY_H

#include "comm/base/reason.h"

/* Its path, until temporary_close; NULL with a reason that names TMPDIR. */
const char *temporary_open(struct reason *why);
void temporary_close(void);

#endif
