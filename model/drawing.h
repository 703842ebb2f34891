/* A running text, symbol by symbol: what is forced into it and what is drawn go through the decoder
 * alike, whose state is carried on; for models without a source. The text begins behind begin, from
 * a zero state. Calling sequence: drawing_start, then for each symbol drawing_next (or one of the
 * caller's), drawing_take. */
#ifndef DRAWING_H
#define DRAWING_H

#include "model/model.h"

struct drawing {
    const struct model *model;
    const real *block;
    struct decoder_states decoder;
    struct logits_states output;
    real *x, *logits; // (E), (V)
};
/* All memory is the arena's. */
void drawing_start(struct drawing *drawing, const struct model *model, const real *block,
                   struct arena *arena);
/* Of what may come next, one drawn from softmax(logits / temperature) by a uniform number in
 * [0, 1); with temperature 0 the likeliest. Never begin or unknown. */
int32_t drawing_next(const struct drawing *drawing, double temperature, double uniform);
/* This is what came. */
void drawing_take(struct drawing *drawing, int32_t symbol);

#endif
