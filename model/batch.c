#include "model/batch.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include <string.h>

void batch_init(struct batch *batch)
{
    memset(batch, 0, sizeof(*batch));
}

void batch_release(struct batch *batch)
{
    memory_free(batch->source);
    batch_init(batch);
}

/* All arrays are parts of one block, which begins with `source`. Returns S + 1 numbers of working
 * space. */
static int32_t *reserve(struct batch *batch)
{
    int64_t B = batch->B, S = batch->S, T = batch->T;
    int64_t wanted = S * B + T * B + 3 * B + 2 * S + 1;
    if (wanted > batch->capacity) {
        memory_free(batch->source);
        batch->capacity = wanted + wanted / 2;
        batch->source = memory_take((size_t)batch->capacity * sizeof(int32_t));
    }
    batch->target = batch->source + S * B;
    batch->source_length = batch->target + T * B;
    batch->target_length = batch->source_length + B;
    batch->order = batch->target_length + B;
    batch->active = batch->order + B;
    return batch->active + S;
}

static int source_steps(const struct sentence *sentence, int source_end)
{
    return sentence->side[SOURCE].length + source_end;
}

static int target_steps(const struct sentence *sentence)
{
    return sentence->side[TARGET].cells ? sentence->side[TARGET].length + 1 : 0;
}

static void measure(struct batch *batch, const struct sentence *sentences, int count,
                    int source_end)
{
    batch->B = count;
    batch->S = batch->T = 0;
    batch->source_tokens = batch->target_tokens = 0;
    for (int i = 0; i < count; i++) {
        int S = source_steps(&sentences[i], source_end), T = target_steps(&sentences[i]);
        require(S > 0);
        batch->S = S > batch->S ? S : batch->S;
        batch->T = T > batch->T ? T : batch->T;
        batch->source_tokens += S;
        batch->target_tokens += T;
    }
}

/* Counting sort: rows of length L begin after all that are longer, and those are active[L]. */
static void sort(struct batch *batch, const struct sentence *sentences, int source_end,
                 int32_t *next)
{
    memset(batch->active, 0, (size_t)batch->S * sizeof(int32_t));
    for (int i = 0; i < batch->B; i++)
        batch->active[source_steps(&sentences[i], source_end) - 1]++;
    for (int s = batch->S - 2; s >= 0; s--)
        batch->active[s] += batch->active[s + 1];
    memcpy(next, batch->active, (size_t)batch->S * sizeof(int32_t));
    next[batch->S] = 0;
    for (int i = 0; i < batch->B; i++)
        batch->order[next[source_steps(&sentences[i], source_end)]++] = i;
}

/* One row of a (steps, B) array: the symbols, end if wanted, padding. Returns the length. */
static int fill(int32_t *row, int B, int steps, const int32_t *symbols, int length, int end)
{
    for (int s = 0; s < length; s++)
        row[(int64_t)s * B] = symbols[s];
    if (end)
        row[(int64_t)length++ * B] = SYMBOL_END;
    for (int s = length; s < steps; s++)
        row[(int64_t)s * B] = SYMBOL_UNKNOWN;
    return length;
}

void batch_pack(struct batch *batch, const struct sentence *sentences, int count, int source_end)
{
    source_end = source_end != 0;
    measure(batch, sentences, count, source_end);
    int32_t *next = reserve(batch);
    sort(batch, sentences, source_end, next);
    for (int b = 0; b < count; b++) {
        const struct sentence *sentence = &sentences[batch->order[b]];
        const struct sequence *source = &sentence->side[SOURCE], *target = &sentence->side[TARGET];
        batch->source_length[b] =
            fill(batch->source + b, count, batch->S, source->cells, source->length, source_end);
        batch->target_length[b] = fill(batch->target + b, count, batch->T, target->cells,
                                       target->length, target->cells != NULL);
    }
}
