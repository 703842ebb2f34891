/* Loss of a model on pairs in order: validation, score and evaluate. Batches are cut from each
 * block alone, before ranks are considered, and dealt out to the ranks; losses are added in the
 * order of the pairs. So the result is the same to the last bit for any number of ranks, for a
 * corpus and for its texts. Plain cross-entropy: no smoothing, no dropout. */
#ifndef EVALUATION_H
#define EVALUATION_H

#include "io/stream/pairs.h"
#include "model/model.h"
#include "trainer/settings/settings.h"

enum { EVALUATION_SENTENCES = 64, EVALUATION_TOKENS = 4000 };

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
typedef bool evaluation_block(void *to, const struct pairs_block *block, const double *losses);

/* [all] Goes on only if every rank could open or read its pairs. corpus: its path, or NULL for
 * texts, whose reasons name the file. */
void evaluation_agree(bool well, const char *corpus, const struct reason *why);

/* [all] The texts that settings name; what of them is not as the model's sides are ends the
 * program. */
struct examples_options evaluation_texts(const struct settings *settings,
                                         const struct content *contents);
/* [all] The prepared corpus that settings name, which must be of the model's task and like the
 * model's; NULL where they name texts. */
struct snapshot;
struct corpus *evaluation_corpus(const struct settings *settings, const struct snapshot *snapshot);
/* [all] The pairs of that corpus, or of the texts. */
struct pairs *evaluation_pairs(const struct settings *settings, const struct snapshot *snapshot,
                               const struct corpus *corpus);

/* [all] Reads `pairs`, of that corpus or of texts (NULL), to its end. Returns 0 if a stop was
 * agreed on; the evaluation is then not complete. The arena is reset. */
int evaluation_of_pairs(const struct model *model, const float *weights, struct pairs *pairs,
                        const char *corpus, struct arena *arena, evaluation_block *each, void *to,
                        struct evaluation *evaluation);

#endif
