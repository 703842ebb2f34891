/* The SentencePiece library in C, private to io: no more than its calls, with its failures as
 * reasons. A space is U+2581 in its pieces, and U+2581 in a text is lost here; pieces.c keeps it.
 * Nothing is printed. */
#ifndef SENTENCEPIECE_H
#define SENTENCEPIECE_H

#include "io/tokenizer/tokenizer.h"

struct sentencepiece_training {
    const char *bytes;      // of all sentences, joined
    const int64_t *offsets; // (count + 1)
    int64_t count;
    int vocabulary; // largest size
    int bpe;
    const char *symbols; // one a line, or NULL
};
/* The model's bytes: equal for equal input. *size: how many pieces it has; after a failure the
 * fewest that the text needs, or 0 if that is not the trouble. */
bool sentencepiece_train(const struct sentencepiece_training *training, struct text *model,
                         int *size, struct reason *why);

void *sentencepiece_load(const struct text *model, struct reason *why);
void sentencepiece_unload(void *processor);
int sentencepiece_size(const void *processor);
const char *sentencepiece_piece(const void *processor, int id, size_t *length);
/* Of the piece; 0 if there is none. */
int sentencepiece_find(const void *processor, const char *piece);
/* False if the library fails. Thread-safe. */
bool sentencepiece_encode(const void *processor, const char *line, size_t length, struct ids *ids);
bool sentencepiece_decode(const void *processor, const int32_t *ids, int64_t count,
                          struct text *line);

#endif
