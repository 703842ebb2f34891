/* Settings in YAML: one mapping of names to scalars (libyaml). Anything else (lists, nested
 * mappings, a name twice) is a failure with its line. */
#ifndef YAML_H_OURS
#define YAML_H_OURS

#include "comm/base/reason.h"
#include "comm/base/text.h"

struct yaml_pair {
    char *name, *value;
    int line; // from 1
};
struct yaml {
    struct yaml_pair *pairs;
    int count;
};
/* Reason: "line 3: ..." */
bool yaml_read(const char *path, struct yaml *yaml, struct reason *why);
bool yaml_parse(const char *bytes, size_t length, struct yaml *yaml, struct reason *why);
void yaml_release(struct yaml *yaml);
/* Appends the line "name: value", quoted where it must be to read back as the same string (what is
 * not UTF-8 becomes U+FFFD). */
void yaml_write(struct text *text, const char *name, const char *value);

#endif
