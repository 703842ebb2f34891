/* What the verbs that apply a model to inputs have in common: rank 0 reads --input, and where the
 * model has a second source --second, a block at a time, all ranks apply (apply.h), rank 0 writes
 * --output, for each input what came of it and a line end. */
#ifndef APPLY_LINES_H
#define APPLY_LINES_H

#include "trainer/apply/application.h"

/* [all] To the end of the input, or until nobody reads the output any more; a stop ends the job.
 * contents: of the model's sides. Returns the number of inputs. */
int64_t apply_lines(const struct settings *settings, const struct content *contents,
                    struct application *application);

#endif
