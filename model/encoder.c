#include "model/encoder.h"
#include "model/dropout.h"
#include "model/rows.h"
#include <stdio.h>

void encoder_init(struct encoder *encoder, const struct shape *shape, enum side side,
                  struct parameters *parameters)
{
    *encoder = (struct encoder){
        .layers = shape->encoder_layers,
        .directions = shape->bidirectional ? 2 : 1,
        .H = shape->encoder_hidden,
        .M = shape_bank_width(shape, side),
        .dropout_layer = shape->dropout_layer,
        .dropout_states = shape->dropout_encoder,
        .masks = shape_masks(side),
    };
    for (int l = encoder->layers - 1; l >= 0; l--)
        for (int d = 0; d < encoder->directions; d++) {
            char prefix[40];
            snprintf(prefix, sizeof prefix, "%s.%d.%s",
                     side == SECOND ? "second_encoder" : "encoder", l, d ? "backward" : "forward");
            recurrent_init(&encoder->layer[l][d], parameters, prefix, shape->cell,
                           l ? encoder->M : shape_input_width(shape, side), encoder->H, d);
        }
}

struct steps encoder_steps(const struct batch_source *source, int B, struct arena *arena)
{
    int64_t *first = arena_take(arena, (size_t)source->S + 1, sizeof *first);
    first[0] = 0;
    for (int s = 0; s < source->S; s++)
        first[s + 1] = first[s] + source->active[s];
    return (struct steps){.B = B, .count = source->S, .first = first};
}

static void drop_layer(const struct encoder *encoder, int l, const struct random_key *key, real *x,
                       int64_t N)
{
    struct random_key of = *key;
    of.purpose = RANDOM_DROP_LAYER;
    dropout(&of, encoder->dropout_layer, encoder->masks + ((uint64_t)l << 40), x,
            (size_t)N * (size_t)encoder->M);
}

/* What layer l reads: h of the layer below, with dropout. */
static const real *layer_input(const struct encoder *encoder, int l, const real *below, int64_t N,
                               const struct random_key *key, struct arena *arena)
{
    if (!key || encoder->dropout_layer == 0)
        return below;
    real *x = arena_take(arena, (size_t)N * (size_t)encoder->M, sizeof(real));
    rows_copy(N, encoder->M, below, encoder->M, x, encoder->M);
    drop_layer(encoder, l, key, x, N);
    return x;
}

void encoder_forward(const struct encoder *encoder, const real *block,
                     const struct batch_source *source, int B, const real *x,
                     const struct random_key *key, struct arena *arena,
                     struct encoder_states *states)
{
    states->steps = encoder_steps(source, B, arena);
    states->input[0] = x;
    int64_t N = states->steps.first[source->S];
    for (int l = 0; l < encoder->layers; l++) {
        states->input[l] = l ? layer_input(encoder, l, states->h[l - 1], N, key, arena) : x;
        states->h[l] = arena_take(arena, (size_t)N * (size_t)encoder->M, sizeof(real));
        for (int d = 0; d < encoder->directions; d++) {
            const struct recurrent *layer = &encoder->layer[l][d];
            struct recurrent_states *at = &states->layer[l][d];
            recurrent_start(layer, block, &states->steps, states->h[l] + d * encoder->H, encoder->M,
                            arena, at);
            recurrent_project(layer, block, at, 0, N, 0, layer->I, states->input[l], 0);
            recurrent_forward(layer, block, at, 0, source->S);
        }
    }
    bank_init(&states->bank, source->length, &states->steps, encoder->M,
              encoder->layers ? states->h[encoder->layers - 1] : x, encoder->dropout_states, key,
              encoder->masks, arena);
}

void encoder_absent(int B, struct encoder_states *states)
{
    *states = (struct encoder_states){.steps.B = B, .bank.B = B};
}

/* Where the last place of sentence b is packed. */
static int64_t last_place(const struct encoder_states *states, int b)
{
    return states->steps.first[states->bank.lengths[b] - 1] + b;
}

void encoder_start_backward(const struct encoder *encoder, const real *block, struct arena *arena,
                            struct encoder_states *states)
{
    bank_start_backward(&states->bank, arena);
    if (!encoder->layers)
        states->dlast =
            arena_take_zeroed(arena, (size_t)states->steps.B * (size_t)encoder->M, sizeof(real));
    for (int l = 0; l < encoder->layers; l++)
        for (int d = 0; d < encoder->directions; d++)
            recurrent_start_backward(&encoder->layer[l][d], block, arena, &states->layer[l][d]);
}

