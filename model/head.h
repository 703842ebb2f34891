/* What a model makes of its encoded sources: r (P, R), which the output layer reads, one row for
 * each target place. A table with one row for each head, in the order of enum head; a new one is a
 * file with these functions and a row in head.c.
 *     decode   N to M: a decoder's readout of each step (head_decode.c)
 *     step     N to N: the state of each place of the source (head_states.c)
 *     pool     N to 1: one vector for the sentence, of each source, side by side (head_states.c)
 * Of step and pool r is what is said above, or with a readout tanh(W . + b) of it. */
#ifndef HEAD_H
#define HEAD_H

#include "comm/base/parts.h"
#include "model/model.h"

struct pass;

struct head_row {
    void (*init)(struct model *model); // adds its parameters
    /* Of encoded sources: takes r, P and place of the pass (pass_take_places), and fills them. */
    void (*forward)(struct pass *pass);
    /* dr (P, R), overwritten: adds to the gradient and to the sources'. */
    void (*backward)(struct pass *pass, real *gradient, real *dr);
    /* Multiply-adds in forward of what is between the sources' states and r: of count sentences of
     * these lengths, as model_cost, padding counted; of one sentence of these steps, ends included,
     * to the parts they belong to. */
    int64_t (*cost)(const struct model *model, int count, const int *const lengths[SIDES]);
    void (*useful)(const struct model *model, const int64_t steps[SIDES], int64_t useful[PARTS]);
    /* Bytes of the arena for B sentences of these steps. */
    int64_t (*memory)(const struct model *model, int B, const int steps[SIDES]);
};
#define HEAD_ROW(kind, name) extern const struct head_row head_##name;
ALL_HEADS(HEAD_ROW)
#undef HEAD_ROW

const struct head_row *head_of(enum head head);

/* Steps, the end included, of sentence i. */
static inline int head_steps(const struct model *model, const int *const lengths[SIDES],
                             enum side side, int i)
{
    return lengths[side][i] + model->shape.side[side].end;
}

#endif
