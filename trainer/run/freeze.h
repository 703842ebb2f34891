/* Parameters that no update changes (--freeze): they take no step and no decay, their moments stay
 * zero, and the norm of the gradient leaves theirs out. */
#ifndef FREEZE_H
#define FREEZE_H

#include "comm/tree.h"
#include "model/shape/parameters.h"
#include "trainer/settings/faults.h"
#include <stdbool.h>

struct freeze {
    struct range *ranges; // of the block, gaps between parameters included; they rise
    int count;
};

/* names: "encoder, source.embedding", each what the names of parameters begin with, up to a dot or
 * their end; or NULL. A name without parameters is a fault, and so is a model without the rest. */
void freeze_init(struct freeze *freeze, const char *names, const struct parameters *parameters,
                 struct faults *faults);
void freeze_release(struct freeze *freeze);

/* Zeros into the gradient of that part of the block, where it is frozen. */
void freeze_clear(const struct freeze *freeze, struct range part, float *gradient);
/* The first stretch of the range that is not frozen; its count is 0 where all is. */
struct range freeze_next(const struct freeze *freeze, struct range range);

#endif
