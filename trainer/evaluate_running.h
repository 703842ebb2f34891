/* Loss of a language model on a running text or series. It is cut, by its length alone, into so
 * many pieces, each read from a zero state that is carried on to the piece's end; RUNNING_TOGETHER
 * of them make a batch, batches are dealt out to the ranks, losses are added in the order of the
 * pieces: the same to the last bit for any number of ranks, for a corpus and for its file. */
#ifndef EVALUATE_RUNNING_H
#define EVALUATE_RUNNING_H

#include "io/running.h"
#include "trainer/evaluate.h"

enum { RUNNING_PIECES = 16, RUNNING_TOGETHER = 4, RUNNING_STEPS = 256 };

struct running_losses {
    double loss[RUNNING_PIECES]; // nats
    int64_t tokens[RUNNING_PIECES];
};
/* [all] As evaluate; losses of the pieces, or NULL. */
int evaluate_running(const struct model *model, const float *weights, struct running *running,
                     const char *corpus, struct arena *arena, struct running_losses *losses,
                     struct evaluation *evaluation);

#endif
