/* A micro-batch: some sentences, packed for the model. A source stands as an encoder reads it: its
 * places step by step, of each step the sentences that are still active, so that there is no
 * padding. For that its sentences are sorted by length, longest first; the first source's order is
 * the batch's (the given one where there is none), and the second has its own. Targets are
 * time-major, (T, B). Memory is kept and grows to the largest batch. Calling sequence: batch_init,
 * batch_pack ..., batch_release. */
#ifndef BATCH_H
#define BATCH_H

#include "model/product/real.h"
#include "model/shape/shape.h"
#include <stdint.h>

struct batch_source {
    int S;            // steps of the longest sentence
    int64_t tokens;   // N: places of all sentences, ends included
    int32_t *symbols; // (N, 1 + features): the symbol, then its features; an end's are ends too
    real *values;     // (N, dimension) instead, of vectors
    int32_t *length;  // (B), falling; end included
    int32_t *active;  // (S): how many sentences are longer than s
    int32_t *row;     // (B): which row of the batch the i-th sentence here is
};

struct batch {
    int B, T; // sentences; target steps (end included; 0 without targets)
    struct batch_source source[SOURCES];
    int32_t *target;        // (T, B), what is to be emitted, padded with SYMBOL_UNKNOWN
    real *target_values;    // (T, B, dimension) instead, of vectors, padded with 0
    int32_t *before;        // (B): the symbol before the first one: begin, or of a running text
    real *before_values;    // (B, dimension): the vector: zero, or of a running series
    int32_t *target_length; // (B), end included
    int64_t target_tokens;  // ends included
    int32_t *order;         // (B): which of the packed sentences a row is
    /* Of pieces of a running text or series, the caller's, or NULL: where the decoder goes on from,
     * and after a forward pass where it has come to, without gradient (decoder_carried). */
    real *carried;
    int64_t symbol_capacity, value_capacity; // reserved elements (batch.c's business)
    int32_t *symbol_memory;
    real *value_memory;
};

void batch_init(struct batch *batch);
/* count may be 0 (an empty lane). Broken claims: a source without a place; a target that has not as
 * many places as the source (HEAD_STEP), or one (HEAD_POOL), or a class that is none. Ties keep the
 * given order. */
void batch_pack(struct batch *batch, const struct shape *shape, const struct sentence *sentences,
                int count);
void batch_release(struct batch *batch);

/* Places of a source of row b, the end included. */
static inline int batch_length(const struct batch *batch, enum side side, int b)
{
    const struct batch_source *source = &batch->source[side];
    int i = 0;
    while (source->row[i] != b)
        i++;
    return source->length[i];
}

#endif
