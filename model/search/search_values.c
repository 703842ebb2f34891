#include "model/search/search_values.h"
#include "comm/base/die.h"
#include "model/pass.h"
#include <stdbool.h>
#include <string.h>

/* The rows that go on. */
struct going {
    int B;
    int *rows;      // (B): which of the packed sentences a row is
    int *sentences; // (B): which row of the batch
    int *keep;      // (B): work
    char *done;     // (B)
    real *y;        // (B, D): emitted last, zero before the first
};

static struct going start(const struct batch *batch, const int *limits, int D, struct arena *arena,
                          struct search_values *result)
{
    const size_t B = (size_t)batch->B;
    struct going going = {.B = batch->B};
    *result = (struct search_values){.D = D};
    for (int i = 0; i < batch->B; i++)
        result->width = limits[i] > result->width ? limits[i] : result->width;
    result->values = arena_take_zeroed(arena, B * (size_t)result->width * (size_t)D, sizeof(real));
    result->lengths = arena_take_zeroed(arena, B, sizeof(int));
    result->limited = arena_take_zeroed(arena, B, sizeof(int));
    going.rows = arena_take(arena, B, sizeof *going.rows);
    going.sentences = arena_take(arena, B, sizeof *going.sentences);
    going.keep = arena_take(arena, B, sizeof *going.keep);
    going.done = arena_take_zeroed(arena, B, 1);
    going.y = arena_take_zeroed(arena, B * (size_t)D, sizeof(real));
    for (int b = 0; b < batch->B; b++) {
        going.rows[b] = batch->order[b];
        going.sentences[b] = b;
    }
    return going;
}

/* y (B, D + 1), the last of them the logit. */
static void emit(struct going *going, const real *y, struct search_values *result)
{
    const int D = result->D;
    for (int b = 0; b < going->B; b++) {
        const int i = going->rows[b];
        const int64_t place = (int64_t)i * result->width + result->lengths[i]++;
        memcpy(going->y + (int64_t)b * D, y + (int64_t)b * (D + 1), (size_t)D * sizeof(real));
        memcpy(result->values + place * D, y + (int64_t)b * (D + 1), (size_t)D * sizeof(real));
        going->done[b] = y[(int64_t)b * (D + 1) + D] > 0;
    }
}

/* Rows that have ended or are at their limit are left out of all that follows. */
static void leave(struct going *going, const int *limits, const struct decoder *decoder,
                  struct decoder_states *states, struct encoder_states source[SOURCES],
                  const struct bank sentences[SOURCES], struct search_values *result)
{
    int count = 0;
    for (int b = 0; b < going->B; b++) {
        const int i = going->rows[b];
        const bool limited = !going->done[b] && result->lengths[i] >= limits[i];
        result->limited[i] |= limited;
        if (going->done[b] || limited)
            continue;
        going->rows[count] = i;
        memmove(going->y + (int64_t)count * result->D, going->y + (int64_t)b * result->D,
                (size_t)result->D * sizeof(real));
        going->keep[count++] = b;
    }
    if (count == going->B)
        return;
    memset(going->done, 0, (size_t)count);
    decoder_pick(decoder, states, going->keep, count);
    for (int i = 0; i < count; i++)
        going->sentences[i] = going->sentences[going->keep[i]];
    for (int k = 0; k < SOURCES; k++)
        bank_attend(&source[k].bank, &sentences[k], going->sentences, count);
    going->B = count;
}

struct search_values search_values(const struct model *model, const real *block,
                                   const struct batch *batch, const int *limits,
                                   struct arena *arena)
{
    const struct dense output = pass_output_values(model);
    struct search_values result;
    const struct side_shape *target = &model->shape.side[TARGET];
    require(shape_stops(&model->shape));
    struct going going = start(batch, limits, target->dimension, arena, &result);
    if (batch->B == 0)
        return result;
    struct encoder_states encoder[SOURCES];
    struct decoder_states decoder;
    model_encode(model, block, batch, arena, encoder);
    struct bank sentences[SOURCES];
    for (int k = 0; k < SOURCES; k++) {
        sentences[k] = encoder[k].bank;
        bank_share(&encoder[k].bank, 1, arena);
    }
    decoder_start(&model->decoder, block, model->encoder, encoder, batch->B, 1, NULL, arena,
                  &decoder);
    const size_t B = (size_t)batch->B;
    real *x = arena_take(arena, B * (size_t)model->before.width, sizeof(real)); // (B, E)
    real *y = arena_take(arena, B * (size_t)output.out, sizeof(real));          // (B, D + 1)
    while (leave(&going, limits, &model->decoder, &decoder, encoder, sentences, &result),
           going.B > 0) {
        struct input_places last = {.rows = going.B, .values = going.y};
        input_apply(&model->before, block, &last, x);
        decoder_run(&model->decoder, block, &decoder, x);
        dense_forward(&output, block, going.B, decoder.r, y);
        emit(&going, y, &result);
    }
    return result;
}
