/* UTF-8 (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF). */
#ifndef UTF8_H
#define UTF8_H

#include "comm/base/text.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool utf8_valid(const char *bytes, size_t length);
/* Bytes of the character that starts here (1 to 4), or 0 if none does; length >= 1. */
int utf8_check(const char *bytes, size_t length);
/* Of one valid character of `step` bytes. */
uint32_t utf8_code_point(const char *bytes, int step);
/* Appends the text with U+FFFD for each byte that is no part of a character. */
void utf8_add_repaired(struct text *text, const char *bytes, size_t length);
/* Bytes of the character that starts here (1 to 4), for valid text with length >= 1. */
int utf8_step(const char *bytes, size_t length);
int64_t utf8_characters(const char *bytes, size_t length); // code points
int64_t utf8_words(const char *bytes, size_t length);      // runs of what is not ASCII white space

#endif
