/* The decoder's states between the updates of a running text: of each lane, `rows` rows as
 * decoder_carried has them; each rank holds those of its lanes. Zero at an epoch's start, and a
 * part of the checkpoint. */
#ifndef CARRIED_H
#define CARRIED_H

#include "trainer/run/run.h"

/* Rows of a lane. */
int carried_rows(const struct settings *settings);
/* Floats of one lane; 0 where the corpus is no running text. */
int64_t carried_of_lane(const struct run *run);
/* Which of all lanes' floats are this rank's. */
struct range carried_range(const struct run *run, int rank);

void carried_init(struct run *run);
/* Before the update with that number in its epoch. */
void carried_begin(struct run *run, int64_t number);
/* Of the i-th of this rank's lanes; NULL where nothing is carried. */
float *carried_lane(const struct run *run, int i);
/* After an update: what is not finite would stay so until the epoch's end, and begins anew. */
void carried_mend(struct run *run, int i);

#endif
