/* The search for decoded vectors: each step's output is what the next one reads, until the logit of
 * its being the last is positive, or the limit. */
#ifndef SEARCH_VALUES_H
#define SEARCH_VALUES_H

#include "model/model.h"

struct search_values {
    real *values; // (B, width, D), rows in the order of the packed sentences; in the arena
    int width, D;
    int *lengths; // (B), at least 1 unless the limit is 0
    int *limited; // (B): 1 where the limit was hit before a last one
};

/* limits: (count of packed sentences), most vectors to emit for each. Only the batch's sources are
 * used. */
struct search_values search_values(const struct model *model, const real *block,
                                   const struct batch *batch, const int *limits,
                                   struct arena *arena);

#endif
