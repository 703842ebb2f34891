/* From what an example has on a side, as a person wrote it, to the cells of a sequence: text is
 * tokenised, with the features beside its words; vectors are stacked and normalised. Calling
 * sequence: encode_init, encode ..., encode_release. */
#ifndef ENCODE_H
#define ENCODE_H

#include "io/corpus/content.h"
#include "io/corpus/examples.h"
#include "io/text/factors.h"

struct encode_room { // kept from line to line
    struct factors factors;
    struct ids ids[1 + CONTENT_FEATURES];
    float *values;
    int64_t capacity;
};
void encode_init(struct encode_room *room, const struct content *content);
void encode_release(struct encode_room *room);

/* Appends the cells; *places is how many places they are. A failure says what is wrong, without
 * path and line: invalid UTF-8, features that are missing, a tag or label that was not seen in
 * training, vectors of another dimension. */
bool encode(const struct content *content, const struct raw *raw, struct encode_room *room,
            struct ids *cells, int *places, struct reason *why);

#endif
