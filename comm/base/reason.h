/* Why something failed, in words, for functions that return a failure instead of ending the program
 * (io and model). The text has no subject: the caller knows what it opened ("No such file or
 * directory", "line 12: ..."). `return fail(why, "checksum of %s does not match", name);` is the
 * idiom. */
#ifndef REASON_H
#define REASON_H

#include <stdbool.h>

struct reason {
    char text[1024];
};

/* Writes the reason (truncated if it must be) and returns false. */
bool fail(struct reason *why, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* With the system's words for errno. */
bool fail_errno(struct reason *why);
/* Puts a subject before the reason that is there: "shard 'shard-00003.h5'", ": ", reason. */
bool fail_about(struct reason *why, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
