/* What the sides of a corpus are made of: tokenizers, features' vocabularies, mean and deviation,
 * learnt by rank 0 from the text; or those of --like, a corpus or a checkpoint. */
#ifndef PREPARE_LEARN_H
#define PREPARE_LEARN_H

#include "io/corpus/corpus.h"
#include "trainer/prepare/prepare_text.h"
#include "trainer/settings/task.h"

/* [all] Fills contents, joint and task of the corpus, the same on every rank; returns the task. */
const struct task *prepare_learn(const struct settings *settings, struct prepare_text *text,
                                 struct corpus *corpus);

#endif
