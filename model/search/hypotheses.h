/* The hypotheses of a search: those that go on, a row each, grouped by sentence, the better first;
 * those that have ended; and how each came about, a trace of symbols from the last back to the
 * first. Knows nothing of models. Calling sequence: hypotheses_start; while rows > 0, the
 * candidates of each row, then hypotheses_go_on; hypotheses_result. */
#ifndef HYPOTHESES_H
#define HYPOTHESES_H

#include "model/decoder/output.h"
#include "model/search/search.h"

struct row {
    int sentence; // row of the batch
    int64_t last; // in the trace; -1: nothing emitted yet
    double sum;   // of log-probabilities
};
struct ended;

struct hypotheses {
    const struct batch *batch;
    const int *limits; // by the number of the packed sentence
    int beam, best, scored;
    int length; // symbols that every row has
    double *normalisers;
    /* Rows; room for `beam` of each sentence. */
    int rows;
    struct row *row, *next;
    int32_t *symbols; // emitted last
    int *sentences;   // of the batch
    int *from;        // the row of the step before that it goes on from
    /* (B, beam), (B) of the rows: what may come next; of each, value - log_sum is what counts. */
    struct likely *candidates;
    int *counts;
    double *log_sums;
    int *taken; // work
    struct trace {
        int32_t symbol;
        int64_t before;
    } * trace;
    int64_t traced;
    struct ended *ended; // (B, beam), by the number of the packed sentence; the best first
    int *ended_counts;   // (B)
};

void hypotheses_start(struct hypotheses *it, const struct batch *batch, const int *limits,
                      const struct search_options *options, struct arena *arena);
/* Which of the packed sentences a row is of. */
int hypotheses_number(const struct hypotheses *it, int row);
/* Places that are left in the beam of a row's sentence: so many candidates are of use. */
int hypotheses_places(const struct hypotheses *it, int row);
/* A step: the rows are those that go on. */
void hypotheses_go_on(struct hypotheses *it);
/* Does every row stand where it stood, of `before` rows? */
int hypotheses_unmoved(const struct hypotheses *it, int before);
struct search_result hypotheses_result(const struct hypotheses *it, struct arena *arena);

#endif
