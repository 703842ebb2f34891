/* The memory bank: the encoder's top states sentence by sentence, so that what attention does to a
 * sentence is a product of contiguous matrices, and nothing else is ever looked at: a state beyond
 * a sentence's end has weight zero because it does not exist. Dropout of the states
 * (dropout-encoder) happens here, once for all that is made of them. */
#ifndef BANK_H
#define BANK_H

#include "comm/base/memory.h"
#include "comm/base/random.h"
#include "model/layers/recurrent.h"

struct bank {
    int B, M;
    int room;           // rows that there may be: B, or more where sentences are shared
    int64_t N;          // states of all sentences
    int64_t W;          // attention weights of a step: N, or room for those of all rows
    int32_t *lengths;   // (B)
    int64_t *first;     // (B): sentence b has the states first[b] up to first[b] + lengths[b]
    int64_t *weights;   // (B): where its weights stand among a step's; first, unless shared
    real *states;       // (N, M)
    real *dstates;      // (N, M), of backward; the readers add
    const int32_t *row; // (B): which sentence the i-th of the packed ones is
    uint64_t masks;     // where those of its dropout begin
};

/* Gathers h (N, M), which is packed time-major by `steps`, whose i-th sentence is row[i] of the
 * batch, and of the bank: from here on all sources' sentences stand in the batch's order. key NULL:
 * no dropout; else its masks begin at `masks`. */
void bank_init(struct bank *bank, const struct steps *steps, const int32_t *row, int M,
               const real *h, double rate, const struct random_key *key, uint64_t masks,
               struct arena *arena);
/* For a search: several rows may attend to one sentence, whose states (and keys) are there once.
 * Makes room for `rows` of each; bank_attend says of which sentence of `sentences`, the bank as it
 * was before, each row is. A bank of no states, where nothing attends, has room likewise. */
void bank_share(struct bank *bank, int rows, struct arena *arena);
void bank_attend(struct bank *bank, const struct bank *sentences, const int *sentence, int count);
/* dstates, zero. */
void bank_start_backward(struct bank *bank, struct arena *arena);
/* dh (N, M) = the gradient of the states, packed as h. Overwrites dstates. */
void bank_backward(struct bank *bank, const struct steps *steps, double rate,
                   const struct random_key *key, real *dh);

/* mean (B, M) of each sentence's states; adds to dstates from its gradient; their rows ld apart. */
void bank_mean(const struct bank *bank, real *mean, int ld);
void bank_mean_backward(const struct bank *bank, const real *dmean, int ld);

#endif
