/* A text, symbol by symbol, or a series, vector by vector: what is forced into it and what is
 * drawn go through the decoder alike, whose state is carried on; for models without a source. The
 * text begins behind begin, the series behind a zero vector, from a zero state. Calling sequence:
 * drawing_start, then for each symbol drawing_next (or one of the caller's), drawing_take; of
 * vectors drawing_next_values, drawing_take_values. */
#ifndef DRAWING_H
#define DRAWING_H

#include "model/model.h"

struct drawing {
    const struct model *model;
    const real *block;
    struct decoder_states decoder;
    struct logits_states output;
    real *x, *logits; // (E), (V)
    real *values;     // of vectors, instead of logits: (D), or with the logit of the end (D + 1)
};
/* All memory is the arena's. */
void drawing_start(struct drawing *drawing, const struct model *model, const real *block,
                   struct arena *arena);
/* Of what may come next, one drawn from softmax(logits / temperature) by a uniform number in
 * [0, 1); with temperature 0 the likeliest. Never begin or unknown. */
int32_t drawing_next(const struct drawing *drawing, double temperature, double uniform);
/* This is what came. */
void drawing_take(struct drawing *drawing, int32_t symbol);
/* The vector that is expected next, (D), valid until one is taken; *last says whether it is the
 * last (of a running series none is). */
const real *drawing_next_values(const struct drawing *drawing, int *last);
void drawing_take_values(struct drawing *drawing, const real *values);

#endif
