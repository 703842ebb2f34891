/* What a first start takes from another run's checkpoint (--from): the model's settings, which what
 * was given must not contradict; the vocabularies, which the corpus must have; the weights,
 * averaged ones where there are. All else is new. */
#ifndef ORIGIN_H
#define ORIGIN_H

#include "trainer/checkpoint/snapshot.h"

/* [all] NULL without --from. Takes over the model's settings; rank 0 alone reads the weights. */
struct snapshot *origin_open(struct settings *settings);
/* [all] Ends the program where the corpus has other vocabularies or tokenizers. */
void origin_compare(const struct snapshot *origin, const struct corpus *corpus,
                    const struct settings *settings);
void origin_close(struct snapshot *origin); // NULL is allowed

#endif
