#include "model/search/search.h"
#include "comm/base/die.h"
#include "model/product/threads.h"
#include "model/search/hypotheses.h"
#include <math.h>

/* What may come behind a row, from its logits (V), which are overwritten where values are wanted.
 * Begin stands between unknown, which is the lowest symbol, and all that may be emitted. Where
 * nothing is a number, the end. */
static int choose(const struct output *output, real *logits, const struct search_options *options,
                  int most, struct likely *likely)
{
    int count = 0;
    real unknown = logits[SYMBOL_UNKNOWN] + output->bias[SYMBOL_UNKNOWN];
    if (options->allow_unknown && unknown > -INFINITY)
        likely[count++] = (struct likely){SYMBOL_UNKNOWN, unknown};
    count = output_likeliest(output, logits, SYMBOL_END, most, likely, count);
    if (count == 0)
        likely[count++] = (struct likely){SYMBOL_END, -INFINITY};
    return count;
}

/* The same where symbols are drawn: one. */
static int draw(const struct output *output, const real *logits,
                const struct search_options *options, uint32_t number, int position,
                struct likely *likely)
{
    struct random_key key = {options->seed, RANDOM_DRAW, number, 0};
    int symbol = output_draw(output, logits, SYMBOL_END, options->temperature,
                             random_uniform(&key, (uint64_t)position));
    *likely = (struct likely){symbol, logits[symbol] + output->bias[symbol]};
    return 1;
}

/* The candidates of each row. */
static void look(struct hypotheses *it, const struct search_options *options,
                 const struct output *output, real *logits)
{
#pragma omp parallel for num_threads(threads()) schedule(static) if (threads() > 1)
    for (int r = 0; r < it->rows; r++) {
        struct likely *likely = it->candidates + (int64_t)r * it->beam;
        real *row = logits + (int64_t)r * output->V;
        if (options->temperature > 0)
            it->counts[r] = draw(output, row, options, options->numbers[hypotheses_number(it, r)],
                                 it->length, likely);
        else
            it->counts[r] = choose(output, row, options, hypotheses_places(it, r), likely);
        it->log_sums[r] = it->scored ? output_log_sum(output, row) : 0;
    }
}

/* Rows that have ended leave, those that branch are there several times. */
static void follow(const struct hypotheses *it, const struct decoder *decoder,
                   struct decoder_states *states, struct encoder_states source[SOURCES],
                   const struct bank sentences[SOURCES])
{
    if (hypotheses_unmoved(it, states->B))
        return;
    decoder_pick(decoder, states, it->from, it->rows);
    for (int k = 0; k < SOURCES; k++)
        bank_attend(&source[k].bank, &sentences[k], it->sentences, it->rows);
}

struct search_result search_beam(const struct model *model, const real *block,
                                 const struct batch *batch, const int *limits,
                                 const struct search_options *options, struct arena *arena)
{
    struct hypotheses hypotheses;
    require(options->temperature == 0 || (options->beam == 1 && !options->allow_unknown));
    hypotheses_start(&hypotheses, batch, limits, options, arena);
    if (batch->B == 0)
        return hypotheses_result(&hypotheses, arena);
    int V = model->shape.side[TARGET].vocabulary, E = model->before.width;
    struct encoder_states encoder[SOURCES];
    struct decoder_states decoder;
    struct logits_states output;
    model_encode(model, block, batch, arena, encoder);
    struct bank sentences[SOURCES];
    for (int k = 0; k < SOURCES; k++) {
        sentences[k] = encoder[k].bank;
        bank_share(&encoder[k].bank, options->beam, arena);
    }
    int room = encoder[SOURCE].bank.room;
    decoder_start(&model->decoder, block, model->encoder, encoder, batch->B, 1, NULL, arena,
                  &decoder);
    model_start_logits(model, block, room, arena, &output);
    real *x = arena_take(arena, (size_t)room * (size_t)E, sizeof(real));      // (room, E)
    real *logits = arena_take(arena, (size_t)room * (size_t)V, sizeof(real)); // (room, V)
    while (follow(&hypotheses, &model->decoder, &decoder, encoder, sentences),
           hypotheses.rows > 0) {
        struct input_places last = {.rows = hypotheses.rows, .symbols = hypotheses.symbols};
        input_apply(&model->before, block, &last, x);
        decoder_run(&model->decoder, block, &decoder, x);
        model_logits(model, block, &output, decoder.r, hypotheses.rows, logits);
        look(&hypotheses, options, &output.output, logits);
        hypotheses_go_on(&hypotheses);
    }
    return hypotheses_result(&hypotheses, arena);
}
