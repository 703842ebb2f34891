/* Blanks: spaces and TABs, which stand between words and around lines. */
#ifndef BLANK_H
#define BLANK_H

#include <stdbool.h>

static inline bool is_blank(char letter)
{
    return letter == ' ' || letter == '\t';
}

/* The first in [at, end) that is none, or end. */
static inline const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && is_blank(*at))
        at++;
    return at;
}

/* The first blank, or end. */
static inline const char *skip_word(const char *at, const char *end)
{
    while (at < end && !is_blank(*at))
        at++;
    return at;
}

/* The end of [start, end) without the blanks there. */
static inline const char *drop_blanks(const char *start, const char *end)
{
    while (end > start && is_blank(end[-1]))
        end--;
    return end;
}

#endif
