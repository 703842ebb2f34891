/* Sentence pairs in the order of the text they came from, a bounded number at a time: what
 * validation, score and evaluate run over. The source is a prepared corpus (shards merged by line
 * number) or texts that are tokenised on the way; equal pairs in equal order give equal blocks, so
 * a corpus and its texts score alike to the last bit. A raw target text may hold alternatives,
 * separated by TAB: ids, words and characters are those of the first. */
#ifndef PAIRS_H
#define PAIRS_H

#include "io/corpus/corpus.h"
#include "io/corpus/examples.h"

enum { PAIRS_BLOCK = 4096 }; // pairs at a time

struct pair {
    int64_t line;              // number in the input, from 1
    struct sentence sentence;  // the target's cells are NULL where there is no target
    int64_t words, characters; // of the raw target text; -1 where it is not known
    const char *text;          // the raw target text with all alternatives, or NULL
    size_t text_length;
};
struct pairs_block { // memory belongs to the struct; reused
    struct pair *list;
    int count;
    struct ids cells;
    struct text texts; // raw target texts, joined
    int capacity;
};

struct pairs;
struct pairs *pairs_open_corpus(const struct corpus *corpus, struct reason *why);
/* The target's path may be NULL. Invalid UTF-8 and unequal numbers of lines are failures that name
 * the line. Paths are borrowed; reasons start with "'path': ". contents: SIDES of them. */
struct pairs *pairs_open_texts(const struct examples_options *options,
                               const struct content *contents, struct reason *why);
/* Fails for what is wrong with one side of a pair: "'path': line 12: what", without the path where
 * the pairs are a corpus's. Returns false. */
bool pairs_fail(const struct pairs *pairs, const struct pair *pair, enum side side,
                const char *what, struct reason *why);
/* The next at most `most` (<= PAIRS_BLOCK) pairs; count 0 at the end. */
bool pairs_next(struct pairs *pairs, int most, struct pairs_block *block, struct reason *why);
void pairs_close(struct pairs *pairs);
void pairs_block_release(struct pairs_block *block);

/* Cuts a block into batches: order[] = the pairs sorted by target length, then the sources', then
 * place; batch b takes order[starts[b]] to order[starts[b + 1] - 1]; at most batch_sentences pairs
 * and about batch_tokens tokens a side. Depends on the block alone. order: (count), starts: (count
 * + 1). Returns the number of batches. */
int pairs_cut(const struct pairs_block *block, int batch_sentences, int batch_tokens,
              int32_t *order, int32_t *starts);

#endif
