/* Memory that must not change by itself: hashes of the weights and of this rank's part of the
 * moments and the average, block by block of GUARD_BLOCK floats (or of a parameter, where the
 * optimizer needs it whole), taken when they were written and compared before they are used for the
 * next step. So a flipped bit is found on any number of ranks, one included, before anything that
 * was computed from it reaches a checkpoint. Each update:
 *
 *     guard_step    compares all, and takes the optimizer's step, and the average's, on this
 *                   rank's part: block by block compare, step, hash, while the block is in cache
 *     guard_take    behind the gather: hashes of what the other ranks own
 *
 * and guard_copy_all for a checkpoint. The audit (comm/audit.h) sees what these cannot: weights
 * that changed on the way from rank to rank. Memory is taken in guard_open. */
#ifndef GUARD_H
#define GUARD_H

#include "comm/base/reason.h"
#include "trainer/checkpoint/snapshot.h"
#include "trainer/run/run.h"

enum { GUARD_BLOCK = 16384 };

struct guard;
/* Weights, moments and average as they are now are right. part: of the parameters, whose moments
 * this rank has. The run's blocks must stay where they are. */
struct guard *guard_open(const struct run *run, struct range part);
void guard_close(struct guard *guard);

/* optimizer_step on what is not frozen of this rank's part, and average_step where there is an
 * average. False, with array, parameter and block in words, if anything changed: then nothing must
 * be made of what is there. */
bool guard_step(struct guard *guard, struct run *run, double rate, double scale,
                struct reason *why);
/* The weights that other ranks own, as just received. */
void guard_take(struct guard *guard);
/* False, with the words of guard_step, if anything changed. */
bool guard_check_all(const struct guard *guard, const struct run *run, struct reason *why);
/* The same, and a copy of what was found well, in one go, into copies of whole blocks, or NULL
 * where none is wanted. What a running text carries is not guarded, nor copied. */
bool guard_copy_all(const struct guard *guard, const struct run *run,
                    float *const copies[SNAPSHOT_BLOCKS], struct reason *why);

#endif
