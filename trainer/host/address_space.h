/* What addresses a rank may have (ulimit -v), before something takes them: OpenBLAS waits for ever
 * for those that it cannot have. */
#ifndef ADDRESS_SPACE_H
#define ADDRESS_SPACE_H

#include <stdint.h>

/* [all] Ends the command where a rank's limit leaves less than `need` bytes, of parts in words (""
 * if none is known), and what libraries and threads take. */
void address_space_check(int64_t need, const char *parts);

#endif
