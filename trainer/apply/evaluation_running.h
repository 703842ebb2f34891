/* Loss of a language model on a running text or series. It is cut, by its length alone, into so
 * many pieces, each read from a zero state that is carried on to the piece's end; RUNNING_TOGETHER
 * of them make a batch, batches are dealt out to the ranks, losses are added in the order of the
 * pieces: the same to the last bit for any number of ranks, for a corpus and for its file. All
 * pieces go on together, a block of RUNNING_STEPS places of each at a time. */
#ifndef EVALUATION_RUNNING_H
#define EVALUATION_RUNNING_H

#include "io/stream/running.h"
#include "trainer/apply/evaluation.h"

enum { RUNNING_PIECES = 16, RUNNING_TOGETHER = 4, RUNNING_STEPS = 256 };

struct running_losses {
    double loss[RUNNING_PIECES]; // nats
    int64_t tokens[RUNNING_PIECES];
};
/* Of vectors what the model expected at each place behind all those before it, and what stood
 * there, normalised; fewer than RUNNING_STEPS at a piece's end, zero behind it. */
struct running_block {
    int width;
    int64_t counts[RUNNING_PIECES];
    double losses[RUNNING_PIECES];
    double *values, *wanted; // (RUNNING_PIECES, RUNNING_STEPS, width)
};
typedef void running_each(void *to, const struct running_block *block);

/* [all] As evaluation_pairs. */
struct running *evaluation_running(const struct settings *settings, const struct snapshot *snapshot,
                                   const struct corpus *corpus);
/* [all] As evaluation_of_pairs. each: who wants the blocks, of vectors alone, or NULL; losses of
 * the pieces, or NULL. */
int evaluation_of_running(const struct model *model, const float *weights, struct running *running,
                          const char *corpus, struct arena *arena, running_each *each, void *to,
                          struct running_losses *losses, struct evaluation *evaluation);

#endif
