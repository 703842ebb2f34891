/* Words with features beside them: `word|feature|feature`, words with spaces or TABs between, as in
 * factored translation. Each word of a line has the same number of features, and none is empty. The
 * last bars of a word count, so the word itself may hold any ("|||NP" with one feature is the word
 * "||"). What comes out are parallel lines of equally many words, each for a tokenizer of kind
 * `words`. Calling sequence: factors_init, factors_split ..., factors_release. */
#ifndef FACTORS_H
#define FACTORS_H

#include "comm/base/reason.h"
#include "comm/base/text.h"

enum { FACTORS_MOST = 8 };

struct factors {
    int features;                        // beside each word; 0: a line of words as it is
    struct text lines[1 + FACTORS_MOST]; // words, then each feature, with single spaces between
};

void factors_init(struct factors *factors, int features);
/* Fills the lines anew. False with "word 3, 'cat|N', has 1 feature, not 2"; then they hold nothing
 * of use. */
bool factors_split(struct factors *factors, const char *line, size_t length, struct reason *why);
void factors_release(struct factors *factors);

#endif
