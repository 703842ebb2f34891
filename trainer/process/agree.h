/* Going on only if all ranks are well: comm_agree with a formatted subject and reason. */
#ifndef AGREE_H
#define AGREE_H

#include <stdbool.h>

/* [all] If any rank is not well, the lowest such rank ends the job with its words, status 1. The
 * arguments are read only where it is not well. */
void agree(bool well, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
