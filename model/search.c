#include "model/search.h"
#include "model/place.h"
#include "model/threads.h"
#include <stdbool.h>
#include <string.h>

/* logits (V), without the bias. Begin stands between unknown, which is the lowest symbol, and all
 * that may be emitted. */
static int most_likely(const struct output *output, const real *logits, int allow_unknown)
{
    int best = output_likeliest(output, logits, SYMBOL_END);
    real unknown = logits[SYMBOL_UNKNOWN] + output->bias[SYMBOL_UNKNOWN];
    return allow_unknown && unknown >= logits[best] + output->bias[best] ? SYMBOL_UNKNOWN : best;
}

/* What a search keeps of the rows that go on, and its result. */
struct greedy {
    const struct batch *batch;
    const int *limits;
    int B;
    int *rows;        // (B): which of the packed sentences a row is
    int32_t *symbols; // (B): emitted last
    char *done;       // (B)
    int *keep;        // (B): work
    struct search_result result;
};

static struct greedy start(const struct batch *batch, const int *limits, struct arena *arena)
{
    size_t B = (size_t)batch->B;
    struct greedy greedy = {.batch = batch, .limits = limits, .B = batch->B};
    for (int b = 0; b < batch->B; b++)
        greedy.result.width = limits[b] > greedy.result.width ? limits[b] : greedy.result.width;
    greedy.rows = arena_take(arena, B, sizeof *greedy.rows);
    greedy.symbols = arena_take(arena, B, sizeof *greedy.symbols);
    greedy.done = arena_take_zeroed(arena, B, 1);
    greedy.keep = arena_take(arena, B, sizeof *greedy.keep);
    greedy.result.symbols =
        arena_take_zeroed(arena, B * (size_t)greedy.result.width, sizeof(int32_t));
    greedy.result.lengths = arena_take_zeroed(arena, B, sizeof(int));
    greedy.result.limited = arena_take_zeroed(arena, B, sizeof(int));
    for (int b = 0; b < batch->B; b++) {
        greedy.rows[b] = batch->order[b];
        greedy.symbols[b] = SYMBOL_BEGIN;
    }
    return greedy;
}

/* Takes the likeliest symbol of each row. */
static void emit(struct greedy *greedy, const struct output *output, const real *logits,
                 int allow_unknown)
{
    struct search_result *result = &greedy->result;
#pragma omp parallel for num_threads(threads()) schedule(static) if (threads() > 1)
    for (int b = 0; b < greedy->B; b++) {
        int i = greedy->rows[b];
        greedy->symbols[b] = most_likely(output, logits + (int64_t)b * output->V, allow_unknown);
        if (greedy->symbols[b] == SYMBOL_END)
            greedy->done[b] = 1;
        else
            result->symbols[(int64_t)i * result->width + result->lengths[i]++] = greedy->symbols[b];
    }
}

/* Rows that have ended or are at their limit are left out of all that follows. */
static void leave(struct greedy *greedy, const struct decoder *decoder,
                  struct decoder_states *states, struct bank *bank)
{
    int count = 0;
    for (int b = 0; b < greedy->B; b++) {
        int i = greedy->rows[b];
        bool limited = !greedy->done[b] && greedy->result.lengths[i] >= greedy->limits[i];
        greedy->result.limited[i] |= limited;
        if (greedy->done[b] || limited)
            continue;
        greedy->rows[count] = i;
        greedy->symbols[count] = greedy->symbols[b];
        greedy->keep[count++] = b;
    }
    if (count == greedy->B)
        return;
    memset(greedy->done, 0, (size_t)count);
    decoder_keep(decoder, states, greedy->keep, count);
    bank_keep(bank, greedy->keep, count);
    greedy->B = count;
}

struct search_result search_greedy(const struct model *model, const real *block,
                                   const struct batch *batch, const int *limits, int allow_unknown,
                                   struct arena *arena)
{
    struct greedy greedy = start(batch, limits, arena);
    if (batch->B == 0)
        return greedy.result;
    int V = model->shape.side[TARGET].vocabulary, E = model->before.width, B = batch->B;
    struct encoder_states encoder[SOURCES];
    struct decoder_states decoder;
    struct logits_states output;
    model_encode(model, block, batch, arena, encoder);
    decoder_start(&model->decoder, block, model->encoder, encoder, B, 1, NULL, arena, &decoder);
    model_start_logits(model, block, B, arena, &output);
    real *x = arena_take(arena, (size_t)B * (size_t)E, sizeof(real));      // (B, E)
    real *logits = arena_take(arena, (size_t)B * (size_t)V, sizeof(real)); // (B, V)
    while (leave(&greedy, &model->decoder, &decoder, &encoder[SOURCE].bank), greedy.B > 0) {
        struct input_places last = {.rows = greedy.B, .symbols = greedy.symbols};
        input_apply(&model->before, block, &last, x);
        decoder_run(&model->decoder, block, &decoder, x);
        model_logits(model, block, &output, decoder.r, greedy.B, logits);
        emit(&greedy, &output.output, logits, allow_unknown);
    }
    return greedy.result;
}
