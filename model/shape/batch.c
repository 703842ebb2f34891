#include "model/shape/batch.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include <stdbool.h>
#include <string.h>

enum { ROOM_LEAST = 1024 }; // numbers: small batches would grow again and again by chance

void batch_init(struct batch *batch)
{
    memset(batch, 0, sizeof(*batch));
}

void batch_release(struct batch *batch)
{
    memory_free(batch->symbol_memory);
    memory_free(batch->value_memory);
    batch_init(batch);
}

static int steps(const struct shape *shape, const struct sentence *sentence, enum side side)
{
    const struct sequence *sequence = &sentence->side[side];
    const int end = shape->side[side].end && !(side == TARGET && sentence->continues);
    return sequence->cells ? sequence->length + end : 0;
}

static bool is_class(const struct shape *shape, const struct sequence *target)
{
    const int32_t *symbols = target->cells;
    for (int t = 0; shape->side[TARGET].form == FORM_SYMBOLS && t < target->length; t++)
        if (symbols[t] < shape_first_symbol(shape))
            return false;
    return true;
}

static void check_target(const struct shape *shape, const struct sentence *sentence)
{
    const struct sequence *target = &sentence->side[TARGET];
    if (shape->head == HEAD_DECODE || !target->cells)
        return;
    require(target->length == (shape->head == HEAD_STEP ? sentence->side[SOURCE].length : 1));
    require(is_class(shape, target));
}

static void measure(struct batch *batch, const struct shape *shape,
                    const struct sentence *sentences, int count)
{
    batch->B = count;
    batch->T = 0;
    batch->carried = NULL;
    batch->target_tokens = 0;
    for (int side = SOURCE; side < SOURCES; side++)
        batch->source[side].S = batch->source[side].tokens = 0;
    for (int i = 0; i < count; i++) {
        int T = steps(shape, &sentences[i], TARGET);
        check_target(shape, &sentences[i]);
        batch->T = T > batch->T ? T : batch->T;
        batch->target_tokens += T;
        for (int side = SOURCE; side < shape_sources(shape); side++) {
            struct batch_source *source = &batch->source[side];
            int S = steps(shape, &sentences[i], (enum side)side);
            require(S > 0);
            source->S = S > source->S ? S : source->S;
            source->tokens += S;
        }
    }
}

/* Cells of a place, in the array of symbols or of values; 0 where this side has none there. */
static int64_t cells(const struct shape *shape, int side, enum form form)
{
    return shape->side[side].form == form ? side_cells(&shape->side[side]) : 0;
}

/* For so many numbers and some growth. */
static int64_t room(int64_t wanted)
{
    return 2 * (wanted > ROOM_LEAST ? wanted : ROOM_LEAST);
}

static int32_t *part(int32_t **next, int64_t count)
{
    int32_t *first = *next;
    *next += count;
    return first;
}

/* All numbers of a kind are parts of one block. Returns the larger of S + 1 and B numbers of
 * working space. */
static int32_t *reserve_symbols(struct batch *batch, const struct shape *shape)
{
    int64_t B = batch->B, targets = batch->T * B * cells(shape, TARGET, FORM_SYMBOLS), most = 0;
    int64_t wanted = targets + 3 * B;
    for (int side = SOURCE; side < shape_sources(shape); side++) {
        const struct batch_source *source = &batch->source[side];
        wanted += source->tokens * cells(shape, side, FORM_SYMBOLS) + 2 * B + source->S;
        most = source->S > most ? source->S : most;
    }
    wanted += most + 1 > B ? most + 1 : B;
    if (wanted > batch->symbol_capacity) {
        memory_free(batch->symbol_memory);
        batch->symbol_capacity = room(wanted);
        batch->symbol_memory = memory_take((size_t)batch->symbol_capacity * sizeof(int32_t));
    }
    int32_t *next = batch->symbol_memory;
    for (int side = SOURCE; side < shape_sources(shape); side++) {
        struct batch_source *source = &batch->source[side];
        source->symbols = part(&next, source->tokens * cells(shape, side, FORM_SYMBOLS));
        source->length = part(&next, B);
        source->row = part(&next, B);
        source->active = part(&next, source->S);
    }
    batch->target = part(&next, targets);
    batch->before = part(&next, B);
    batch->target_length = part(&next, B);
    batch->order = part(&next, B);
    return next;
}

static void reserve_values(struct batch *batch, const struct shape *shape)
{
    const int64_t before = batch->B * cells(shape, TARGET, FORM_VECTORS);
    int64_t wanted = (1 + (int64_t)batch->T) * before;
    for (int side = SOURCE; side < shape_sources(shape); side++)
        wanted += batch->source[side].tokens * cells(shape, side, FORM_VECTORS);
    if (wanted > batch->value_capacity) {
        memory_free(batch->value_memory);
        batch->value_capacity = room(wanted);
        batch->value_memory = memory_take((size_t)batch->value_capacity * sizeof(real));
    }
    real *next = batch->value_memory;
    for (int side = SOURCE; next && side < shape_sources(shape); side++) {
        batch->source[side].values = next;
        next += batch->source[side].tokens * cells(shape, side, FORM_VECTORS);
    }
    batch->before_values = next;
    batch->target_values = next ? next + before : NULL;
}

