/* What is given for a model's sides against what these are made of: for the commands that read
 * text, or vectors, for a model that there is. */
#ifndef SIDES_H
#define SIDES_H

#include "io/corpus/content.h"
#include "io/corpus/examples.h"
#include "trainer/settings/faults.h"

/* A fault for each of the first `count` sides that is missing, that the model has not, or whose
 * format is another. contents: of the model's sides. */
void sides_check(const struct content *contents, const struct examples_options *given, int count,
                 struct faults *faults);

#endif
