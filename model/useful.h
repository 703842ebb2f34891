/* Useful arithmetic: what a micro-batch asks for, however it is computed. */
#ifndef USEFUL_H
#define USEFUL_H

#include "comm/base/parts.h"
#include "model/model.h"

/* Adds the multiply-adds of the matrix products of model_gradient, at the positions that are no
 * padding only, to the part that each belongs to: forward once, backward twice (once of
 * an input layer of vectors). A multiply-add is
 * two operations. Where nothing is padding their sum is model_cost's. */
void useful_add(const struct model *model, const struct batch *batch, int64_t useful[PARTS]);

/* Of the forward pass alone. */
void useful_add_forward(const struct model *model, const struct batch *batch,
                        int64_t useful[PARTS]);

/* Numbers that greedy translation of one sentence of these steps, ends included, must read: weights
 * once for all states where they are applied to all of them at once, else at each; states at each
 * step. */
int64_t useful_reads(const struct model *model, const int64_t steps[SIDES]);

#endif
