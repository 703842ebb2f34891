/* What a side of a corpus or of a model is made of: symbols, with the tokenizer that makes them
 * from text and perhaps features beside each word; or vectors of real numbers, with the mean and
 * deviation that normalise them; or nothing. Corpora and checkpoints hold it under /SIDE. */
#ifndef CONTENT_H
#define CONTENT_H

#include "comm/base/hash.h"
#include "comm/base/sentence.h"
#include "io/sealed/sealed.h"
#include "io/text/factors.h"
#include "io/tokenizer/tokenizer.h"

/* At most: features beside a word, numbers of a place. */
enum { CONTENT_FEATURES = FACTORS_MOST, CONTENT_DIMENSION = 65536 };

struct content {
    enum form form;
    struct tokenizer tokenizer; // FORM_SYMBOLS
    int closed;                 // tags or labels: a symbol that was not seen in training is wrong
    int feature_count;          // beside each word, each with a vocabulary of its own
    struct tokenizer features[CONTENT_FEATURES];
    int dimension, stack;    // FORM_VECTORS: of a place; how many frames of the input it is made of
    float *mean, *deviation; // (dimension)
};
extern const char *const side_names[SIDES]; // "source", "second", "target"

int content_width(const struct content *content); // cells of a place; 0: there is nothing
void content_copy(struct content *to, const struct content *from);
void content_release(struct content *content);
void content_hash(const struct content *content, struct hash *hash); // added to it

/* False names what differs; side: what they are called in words. */
bool content_alike(const struct content *a, const struct content *b, const char *side,
                   struct reason *why);
/* The same of whole arrays of SIDES. */
bool contents_alike(const struct content *a, const struct content *b, struct reason *why);

/* Under /SIDE of any of our files: a side without anything has no group. (content_file.c)
 *     attributes kind (of the tokenizer, or "vectors"), closed, features; stack
 *     vocabulary/bytes, vocabulary/offsets, tokenizer; the same under feature0, feature1, ...
 *     mean, deviation */
bool content_write(struct sealed *file, enum side side, const struct content *content,
                   struct reason *why);
bool content_read(struct sealed *file, enum side side, struct content *content, struct reason *why);

#endif
