/* The tokenizers of a corpus: learnt by rank 0 from the text, or those of --like, a corpus or a
 * checkpoint; every rank ends with the same. */
#ifndef PREPARE_LEARN_H
#define PREPARE_LEARN_H

#include "io/corpus.h"
#include "trainer/prepare_text.h"

/* [all] tokenizers: SIDES of them. */
void prepare_learn(const struct settings *settings, struct prepare_text *text,
                   struct tokenizer *tokenizers, int *joint);

#endif
