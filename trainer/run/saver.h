/* Checkpoints are written while training goes on, so that a slow disk does not stop it. saver_save
 * copies what a checkpoint holds (snapshot.h) on rank 0, where a thread writes update-NNNNNNNN.h5,
 * sets the links and removes what `keep` does not hold. Training stands still for the copy alone:
 * the thread hashes it first, and compares before it writes. One checkpoint at a time. Whatever
 * fails ends the program on rank 0, at the next poll, and leaves what was there. All memory is
 * taken in saver_open. Calling sequence: saver_open, (saver_first), (saver_expect, saver_save,
 * saver_poll ..., saver_finish) ..., saver_close. */
#ifndef SAVER_H
#define SAVER_H

#include "trainer/run/run.h"

struct saver *saver_open(struct run *run);
void saver_close(struct saver *saver);

/* [all] The run as it is now, update 0, into a folder that is still made aside: on disk when it
 * returns. */
void saver_first(struct saver *saver, const char *aside);
/* After the coming update there may be something to save: memory for the copy, which has none
 * before the first, is fetched meanwhile. */
void saver_expect(struct saver *saver);
/* [all] Begins to save what the run is now; none may be under way. run->saving is its update from
 * now on. */
void saver_save(struct saver *saver);
/* On rank 0: true once for each checkpoint that has reached the disk, with run->saved its update
 * and the seconds it took since saver_save. Elsewhere always false. */
bool saver_poll(struct saver *saver, double *seconds);
/* Waits until the one under way, if any, is on disk: then as saver_poll. Gives signs of life as
 * long as the thread that writes does. */
bool saver_finish(struct saver *saver, double *seconds);
/* On rank 0, seconds: what the slowest save of this start took; before the first, what writing
 * update 0 took, or what the start before this one noted in status.json; 0 if neither did. */
double saver_slowest(const struct saver *saver);
int64_t saver_bytes(const struct run *run); // of the copy, which rank 0 alone has

#endif
