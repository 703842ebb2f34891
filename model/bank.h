/* The memory bank: the encoder's top states sentence by sentence, so that what attention does to a
 * sentence is a product of contiguous matrices, and nothing else is ever looked at: a state beyond
 * a sentence's end has weight zero because it does not exist. Dropout of the states
 * (dropout-encoder) happens here, once for all that is made of them. */
#ifndef BANK_H
#define BANK_H

#include "comm/base/memory.h"
#include "comm/base/random.h"
#include "model/recurrent.h"

struct bank {
    int B, M;
    int64_t N;        // states of all sentences
    int32_t *lengths; // (B)
    int64_t *first;   // (B): sentence b has the states first[b] up to first[b] + lengths[b]
    real *states;     // (N, M)
    real *dstates;    // (N, M), of backward; the readers add
    uint64_t masks;   // where those of its dropout begin
};

/* Gathers h (N, M), which is packed time-major by `steps`. key NULL: no dropout; else its masks
 * begin at `masks`. */
void bank_init(struct bank *bank, const struct steps *steps, int M, const real *h, double rate,
               const struct random_key *key, uint64_t masks, struct arena *arena);
/* Goes on with some of the sentences only, in rising order: sentence i is the one that was
 * keep[i]. */
void bank_keep(struct bank *bank, const int *keep, int count);
/* dstates, zero. */
void bank_start_backward(struct bank *bank, struct arena *arena);
/* dh (N, M) = the gradient of the states, packed as h. Overwrites dstates. */
void bank_backward(struct bank *bank, const struct steps *steps, double rate,
                   const struct random_key *key, real *dh);

/* mean (B, M) of each sentence's states; adds to dstates from its gradient. */
void bank_mean(const struct bank *bank, real *mean);
void bank_mean_backward(const struct bank *bank, const real *dmean);

#endif
