/* Randomness as a function, never a state: Philox4x32-10 (Salmon et al. 2011, Random123) keyed by
 * the seed and indexed by purpose, update, lane and position. The same arguments give the same
 * number on any rank, thread and processor. Dropout takes whole groups: random_group.h. */
#ifndef RANDOM_H
#define RANDOM_H

#include <stdint.h>

/* What a number is for. New purposes go at the end: the value is part of every result. */
enum random_purpose {
    RANDOM_SHARD,        // prepare: the shard of a line
    RANDOM_SAMPLE,       // prepare: is a line in the tokenizer's sample?
    RANDOM_WINDOWS,      // stream: order and offset of the windows of an epoch
    RANDOM_TIES,         // stream: order of sentences of equal length
    RANDOM_GROUPS,       // stream: order of the groups of a window, and of lanes in a group
    RANDOM_WEIGHTS,      // model: initial weights
    RANDOM_UNKNOWN,      // model: source words that become unknown
    RANDOM_DROP_SOURCE,  // model: dropout of source embeddings
    RANDOM_DROP_TARGET,  // model: dropout of target embeddings
    RANDOM_DROP_LAYER,   // model: dropout between layers (position says which layer)
    RANDOM_DROP_ENCODER, // model: dropout of the encoder's top states
    RANDOM_DROP_OUTPUT,  // model: dropout of the readout
    RANDOM_MADE,         // benchmark: the made-up corpus
    RANDOM_DROP_STATE,   // model: dropout of recurrent states (position says which layer)
    RANDOM_DRAW          // search: symbols that are drawn
};

struct random_key {
    uint64_t seed;
    enum random_purpose purpose;
    uint32_t update; // or epoch, or a part of a name's hash
    uint32_t lane;   // below 65536
};

/* Four words at once; word w of block i is random_word(key, 4 * i + w). block < 2^62. */
void random_block(const struct random_key *key, uint64_t block, uint32_t words[4]);
uint32_t random_word(const struct random_key *key, uint64_t position);
/* In [0, 1), from 32 bits. */
double random_uniform(const struct random_key *key, uint64_t position);
/* Those of `count` positions from first on, faster. */
void random_uniforms(const struct random_key *key, uint64_t first, int64_t count, double *uniforms);
/* Standard normal (Box-Muller); each uses words 2 * position and 2 * position + 1. */
void random_normals(const struct random_key *key, uint64_t first, int64_t count, double *normals);
/* In [0, bound), bound >= 1, from 64 bits (words 2 * position and 2 * position + 1). */
uint64_t random_below(const struct random_key *key, uint64_t position, uint64_t bound);

#endif
