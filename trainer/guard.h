/* Memory that must not change by itself: hashes of the weights and of this rank's part of the
 * moments, block by block of GUARD_BLOCK floats, taken when they were written and compared before
 * they are read for the next step. A flipped bit, in any block and on any number of ranks, is found
 * before it reaches a checkpoint, and named by parameter and block. Each update:
 *
 *     guard_step    the optimizer's step on this rank's part: block by block compare, step, hash,
 *                   while the block is in cache
 *     guard_take    behind the gather: hashes of what the other ranks own
 *
 * and guard_check before the step, of what the other ranks own (guard_step compares the rest).
 * Hashes are ours (comm/base/hash.h), so equal on all ranks. Memory is taken in guard_open. */
#ifndef GUARD_H
#define GUARD_H

#include "trainer/run.h"

enum { GUARD_BLOCK = 16384 };

struct guard;
struct guard *guard_open(const struct run *run);
void guard_close(struct guard *guard);

/* Everything as it is now is right: after the start, and after reading a checkpoint. */
void guard_take_all(struct guard *guard, const struct run *run);
/* Weights that other ranks own, as just received. */
void guard_take(struct guard *guard, const struct run *run);
/* False, with parameter, block and array in words, if anything changed. guard_check: the weights
 * that other ranks own; guard_check_all: those, this rank's, and its moments. */
bool guard_check(const struct guard *guard, const struct run *run, struct reason *why);
bool guard_check_all(const struct guard *guard, const struct run *run, struct reason *why);
/* optimizer_step on run's part, with both. */
bool guard_step(struct guard *guard, struct run *run, double rate, double scale,
                struct reason *why);

#endif
