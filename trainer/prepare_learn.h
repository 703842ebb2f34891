/* The tokenizers of a corpus: learnt by rank 0 from the text, or those of --like; every rank ends
 * with the same. */
#ifndef PREPARE_LEARN_H
#define PREPARE_LEARN_H

#include "io/corpus.h"
#include "trainer/prepare_text.h"

/* [all] contents: SIDES of them. */
void prepare_learn(const struct settings *settings, struct prepare_text *text,
                   struct content *contents, int *joint);

#endif
