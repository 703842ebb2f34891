/* Weights and sentences for the tests of whole models: functions of numbers, so that the float and
 * the double library, and two runs, start from the same. Every weight is a float's value. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include "comm/base/memory.h"
#include "comm/base/random.h"
#include "model/shape/batch.h"
#include "model/shape/parameters.h"
#include "tests/model/sides.h"
#include <string.h>

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
 * shard; classes are never unknown. A number of a vector is within +-1. */
struct fixture {
    struct sentence *sentences;
    int32_t *cells; // of all; a float's stand for it
    int count;
};

static inline int32_t fixture_symbol(int vocabulary, int least, const struct random_key *key,
                                     uint64_t position)
{
    int ordinary = vocabulary - SYMBOLS_RESERVED + (least == 0);
    int symbol = (int)random_below(key, position, (uint64_t)ordinary) + (least > 0);
    return symbol == 0 ? SYMBOL_UNKNOWN : symbol + SYMBOLS_RESERVED - 1;
}

/* Of one place; returns where the next begins. */
static inline int32_t *fixture_place(int32_t *cells, const struct side_shape *side, int least,
                                     const struct random_key *key, uint64_t position)
{
    int width = side_cells(side);
    for (int i = 0; i < width; i++) {
        float value = (float)(2 * random_uniform(key, 2 * (position + (uint64_t)i)) - 1);
        if (side->form == FORM_VECTORS)
            memcpy(&cells[i], &value, sizeof value);
        else
            cells[i] = fixture_symbol(i ? side->features[i - 1] : side->vocabulary, least, key,
                                      position + (uint64_t)i);
    }
    return cells + width;
}

/* lengths[side] may be NULL where there is no such side. */
static inline void fixture_of_shape(struct fixture *fixture, const struct shape *shape, int count,
                                    const int *const lengths[SIDES], uint64_t seed)
{
    size_t total = 0;
    for (int side = 0; side < SIDES; side++)
        for (int i = 0; i < count && shape->side[side].form != FORM_NONE; i++)
            total += (size_t)lengths[side][i] * (size_t)side_cells(&shape->side[side]);
    fixture->count = count;
    fixture->sentences = memory_take((size_t)count * sizeof *fixture->sentences);
    fixture->cells = memory_take(total * sizeof *fixture->cells);
    struct random_key key = {seed, RANDOM_SAMPLE, 0, 0};
    int32_t *next = fixture->cells;
    for (int i = 0; i < count; i++)
        for (int side = 0; side < SIDES; side++) {
            if (shape->side[side].form == FORM_NONE)
                continue;
            fixture->sentences[i].side[side] = (struct sequence){next, lengths[side][i]};
            for (int k = 0; k < lengths[side][i]; k++)
                next = fixture_place(next, &shape->side[side],
                                     side == TARGET ? shape_first_symbol(shape) : 0, &key,
                                     (uint64_t)(next - fixture->cells));
        }
}

static inline void fixture_sentences(struct fixture *fixture, int count, const int *source_lengths,
                                     const int *target_lengths, int source_vocabulary,
                                     int target_vocabulary, uint64_t seed)
{
    const struct shape shape = {SIDES_OF(source_vocabulary, target_vocabulary)};
    const int *const lengths[SIDES] = {[SOURCE] = source_lengths, [TARGET] = target_lengths};
    fixture_of_shape(fixture, &shape, count, lengths, seed);
}

static inline void fixture_release(struct fixture *fixture)
{
    memory_free(fixture->sentences);
    memory_free(fixture->cells);
}

#endif
