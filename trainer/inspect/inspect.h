/* What `chorus inspect` tells, appended to a text: for people, or as one JSON object. With --check
 * everything is read. What cannot be read ends the program. */
#ifndef INSPECT_H
#define INSPECT_H

#include "io/corpus/corpus.h"
#include "trainer/settings/settings.h"

void inspect_corpus(const char *path, const struct settings *settings, struct text *text);
/* name: of the object in what surrounds it, or NULL. */
void inspect_checkpoint(const char *path, const char *name, const struct settings *settings,
                        struct text *text);

/* What one side is made of; in JSON an object is left open. */
void inspect_add_content(const struct content *content, enum side side, struct text *text);
void inspect_add_content_json(const struct content *content, enum side side, struct text *text);
/* For people: "  name            value". */
void inspect_add_line(struct text *text, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
