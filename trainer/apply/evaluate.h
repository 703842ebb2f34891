/* Loss of a model on pairs in order: validation and `score`. Batches are cut from each block alone,
 * before ranks are considered, and dealt out to the ranks; losses are added in the order of the
 * pairs. So the result is the same to the last bit for any number of ranks, for a corpus and for
 * its texts. Plain cross-entropy: no smoothing, no dropout. */
#ifndef EVALUATE_H
#define EVALUATE_H

#include "io/stream/pairs.h"
#include "model/model.h"
#include "trainer/settings/settings.h"

enum { EVALUATE_SENTENCES = 64, EVALUATE_TOKENS = 4000 };

struct evaluation {
    double loss; // nats, of all pairs
    int64_t sentences;
    int64_t tokens; // target, ends that are predicted included
    int64_t source_tokens;
    int64_t words, characters; // of the raw target text; -1 where it is not known
    double frequencies_loss;   // nats, of guessing by the frequencies of these very target symbols
    int sources;               // of the model
    enum form form;            // of the target: what is called a token may be a vector
};
double evaluation_per(const struct evaluation *evaluation,
                      int64_t units); // exp(loss / units), NAN for units < 1
/* Nats of `tokens` symbols, counts[v] times v, when each is guessed by these frequencies. */
double evaluation_of_frequencies(const int64_t *counts, int V, int64_t tokens);
double evaluation_bits(const struct evaluation *evaluation); // a token
/* "perplexity 4.3 a token", for a model without a source with nats and bits, and a word and a
 * character where these are known; "loss 0.1 a vector". */
void evaluation_words(const struct evaluation *evaluation, struct text *words);

/* exp(loss / tokens) is more than twice that of guessing by the frequencies of the symbols: a model
 * that has learnt anything of this text is below it. Sides that are swapped are the usual reason.
 * words: the warning. */
bool evaluation_is_strange(const struct evaluation *evaluation, struct text *words);

/* [all] What a caller wants to know of each block, or to do with it; may be NULL. False if a stop
 * was agreed on meanwhile. block NULL: it cannot be read, and the job is about to end. */
typedef bool evaluate_block(void *to, const struct pairs_block *block, const double *losses);

/* [all] Goes on only if every rank could open or read its pairs. corpus: its path, or NULL for
 * texts, whose reasons name the file. */
void evaluate_agree(bool well, const char *corpus, const struct reason *why);

/* [all] The texts that settings name; what of them is not as the model's sides are ends the
 * program. */
struct examples_options evaluate_texts(const struct settings *settings,
                                       const struct content *contents);
/* [all] The pairs that settings name: of a prepared corpus (*corpus, which the caller closes), that
 * must be of the model's task and like the model's, or of texts (*corpus NULL). */
struct snapshot;
struct pairs *evaluate_open(const struct settings *settings, const struct snapshot *snapshot,
                            struct corpus **corpus, struct reason *why);

/* [all] Reads `pairs`, of that corpus or of texts (NULL), to its end. Returns 0 if a stop was
 * agreed on; the evaluation is then not complete. The arena is reset. */
int evaluate(const struct model *model, const float *weights, struct pairs *pairs,
             const char *corpus, struct arena *arena, evaluate_block *each, void *to,
             struct evaluation *evaluation);

#endif
