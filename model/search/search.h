/* Search: from a batch of sources to sequences of symbols, for all tasks that emit them. A beam of
 * hypotheses for each sentence, all sentences in one batch; one hypothesis is greedy search. A step
 * takes, of all symbols behind all hypotheses of a sentence that go on, the likeliest, as many as
 * there are places in its beam; one that emits the end keeps its place, and goes on no more. A
 * sentence is done when no hypothesis goes on, or none that does can become better than the n that
 * are wanted, however it ends; its rows then leave the batch. Begin and unknown are never emitted
 * (unknown may be allowed). What is equally likely: the better hypothesis of the step before, then
 * the lower symbol. Symbols may be drawn instead. A beam that holds everything finds what going
 * through all sequences finds. */
#ifndef SEARCH_H
#define SEARCH_H

#include "model/model.h"

/* A hypothesis that ended is valued by its log-probability divided by
 *     power   n^p
 *     wu      ((5 + n) / 6)^p     (Wu et al. 2016)
 * where n counts its symbols, the end included, and p >= 0 is the penalty. */
enum length_normalisation { LENGTH_POWER, LENGTH_WU };

struct search_options {
    int beam;          // hypotheses of a sentence
    int n_best;        // that are wanted, with their values, at most `beam`; 0: the best, and its
                       // value only where the beam needs it
    int allow_unknown; // not where symbols are drawn
    enum length_normalisation length_normalisation;
    double length_penalty;
    /* Drawing, beam 1: each symbol from softmax(logits / temperature), by Philox of seed, number of
     * the sentence and position: not of its batch. 0: none is drawn. */
    double temperature;
    uint64_t seed;
    const uint32_t *numbers; // (count of packed sentences)
};

/* (B, best) stands for the hypotheses of each packed sentence, in their order, the best first:
 * those that ended before those that did not, then by value, then the earlier. All in the arena. */
struct search_result {
    int best, width;
    int *counts;               // (B): hypotheses there are, from 1 to `best`
    int32_t *symbols;          // (B, best, width), without end
    int *lengths;              // (B, best)
    int *limited;              // (B, best): 1 where the limit was hit before an end
    double *log_probabilities; // (B, best), in nats, the end's included; NULL where not wanted
    double *scores;            // (B, best): normalised
};

/* Most symbols that a translation of so many source symbols may have. */
static inline int search_limit(int source_length)
{
    return 3 * source_length + 50;
}

/* limits: (count of packed sentences), most symbols to emit for each. Of the batch only the
 * sources are used. */
struct search_result search_beam(const struct model *model, const real *block,
                                 const struct batch *batch, const int *limits,
                                 const struct search_options *options, struct arena *arena);
/* The likeliest symbol at each step. */
static inline struct search_result search_greedy(const struct model *model, const real *block,
                                                 const struct batch *batch, const int *limits,
                                                 int allow_unknown, struct arena *arena)
{
    const struct search_options options = {.beam = 1, .allow_unknown = allow_unknown};
    return search_beam(model, block, batch, limits, &options, arena);
}

/* What a log-probability is divided by. */
double search_normaliser(const struct search_options *options, int n);

#endif
