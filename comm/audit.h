/* Every rank holds the same weights (invariant 5 of README.md): hashes of each named piece are
 * compared over the ranks. */
#ifndef AUDIT_H
#define AUDIT_H

#include "comm/base/reason.h"
#include "comm/tree.h"

struct audit_piece {
    const char *name;
    struct range range; // in floats
};

/* [all] False, with the same reason on every rank, if a rank's copy differs: it names the first
 * such rank (against the majority; without one, against rank 0), its host and the first piece. */
bool audit(const float *weights, const struct audit_piece *pieces, int count, struct reason *why);

#endif
