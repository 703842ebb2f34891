/* The sum of the gradients over all lanes of an update, each rank ending with its own part of it,
 * and the gather of the updated parameters. Here alone gradients leave a rank: exchange_lane_done
 * adds up the complete subtrees of its block (tree.h), exchange_reduce sends them, in buckets of at
 * most 4 MB a message, and combines what arrives in the tree's order. trainer/run/update.c calls.
 * Calling sequence, each update:
 *
 *     for each lane of this rank:
 *         gradient = exchange_gradient(x);  backward adds to it;  exchange_lane_done(x);
 *     part = exchange_reduce(x)         [all]  this rank's part of the sum (exchange_part)
 *     ... the optimizer updates this rank's part of the parameters ...
 *     exchange_gather(x, parameters)    [all]
 *
 * All memory is taken in exchange_open. */
#ifndef EXCHANGE_H
#define EXCHANGE_H

#include "comm/tree.h"

struct exchange;

/* [all] The ends of the cuts stay the caller's, and there. */
struct exchange *exchange_open(int lanes, const struct cuts *cuts);
void exchange_close(struct exchange *exchange);

struct range exchange_lanes(const struct exchange *exchange); // this rank's
struct range exchange_part(const struct exchange *exchange);  // this rank's

/* A cleared block of floats, one a parameter, for the next lane of this rank: the one place that
 * clears. */
float *exchange_gradient(struct exchange *exchange);
void exchange_lane_done(struct exchange *exchange);
/* It lies where the rank's own first gradient did, until the next is asked for: nothing is copied
 * where there is but one rank. */
float *exchange_reduce(struct exchange *exchange);
void exchange_gather(struct exchange *exchange, float *parameters);

/* [all] The square of the norm of a vector that is spread as the parts are: each cell summed in
 * double on its owner, the cells' sums then added in order on every rank: the same bits for any
 * number of ranks. */
double exchange_square_norm(struct exchange *exchange, const float *part);

int64_t exchange_bytes(int lanes, const struct cuts *cuts, int size,
                       int rank); // memory that exchange_open takes

#endif
