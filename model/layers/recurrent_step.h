/* One step of a recurrent layer, for recurrent.c: products with U, layer normalisation, the
 * cell. */
#ifndef RECURRENT_STEP_H
#define RECURRENT_STEP_H

#include "model/layers/recurrent.h"

/* Step s, W x of which is known: h of its rows, and the carried state. */
void recurrent_step(const struct recurrent *layer, const real *block,
                    struct recurrent_states *states, int s);
/* dh as recurrent_backward has it; the carried gradients become those of the state before. */
void recurrent_step_backward(const struct recurrent *layer, const real *block,
                             struct recurrent_states *states, int s, const real *dh);

/* What a part of U reads of row `row`, x (., H), and where that row has y = U x, and after backward
 * its gradient: where the cell has it, but for layer normalisation, which comes between the two. */
struct recurrent_part_of {
    const real *x;
    real *y;
    int ldy;
};
struct recurrent_part_of recurrent_part_of(const struct recurrent *layer,
                                           const struct recurrent_states *states,
                                           enum recurrent_part part, int64_t row);

static inline int recurrent_gates(const struct recurrent *layer)
{
    return layer->cell->gates * layer->H;
}

static inline int recurrent_apart(const struct recurrent *layer)
{
    return layer->cell->apart * layer->H;
}

#endif
