/* Validation sees the averaged weights (--average), which are spread over the ranks as the moments
 * are: the average and the weights of a rank's part change places and the parts are gathered, so
 * that no second block of all weights is needed. Changed back and gathered again they are the
 * weights that they were, which the guard compares before the next step or checkpoint. */
#ifndef AVERAGED_H
#define AVERAGED_H

#include "trainer/run/run.h"

/* [all] Between the two run->weights is the average on every rank, compared over the ranks; without
 * --average nothing happens. */
void averaged_enter(struct run *run);
void averaged_leave(struct run *run);

#endif
