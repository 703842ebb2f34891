/* A task applied to a block of inputs: batches are cut from the block alone and dealt out to the
 * ranks, a function of the task turns each into texts, and rank 0 has them in order. So they are
 * the same bytes for any number of ranks. Calling sequence: apply_init; for each block: fill
 * apply->block (the same on every rank), apply_block; apply_release. */
#ifndef APPLY_H
#define APPLY_H

#include "io/stream/pairs.h"

struct apply {
    int sources;              // of the model
    struct pairs_block block; // sources alone
    int32_t order[PAIRS_BLOCK], starts[PAIRS_BLOCK + 1];
    struct text *outputs; // (PAIRS_BLOCK): of the block's inputs; on rank 0 of all, elsewhere of
                          // this rank's batches
};

/* The task's: appends to outputs[members[i]] what comes of the block's input members[i], for i
 * below count (at most EVALUATION_SENTENCES). */
typedef void apply_batch(void *task, const struct pairs_block *block, const int32_t *members,
                         int count, struct text *outputs);

void apply_init(struct apply *apply, int sources);
/* [all] most: inputs of a batch, at most EVALUATION_SENTENCES. An input with an empty source makes
 * an empty output: it is in no batch. False if a stop was agreed on: the outputs are then not
 * complete. */
bool apply_block(struct apply *apply, int most, apply_batch *each, void *task);
void apply_release(struct apply *apply);

#endif
