#include "model/encoder/encoder.h"
#include "model/layers/dropout.h"
#include "model/layers/pyramid.h"
#include "model/product/rows.h"
#include <stdio.h>

/* Behind all that the first encoder and the decoder have. */
enum { SECOND_RECURRENCE = 4 * SHAPE_LAYERS };

void encoder_init(struct encoder *encoder, const struct shape *shape, enum side side,
                  struct parameters *parameters)
{
    *encoder = (struct encoder){
        .layers = shape->encoder_layers,
        .directions = shape->bidirectional ? 2 : 1,
        .H = shape->encoder_hidden,
        .M = shape_bank_width(shape, side),
        .residual = shape->residual,
        .pyramid = shape->pyramid,
        .dropout_layer = shape->dropout_layer,
        .dropout_recurrent = shape->dropout_state,
        .dropout_states = shape->dropout_encoder,
        .variational = shape->variational,
        .number = side == SECOND ? SECOND_RECURRENCE : 0,
        .masks = shape_masks(side),
    };
    int above = encoder->pyramid ? 2 * encoder->M : encoder->M;
    for (int l = encoder->layers - 1; l >= 0; l--)
        for (int d = 0; d < encoder->directions; d++) {
            char prefix[40];
            snprintf(prefix, sizeof prefix, "%s.%d.%s",
                     side == SECOND ? "second_encoder" : "encoder", l, d ? "backward" : "forward");
            recurrent_init(&encoder->layer[l][d], parameters, prefix, cell_of(shape->cell),
                           shape->layer_norm, l ? above : shape_input_width(shape, side),
                           encoder->H, d);
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

static int64_t rows_of(const struct steps *steps)
{
    return steps->first[steps->count];
}

/* x (N_l, I): the input of layer l, or its gradient. */
static void drop_layer(const struct encoder *encoder, int l, const struct steps *steps,
                       const struct random_key *key, real *x)
{
    struct random_key of = *key;
    of.purpose = RANDOM_DROP_LAYER;
    dropout_steps(&of, encoder->dropout_layer, encoder->variational,
                  encoder->masks + ((uint64_t)l << 40), steps->count, steps->first,
                  encoder->layer[l][0].I, x);
}

/* What layer l reads: h of the layer below, or its pairs, with dropout. */
static const real *layer_input(const struct encoder *encoder, int l, const struct steps *below,
                               const struct steps *steps, const real *h,
                               const struct random_key *key, struct arena *arena)
{
    int I = encoder->layer[l][0].I, drops = key && encoder->dropout_layer > 0;
    if (!drops && !encoder->pyramid)
        return h;
    real *x = arena_take(arena, (size_t)rows_of(steps) * (size_t)I, sizeof(real));
    if (encoder->pyramid)
        pyramid_join(below, steps, encoder->M, h, x);
    else
        rows_copy(rows_of(steps), I, h, I, x, I);
    if (drops)
        drop_layer(encoder, l, steps, key, x);
    return x;
}

/* From input[l] to h[l]. */
static void layer_forward(const struct encoder *encoder, const real *block, int l,
                          const struct steps *steps, const struct random_key *key,
                          struct arena *arena, struct encoder_states *states)
{
    int64_t N = rows_of(steps);
    int M = encoder->M;
    states->h[l] = arena_take(arena, (size_t)N * (size_t)M, sizeof(real));
    for (int d = 0; d < encoder->directions; d++) {
        const struct recurrent *layer = &encoder->layer[l][d];
        struct recurrent_states *at = &states->layer[l][d];
        recurrent_start(layer, block, steps, states->h[l] + d * encoder->H, M, arena, at);
        recurrent_start_dropout(layer, key, encoder->dropout_recurrent, encoder->number + 2 * l + d,
                                arena, at);
        recurrent_project(layer, block, at, 0, N, 0, layer->I, states->input[l], 0);
        recurrent_forward(layer, block, at, 0, steps->count);
    }
    if (l && encoder->residual)
        rows_add(N, M, states->h[l - 1], M, states->h[l], M);
}

void encoder_forward(const struct encoder *encoder, const real *block, const struct steps *source,
                     const int32_t *row, const real *x, const struct random_key *key,
                     struct arena *arena, struct encoder_states *states)
{
    struct steps steps = states->steps = *source;
    states->input[0] = x;
    for (int l = 0; l < encoder->layers; l++) {
        struct steps below = steps;
        if (l && encoder->pyramid)
            steps = pyramid_steps(&below, arena);
        states->input[l] =
            l ? layer_input(encoder, l, &below, &steps, states->h[l - 1], key, arena) : x;
        layer_forward(encoder, block, l, &steps, key, arena, states);
    }
    bank_init(&states->bank, &steps, row, encoder->M,
              encoder->layers ? states->h[encoder->layers - 1] : x, encoder->dropout_states, key,
              encoder->masks, arena);
}

void encoder_absent(int B, struct encoder_states *states)
{
    *states = (struct encoder_states){.steps.B = B, .bank = {.B = B, .room = B}};
}

/* Where the last place of the i-th sentence is packed, of an encoder without layers. */
static int64_t last_place(const struct encoder_states *states, int i)
{
    return states->steps.first[states->bank.lengths[states->bank.row[i]] - 1] + i;
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

/* dx (N_l, I) = the gradient of input[l], from dh (N_l, M), that of h[l]. */
static void layer_backward(const struct encoder *encoder, const real *block, real *gradient, int l,
                           struct encoder_states *states, const real *dh, real *dx)
{
    for (int d = 0; d < encoder->directions; d++) {
        const struct recurrent *layer = &encoder->layer[l][d];
        struct recurrent_states *at = &states->layer[l][d];
        recurrent_backward(layer, block, at, 0, at->steps.count, dh + d * encoder->H);
        recurrent_finish_input(layer, gradient, at, 0, layer->I, states->input[l]);
        recurrent_finish(layer, gradient, at);
        recurrent_project_backward(layer, block, at, 0, rows_of(&at->steps), 0, layer->I, dx,
                                   d > 0);
    }
}

/* Without layers. */
static void embedded_backward(const struct encoder *encoder, const struct random_key *key,
                              struct encoder_states *states, real *dx)
{
    int M = encoder->M;
    bank_backward(&states->bank, &states->steps, encoder->dropout_states, key, dx);
    for (int i = 0; i < states->steps.B; i++)
        rows_add(1, M, states->dlast + (int64_t)states->bank.row[i] * M, M,
                 dx + last_place(states, i) * M, M);
}

void encoder_backward(const struct encoder *encoder, const real *block, real *gradient,
                      const struct random_key *key, struct encoder_states *states, real *dx,
                      struct arena *arena)
{
    int M = encoder->M, top = encoder->layers - 1;
    if (top < 0) {
        embedded_backward(encoder, key, states, dx);
        return;
    }
    size_t elements = (size_t)rows_of(&states->steps) * (size_t)M;
    real *dh = arena_take(arena, elements, sizeof(real)); // (N_l, M), of the layer at hand
    real *dbelow = top ? arena_take(arena, elements, sizeof(real)) : NULL;
    bank_backward(&states->bank, &states->layer[top][0].steps, encoder->dropout_states, key, dh);
    for (int l = top; l > 0; l--) {
        const struct steps *steps = &states->layer[l][0].steps;
        size_t joined = (size_t)rows_of(steps) * (size_t)encoder->layer[l][0].I;
        real *dinput = encoder->pyramid ? arena_take(arena, joined, sizeof(real)) : dbelow;
        layer_backward(encoder, block, gradient, l, states, dh, dinput);
        if (key)
            drop_layer(encoder, l, steps, key, dinput);
        if (encoder->pyramid)
            pyramid_split(&states->layer[l - 1][0].steps, steps, M, dinput, dbelow);
        if (encoder->residual)
            rows_add(rows_of(steps), M, dh, M, dbelow, M);
        real *free = dh;
        dh = dbelow;
        dbelow = free;
    }
    layer_backward(encoder, block, gradient, 0, states, dh, dx);
}

/* A recurrence leaves its sentences' states in its own order: to that of the batch, and back. */
static void to_batch(const struct encoder_states *states, int width, const real *x, int ldx,
                     real *y, int ldy)
{
    for (int i = 0; i < states->steps.B; i++)
        rows_copy(1, width, x + (int64_t)i * ldx, ldx, y + (int64_t)states->bank.row[i] * ldy, ldy);
}

static void add_from_batch(const struct encoder_states *states, int width, const real *x, int ldx,
                           real *y, int ldy)
{
    for (int i = 0; i < states->steps.B; i++)
        rows_add(1, width, x + (int64_t)states->bank.row[i] * ldx, ldx, y + (int64_t)i * ldy, ldy);
}

void encoder_final(const struct encoder *encoder, const struct encoder_states *states, int layer,
                   real *h, real *c, int ld)
{
    int H = encoder->H, M = encoder->M, B = states->steps.B;
    if (!encoder->layers)
        for (int i = 0; i < B; i++)
            rows_copy(1, M, states->input[0] + last_place(states, i) * M, M,
                      h + (int64_t)states->bank.row[i] * ld, ld);
    for (int d = 0; layer >= 0 && d < encoder->directions; d++) {
        const struct recurrent_states *at = &states->layer[layer][d];
        to_batch(states, H, at->state_h, H, h + d * H, ld);
        if (c)
            to_batch(states, H, at->state_c, H, c + d * H, ld);
    }
}

void encoder_final_backward(const struct encoder *encoder, struct encoder_states *states, int layer,
                            const real *dh, const real *dc, int ld)
{
    int H = encoder->H, M = encoder->M, B = states->steps.B;
    if (!encoder->layers)
        rows_add(B, M, dh, ld, states->dlast, M);
    for (int d = 0; layer >= 0 && d < encoder->directions; d++) {
        struct recurrent_states *at = &states->layer[layer][d];
        add_from_batch(states, H, dh + d * H, ld, at->dstate_h, H);
        if (dc)
            add_from_batch(states, H, dc + d * H, ld, at->dstate_c, H);
    }
}

int64_t encoder_length(const struct encoder *encoder, int layer, int64_t S)
{
    for (int l = 0; l < layer && encoder->pyramid; l++)
        S = (S + 1) / 2;
    return S;
}

int64_t encoder_bank_length(const struct encoder *encoder, int64_t S)
{
    return encoder_length(encoder, encoder->layers - 1, S);
}

int64_t encoder_cost(const struct encoder *encoder, int64_t S)
{
    int64_t cost = 0;
    for (int l = 0; l < encoder->layers; l++)
        for (int d = 0; d < encoder->directions; d++)
            cost += encoder_length(encoder, l, S) * recurrent_cost(&encoder->layer[l][d]);
    return cost;
}

int64_t encoder_memory(const struct encoder *encoder, int B, int S)
{
    int64_t M = encoder->M, layers = encoder->layers, N = (int64_t)B * S;
    int64_t reals = 2 * N * M + 2 * B * encoder_bank_length(encoder, S) * M; // dh, dbelow; the bank
    int64_t weights = 0;
    int state = encoder->dropout_recurrent > 0 ? encoder->H : 0;
    for (int l = 0; l < layers; l++) {
        int64_t rows = B * encoder_length(encoder, l, S), I = encoder->layer[l][0].I;
        for (int d = 0; d < encoder->directions; d++) {
            reals += rows * (recurrent_memory(&encoder->layer[l][d]) + state);
            weights += recurrent_weights_memory(&encoder->layer[l][d], 0);
        }
        reals += rows * M;
        if (l && (encoder->pyramid || encoder->dropout_layer > 0))
            reals += rows * I * (encoder->pyramid ? 2 : 1);
    }
    return weights + (reals + B * layers * 4 * M) * (int64_t)sizeof(real);
}
