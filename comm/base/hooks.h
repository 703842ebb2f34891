/* Where tests reach into a running program: to send a signal at a point, flip a bit, make a NaN.
 * The table is empty in `chorus`; the tests' own program fills it. `at` is called with the point's
 * name, a number (mostly the update) and the data that the point is about, or NULL. */
#ifndef HOOKS_H
#define HOOKS_H

#include <stddef.h>
#include <stdint.h>

struct hooks {
    void (*at)(const char *point, int64_t number, void *data, size_t bytes);
};
extern struct hooks hooks;

static inline void hook_at(const char *point, int64_t number, void *data, size_t bytes)
{
    if (hooks.at)
        hooks.at(point, number, data, bytes);
}

#endif