void encoder_backward(const struct encoder *encoder, const real *block, real *gradient,
                      const struct random_key *key, struct encoder_states *states, real *dx,
                      struct arena *arena)
{
    int64_t N = states->steps.first[states->steps.count];
    size_t elements = (size_t)N * (size_t)encoder->M;
    if (!encoder->layers) {
        bank_backward(&states->bank, &states->steps, encoder->dropout_states, key, dx);
        for (int b = 0; b < states->steps.B; b++)
            rows_add(1, encoder->M, states->dlast + (int64_t)b * encoder->M, 0,
                     dx + last_place(states, b) * encoder->M, 0);
        return;
    }
    real *dh = arena_take(arena, elements, sizeof(real)); // (N, M), of the layer at hand
    real *dbelow = encoder->layers > 1 ? arena_take(arena, elements, sizeof(real)) : NULL;
    bank_backward(&states->bank, &states->steps, encoder->dropout_states, key, dh);
    for (int l = encoder->layers - 1; l >= 0; l--) {
        for (int d = 0; d < encoder->directions; d++) {
            const struct recurrent *layer = &encoder->layer[l][d];
            struct recurrent_states *at = &states->layer[l][d];
            recurrent_backward(layer, block, at, 0, states->steps.count, dh + d * encoder->H);
            recurrent_finish_input(layer, gradient, at, 0, layer->I, states->input[l]);
            recurrent_finish(layer, gradient, at);
            recurrent_project_backward(layer, block, at, 0, N, 0, layer->I, l ? dbelow : dx, d > 0);
        }
        if (l && key)
            drop_layer(encoder, l, key, dbelow, N);
        real *free = dh;
        dh = dbelow;
        dbelow = free;
    }
}

void encoder_final(const struct encoder *encoder, const struct encoder_states *states, int layer,
                   real *h, real *c)
{
    int H = encoder->H, M = encoder->M, B = states->steps.B;
    if (!encoder->layers)
        for (int b = 0; b < B; b++)
            rows_copy(1, M, states->input[0] + last_place(states, b) * M, M, h + (int64_t)b * M, M);
    for (int d = 0; layer >= 0 && d < encoder->directions; d++) {
        const struct recurrent_states *at = &states->layer[layer][d];
        rows_copy(B, H, at->state_h, H, h + d * H, M);
        if (c)
            rows_copy(B, H, at->state_c, H, c + d * H, M);
    }
}

void encoder_final_backward(const struct encoder *encoder, struct encoder_states *states, int layer,
                            const real *dh, const real *dc)
{
    int H = encoder->H, M = encoder->M, B = states->steps.B;
    if (!encoder->layers)
        rows_add(B, M, dh, M, states->dlast, M);
    for (int d = 0; layer >= 0 && d < encoder->directions; d++) {
        struct recurrent_states *at = &states->layer[layer][d];
        rows_add(B, H, dh + d * H, M, at->dstate_h, H);
        if (dc)
            rows_add(B, H, dc + d * H, M, at->dstate_c, H);
    }
}

int64_t encoder_cost(const struct encoder *encoder)
{
    int64_t cost = 0;
    for (int l = 0; l < encoder->layers; l++)
        for (int d = 0; d < encoder->directions; d++)
            cost += recurrent_cost(&encoder->layer[l][d]);
    return cost;
}

int64_t encoder_memory(const struct encoder *encoder, int64_t N, int B)
{
    int64_t layers = encoder->layers, M = encoder->M;
    int64_t row = 2 * M + 2 * M; // bank and its gradient; dh, dbelow
    int64_t weights = 0;
    for (int l = 0; l < layers; l++)
        for (int d = 0; d < encoder->directions; d++) {
            row += recurrent_memory(&encoder->layer[l][d]);
            weights += recurrent_weights_memory(&encoder->layer[l][d], 0);
        }
    row += layers * M + (encoder->dropout_layer > 0 ? (layers - 1) * M : 0);
    return weights + (N * row + B * layers * 4 * M) * (int64_t)sizeof(real);
}
