/* Translation by search: greedy, in batches. Begin and unknown are never emitted (unknown may be
 * allowed). Equal logits: the lower symbol. */
#ifndef SEARCH_H
#define SEARCH_H

#include "model/model.h"

struct search_result {
    int32_t *
        symbols; // (B, width), rows in the order of the packed sentences, without end; in the arena
    int width;
    int *lengths; // (B)
    int *limited; // (B): 1 where the limit was hit before an end
};

/* Most symbols that a translation of so many source symbols may have. */
static inline int search_limit(int source_length)
{
    return 3 * source_length + 50;
}

/* limits: (count of packed sentences), most symbols to emit for each. Only the batch's source is
 * used. */
struct search_result search_greedy(const struct model *model, const real *block,
                                   const struct batch *batch, const int *limits, int allow_unknown,
                                   struct arena *arena);

#endif
