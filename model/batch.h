/* A micro-batch: some sentence pairs, packed time-major, rows sorted by source length, longest
 * first (so that an encoder step runs over a prefix of the rows). Memory is kept and grows to the
 * largest batch. Calling sequence: batch_init, batch_pack ..., batch_release. */
#ifndef BATCH_H
#define BATCH_H

#include "comm/base/sentence.h"
#include <stdint.h>

enum { SYMBOL_UNKNOWN, SYMBOL_BEGIN, SYMBOL_END, SYMBOLS_RESERVED };

struct batch {
    int B, S, T;     // sentences; source steps; target steps (end included; 0 without targets)
    int32_t *source; // (S, B), padded with SYMBOL_UNKNOWN
    int32_t *source_length; // (B), falling; end included where source_end
    int32_t *active;        // (S): how many rows are longer than s
    int32_t *target; // (T, B), what is to be emitted, end included, padded with SYMBOL_UNKNOWN
    int32_t *target_length;               // (B), end included
    int32_t *order;                       // (B): which of the packed sentences a row is
    int64_t source_tokens, target_tokens; // ends included
    int64_t capacity;                     // reserved elements (batch.c's business)
};

void batch_init(struct batch *batch);
/* count may be 0 (an empty lane). An empty source without source_end is a broken claim. Ties keep
 * the given order. */
void batch_pack(struct batch *batch, const struct sentence *sentences, int count, int source_end);
void batch_release(struct batch *batch);

#endif
