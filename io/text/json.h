/* Writing JSON into a text, a value at a time: json_open(t); json_integer(t, "update", 3); ...;
 * json_close(t). Names may be NULL inside arrays. Reals in their shortest exact form; what is not
 * finite becomes null. */
#ifndef JSON_H
#define JSON_H

#include "comm/base/text.h"

void json_open(struct text *text, const char *name); // {
void json_close(struct text *text);                  // }
void json_open_list(struct text *text, const char *name);
void json_close_list(struct text *text);
void json_integer(struct text *text, const char *name, int64_t value);
void json_real(struct text *text, const char *name, double value);
void json_bool(struct text *text, const char *name, int value);
void json_text(struct text *text, const char *name,
               const char *value); // invalid UTF-8 becomes U+FFFD

#endif
