#include "comm/base/die.h"
#include "model/head.h"
#include "model/pass.h"
#include <string.h>

static void init(struct model *model)
{
    const struct shape *shape = &model->shape;
    decoder_init(&model->decoder, shape, &model->parameters);
    if (shape->tied_embeddings || !shape->without_previous)
        input_init(&model->before, shape, TARGET, &model->parameters);
}

/* Teacher forcing: before each step stands begin (of a running text or series what came before),
 * then the target but for its last. */
static struct input_places places_before(const struct pass *pass)
{
    const struct batch *batch = pass->batch;
    const int B = batch->B, D = pass->model->before.cells;
    struct input_places places = {.rows = (int64_t)batch->T * B};
    if (pass->model->before.form == FORM_VECTORS) {
        real *values = pass_take(pass, places.rows, D);
        memcpy(values, batch->before_values, (size_t)B * (size_t)D * sizeof(real));
        memcpy(values + (int64_t)B * D, batch->target_values,
               (size_t)(places.rows - B) * (size_t)D * sizeof(real));
        places.values = values;
        return places;
    }
    int32_t *symbols = arena_take(pass->arena, (size_t)places.rows, sizeof *symbols);
    memcpy(symbols, batch->before, (size_t)B * sizeof *symbols);
    memcpy(symbols + B, batch->target, (size_t)(places.rows - B) * sizeof *symbols);
    places.symbols = symbols;
    return places;
}

/* Gathers the readouts of the target tokens, step by step: the output layer sees no padding. */
static void gather(struct pass *pass)
{
    const struct batch *batch = pass->batch;
    int R = shape_readout_width(&pass->model->shape);
    int64_t p = 0;
    pass_take_places(pass, batch->target_tokens);
    pass->r = pass_take(pass, pass->P, R);
    for (int t = 0; t < batch->T; t++)
        for (int b = 0; b < batch->B; b++)
            if (t < batch->target_length[b]) {
                int64_t row = (int64_t)t * batch->B + b;
                pass->place[p] = row;
                memcpy(pass->r + p++ * R, pass->decoder.r + row * R, (size_t)R * sizeof(real));
            }
    require(p == pass->P);
}

/* All rows run for all steps. */
static struct steps steps_of(const struct pass *pass)
{
    const struct batch *batch = pass->batch;
    int64_t *first = arena_take(pass->arena, (size_t)batch->T + 1, sizeof *first);
    for (int t = 0; t <= batch->T; t++)
        first[t] = (int64_t)t * batch->B;
    return (struct steps){.B = batch->B, .count = batch->T, .first = first};
}

/* What stands before each step, embedded. */
static void feed(struct pass *pass)
{
    struct input_places places = places_before(pass);
    struct steps steps = steps_of(pass);
    input_forward(&pass->model->before, pass->block, &places, &steps, pass->key, pass->arena,
                  &pass->before);
}

static void forward(struct pass *pass)
{
    const struct model *model = pass->model;
    if (!model->shape.without_previous)
        feed(pass);
    decoder_start(&model->decoder, pass->block, model->encoder, pass->encoder, pass->batch->B,
                  pass->batch->T, pass->key, pass->arena, &pass->decoder);
    if (pass->batch->carried)
        decoder_go_on(&model->decoder, &pass->decoder, pass->batch->carried);
    decoder_run(&model->decoder, pass->block, &pass->decoder, pass->before.x);
    if (pass->batch->carried)
        decoder_leave(&model->decoder, &pass->decoder, pass->batch->carried);
    gather(pass);
}

/* From dr (P, R) of the target tokens to (T, B, R), exactly zero at the padding. */
static real *scatter(const struct pass *pass, const real *dr)
{
    const struct batch *batch = pass->batch;
    int R = shape_readout_width(&pass->model->shape);
    real *all = arena_take_zeroed(pass->arena, (size_t)batch->T * (size_t)batch->B * (size_t)R,
                                  sizeof(real));
    for (int64_t p = 0; p < pass->P; p++)
        memcpy(all + pass->place[p] * R, dr + p * R, (size_t)R * sizeof(real));
    return all;
}

static void backward(struct pass *pass, real *gradient, real *dr)
{
    const struct model *model = pass->model;
    const bool feeds = !model->shape.without_previous;
    real *dx = feeds ? pass_take(pass, pass->before.places.rows, model->before.width) : NULL;
    decoder_backward(&model->decoder, pass->block, gradient, model->encoder, pass->encoder,
                     &pass->decoder, scatter(pass, dr), dx, pass->arena);
    if (feeds)
        input_backward(&model->before, pass->block, gradient, pass->key, &pass->before, dx);
}

/* The B rows run for T steps each, attention for T times the states of a sentence. */
static int64_t cost(const struct model *model, int count, const int *const lengths[SIDES])
{
    int64_t sum = 0;
    int T = 0;
    for (int i = 0; i < count; i++) {
        int steps = head_steps(model, lengths, TARGET, i);
        T = steps > T ? steps : T;
    }
    for (int i = 0; i < count; i++) {
        int64_t S[SOURCES] = {0};
        for (int k = 0; k < model->sources; k++)
            S[k] = encoder_bank_length(&model->encoder[k],
                                       head_steps(model, lengths, (enum side)k, i));
        sum += decoder_sentence_cost(&model->decoder, S, T);
    }
    return sum + (int64_t)T * count * decoder_row_cost(&model->decoder);
}

static void useful_of(const struct model *model, const int64_t steps[SIDES], int64_t useful[PARTS])
{
    const struct decoder *decoder = &model->decoder;
    const int64_t T = steps[TARGET];
    useful[PART_DECODER] += decoder_context_cost(decoder) + T * decoder_step_cost(decoder);
    useful[PART_ATTENTION] += T * (decoder_row_cost(decoder) - decoder_step_cost(decoder));
    for (int k = 0; k < model->sources; k++)
        useful[PART_ATTENTION] += decoder_attention_cost(
            decoder, (enum side)k, encoder_bank_length(&model->encoder[k], steps[k]), T);
}

static int64_t memory(const struct model *model, int B, const int steps[SIDES])
{
    int64_t N[SOURCES] = {0};
    for (int k = 0; k < model->sources; k++)
        N[k] = B * encoder_bank_length(&model->encoder[k], steps[k]);
    const int64_t rows = (int64_t)B * steps[TARGET];
    return input_memory(&model->before, rows) +
           rows * shape_readout_width(&model->shape) *
               (int64_t)sizeof(real) + // its gradient, not packed
           decoder_memory(&model->decoder, N, B, steps[TARGET]);
}

const struct head_row head_decode = {init, forward, backward, cost, useful_of, memory};
