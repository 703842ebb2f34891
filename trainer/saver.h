/* Checkpoints are written while training goes on, so that a slow disk does not stop it. saver_save
 * copies the state and gathers moments to rank 0 (weights it has), where a thread compares the copy
 * with the guard's hashes, writes update-NNNNNNNN.h5, sets the links and removes what `keep` does
 * not hold. One checkpoint at a time: the next one waits for it, with signs of life as long as
 * slabs are written. Whatever fails ends the program on rank 0, at the next poll, and leaves what
 * was there. Calling sequence: saver_open, (saver_save, saver_poll ...) ..., saver_finish,
 * saver_close. */
#ifndef SAVER_H
#define SAVER_H

#include "trainer/guard.h"
#include "trainer/run.h"

struct saver;
struct saver *saver_open(struct run *run, const struct guard *guard);
void saver_close(struct saver *saver);

/* [all] Begins to save what `run` is now. run->saving is its update from now on. */
void saver_save(struct saver *saver);
/* On rank 0: true once for each checkpoint that has reached the disk, with run->saved its update
 * and the seconds it took since saver_save. Elsewhere always false. */
bool saver_poll(struct saver *saver, double *seconds);
/* [all] Until the one being written is on disk: then as saver_poll. */
bool saver_finish(struct saver *saver, double *seconds);
/* Seconds that the slowest save of this start took; before the first, what writing update 0 took,
 * or what the start before this one noted. */
double saver_slowest(const struct saver *saver);
int64_t saver_bytes(const struct run *run, int rank); // of the copy, for the line about memory

#endif