/* Counting sort: sentences of length L begin after all that are longer, and those are active[L].
 * row[] is left as which of the packed sentences each is. */
static void sort(struct batch *batch, const struct shape *shape, const struct sentence *sentences,
                 enum side side, int32_t *next)
{
    struct batch_source *source = &batch->source[side];
    memset(source->active, 0, (size_t)source->S * sizeof(int32_t));
    for (int i = 0; i < batch->B; i++)
        source->active[steps(shape, &sentences[i], side) - 1]++;
    for (int s = source->S - 2; s >= 0; s--)
        source->active[s] += source->active[s + 1];
    memcpy(next, source->active, (size_t)source->S * sizeof(int32_t));
    next[source->S] = 0;
    for (int i = 0; i < batch->B; i++)
        source->row[next[steps(shape, &sentences[i], side)]++] = i;
    for (int i = 0; i < batch->B; i++)
        source->length[i] = steps(shape, &sentences[source->row[i]], side);
}

static void put_values(const float *from, int count, real *to)
{
    for (int i = 0; i < count; i++)
        to[i] = from[i];
}

static void put_symbols(const int32_t *from, int count, int32_t *to)
{
    for (int i = 0; i < count; i++)
        to[i] = from ? from[i] : SYMBOL_END;
}

/* Step by step the sentences that are that long. */
static void pack_source(struct batch *batch, const struct shape *shape,
                        const struct sentence *sentences, enum side side)
{
    struct batch_source *source = &batch->source[side];
    const int width = side_cells(&shape->side[side]);
    int64_t place = 0;
    for (int s = 0; s < source->S; s++)
        for (int i = 0; i < source->active[s]; i++, place += width) {
            const struct sequence *from = &sentences[source->row[i]].side[side];
            if (shape->side[side].form == FORM_VECTORS)
                put_values((const float *)from->cells + (int64_t)s * width, width,
                           source->values + place);
            else
                put_symbols(s < from->length ? (const int32_t *)from->cells + (int64_t)s * width
                                             : NULL,
                            width, source->symbols + place);
        }
}

static void pack_sources(struct batch *batch, const struct shape *shape,
                         const struct sentence *sentences, int32_t *next)
{
    const int sources = shape_sources(shape);
    for (int side = SOURCE; side < sources; side++) {
        sort(batch, shape, sentences, (enum side)side, next);
        pack_source(batch, shape, sentences, (enum side)side);
    }
    int32_t *row_of = next; // of a packed sentence
    for (int b = 0; b < batch->B; b++)
        batch->order[b] = sources ? batch->source[SOURCE].row[b] : b;
    for (int b = 0; sources && b < batch->B; b++)
        row_of[batch->order[b]] = b;
    for (int side = SOURCE; side < sources; side++)
        for (int i = 0; i < batch->B; i++)
            batch->source[side].row[i] = row_of[batch->source[side].row[i]];
}

/* One column of (T, B): the target's places, its end if any, padding. */
static void pack_target(struct batch *batch, const struct shape *shape,
                        const struct sequence *target, int length, int b)
{
    const int B = batch->B, width = side_cells(&shape->side[TARGET]);
    batch->target_length[b] = length;
    for (int t = 0; t < batch->T; t++) {
        int64_t row = (int64_t)t * B + b;
        bool within = target->cells && t < target->length;
        if (shape->side[TARGET].form == FORM_SYMBOLS)
            batch->target[row] = within       ? ((const int32_t *)target->cells)[t]
                                 : t < length ? SYMBOL_END
                                              : SYMBOL_UNKNOWN;
        else
            for (int i = 0; i < width; i++)
                batch->target_values[row * width + i] =
                    within ? ((const float *)target->cells)[(int64_t)t * width + i] : 0;
    }
}

/* What stands before row b's first place. */
static void pack_before(struct batch *batch, const struct shape *shape,
                        const struct sequence *target, int continues, int b)
{
    const int width = side_cells(&shape->side[TARGET]);
    if (shape->side[TARGET].form == FORM_SYMBOLS)
        batch->before[b] = continues ? ((const int32_t *)target->cells)[-1] : SYMBOL_BEGIN;
    else
        for (int i = 0; i < width; i++)
            batch->before_values[b * width + i] =
                continues ? ((const float *)target->cells)[i - width] : 0;
}

void batch_pack(struct batch *batch, const struct shape *shape, const struct sentence *sentences,
                int count)
{
    measure(batch, shape, sentences, count);
    int32_t *next = reserve_symbols(batch, shape);
    reserve_values(batch, shape);
    pack_sources(batch, shape, sentences, next);
    for (int b = 0; b < count; b++) {
        const struct sentence *sentence = &sentences[batch->order[b]];
        const struct sequence *target = &sentence->side[TARGET];
        pack_target(batch, shape, target, steps(shape, sentence, TARGET), b);
        pack_before(batch, shape, target, sentence->continues, b);
    }
}
