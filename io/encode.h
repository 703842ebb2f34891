/* From an example's side, as a person wrote it, to the cells of a sequence. */
#ifndef ENCODE_H
#define ENCODE_H

#include "io/content.h"
#include "io/examples.h"

/* Appends the cells; *places is how many places they are. A failure says what is wrong with the
 * line, without its number. */
bool encode(const struct content *content, const struct raw *raw, struct ids *cells, int *places,
            struct reason *why);

#endif
