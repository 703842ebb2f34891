/* Weights and sentences for the tests of whole models: functions of numbers, so that the float and
 * the double library, and two runs, start from the same. Every weight is a float's value. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include "comm/base/memory.h"
#include "comm/base/random.h"
#include "model/batch.h"
#include "model/parameters.h"

/* Every element uniform in +-scale: unlike initial weights no bias is zero and no gradient small.
 */
static inline void fixture_weights(const struct parameters *parameters, uint64_t seed, double scale,
                                   real *block)
{
    for (int64_t i = 0; i < parameters->total; i++)
        block[i] = 0;
    for (int i = 0; i < parameters->count; i++) {
        const struct parameter *parameter = &parameters->list[i];
        struct random_key key = {seed, RANDOM_WEIGHTS, (uint32_t)i, 0};
        int64_t count = parameter_elements(parameter);
        for (int64_t j = 0; j < count; j++) {
            double uniform = random_uniform(&key, (uint64_t)j);
            block[parameter->first + j] = (real)(float)(scale * (2 * uniform - 1));
        }
    }
}

static inline real *fixture_block(const struct parameters *parameters)
{
    return memory_take((size_t)parameters->total * sizeof(real));
}

/* Sentences of the given lengths; symbols are unknown or ordinary, never begin or end, as in a
 * shard. */
struct fixture {
    struct sentence *sentences;
    int32_t *symbols;
    int count;
};

static inline void fixture_sentence_side(int32_t *symbols, int length, int vocabulary,
                                         const struct random_key *key, uint64_t first)
{
    for (int i = 0; i < length; i++) {
        uint64_t symbol = random_below(key, first + (uint64_t)i, (uint64_t)vocabulary - 2);
        symbols[i] = symbol == 0 ? SYMBOL_UNKNOWN : (int32_t)symbol + SYMBOLS_RESERVED - 1;
    }
}

static inline void fixture_sentences(struct fixture *fixture, int count, const int *source_lengths,
                                     const int *target_lengths, int source_vocabulary,
                                     int target_vocabulary, uint64_t seed)
{
    size_t total = 0;
    for (int i = 0; i < count; i++)
        total += (size_t)(source_lengths[i] + target_lengths[i]);
    fixture->count = count;
    fixture->sentences = memory_take((size_t)count * sizeof *fixture->sentences);
    fixture->symbols = memory_take(total * sizeof *fixture->symbols);
    struct random_key key = {seed, RANDOM_SAMPLE, 0, 0};
    int32_t *next = fixture->symbols;
    for (int i = 0; i < count; i++) {
        struct sentence *sentence = &fixture->sentences[i];
        uint64_t first = (uint64_t)(next - fixture->symbols);
        fixture_sentence_side(next, source_lengths[i], source_vocabulary, &key, first);
        sentence->source = next;
        sentence->source_length = source_lengths[i];
        next += source_lengths[i];
        first += (uint64_t)source_lengths[i];
        fixture_sentence_side(next, target_lengths[i], target_vocabulary, &key, first);
        sentence->target = next;
        sentence->target_length = target_lengths[i];
        next += target_lengths[i];
    }
}

static inline void fixture_release(struct fixture *fixture)
{
    memory_free(fixture->sentences);
    memory_free(fixture->symbols);
}

#endif
