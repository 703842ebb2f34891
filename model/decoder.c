#include "model/decoder.h"
#include "comm/base/die.h"
#include "model/dropout.h"
#include "model/rows.h"
#include <stdio.h>
#include <string.h>

/* Parameters in the order in which backward finishes them. */
void decoder_init(struct decoder *decoder, const struct shape *shape, struct parameters *parameters)
{
    int attends = shape->context_use == CONTEXT_USE_ATTENTION;
    int previous = attends && shape->attention_state == ATTENTION_PREVIOUS;
    *decoder = (struct decoder){
        .layers = shape->decoder_layers,
        .E = shape->embedding,
        .H = shape->hidden,
        .M = shape_memory_width(shape),
        .R = shape->readout,
        .attends = attends,
        .previous = previous,
        .feeding = shape->input_feeding,
        .J = (previous ? shape_memory_width(shape) : 0) +
             (shape->input_feeding ? shape->readout : 0),
        .residual = shape->residual,
        .variational = shape->variational,
        .dropout_layer = shape->dropout_layer,
        .dropout_recurrent = shape->dropout_state,
        .dropout_first = shape->encoder_layers,
    };
    readout_init(&decoder->readout, shape, parameters);
    for (int l = decoder->layers - 1; l >= 0; l--) {
        char prefix[32];
        snprintf(prefix, sizeof prefix, "decoder.%d", l);
        recurrent_init(&decoder->layer[l], parameters, prefix, shape->cell, shape->layer_norm,
                       l ? decoder->H : decoder->E + decoder->J, decoder->H, 0);
    }
    if (attends)
        attention_init(&decoder->attention, shape, parameters);
    context_init(&decoder->context, shape, parameters);
}

static real *take(struct arena *arena, int64_t rows, int width)
{
    return arena_take(arena, (size_t)rows * (size_t)width, sizeof(real));
}

static void start_layers(const struct decoder *decoder, const real *block,
                         struct decoder_states *states, struct arena *arena)
{
    int B = states->B, H = decoder->H;
    int64_t rows = (int64_t)states->T * B, elements = (int64_t)B * H;
    for (int l = 0; l < decoder->layers; l++) {
        struct recurrent_states *layer = &states->layer[l];
        recurrent_start(&decoder->layer[l], block, &states->steps, take(arena, rows, H), H, arena,
                        layer);
        recurrent_start_dropout(&decoder->layer[l], states->key, decoder->dropout_recurrent,
                                2 * decoder->dropout_first + l, arena, layer);
        rows_copy(B, H, states->context.h + l * elements, H, layer->state_h, H);
        if (states->context.c)
            rows_copy(B, H, states->context.c + l * elements, H, layer->state_c, H);
        if (l)
            states->input[l] = states->key && decoder->dropout_layer > 0 ? take(arena, rows, H)
                                                                         : states->layer[l - 1].h;
    }
}

/* What of the weights is applied step by step; in a search all. */
static void start_stepwise(const struct decoder *decoder, const real *block,
                           struct decoder_states *states, struct arena *arena)
{
    int search = states->T == 1;
    if (decoder->J)
        recurrent_start_input(&decoder->layer[0], block, decoder->E, decoder->J, arena,
                              &states->layer[0]);
    if (search)
        recurrent_start_input(&decoder->layer[0], block, 0, decoder->E, arena, &states->layer[0]);
    for (int l = 1; l < decoder->layers && (decoder->J || search); l++)
        recurrent_start_input(&decoder->layer[l], block, 0, decoder->H, arena, &states->layer[l]);
    if (decoder->feeding || search)
        readout_start(&decoder->readout, block, states->B, arena, &states->readout);
}

void decoder_start(const struct decoder *decoder, const real *block, const struct encoder *encoder,
                   struct encoder_states *source, int T, const struct random_key *key,
                   struct arena *arena, struct decoder_states *states)
{
    int B = source->steps.B;
    int64_t rows = (int64_t)T * B;
    *states = (struct decoder_states){.B = B, .T = T, .key = key};
    states->first = arena_take(arena, (size_t)T + 1, sizeof *states->first);
    states->steps = (struct steps){.B = B, .count = T, .first = states->first};
    for (int t = 0; t <= T; t++)
        states->first[t] = (int64_t)t * B;
    states->r = take(arena, rows, decoder->R);
    states->beside = take(arena, rows, decoder->J);
    states->c = states->beside;
    states->ldc = decoder->J;
    if (decoder->attends && !decoder->previous) {
        states->c = take(arena, rows, decoder->M);
        states->ldc = decoder->M;
    }
    if (decoder->feeding)
        states->fed = arena_take_zeroed(arena, (size_t)B * (size_t)decoder->R, sizeof(real));
    context_forward(&decoder->context, block, encoder, source, arena, &states->context);
    start_layers(decoder, block, states, arena);
    start_stepwise(decoder, block, states, arena);
    if (decoder->attends)
        attention_start(&decoder->attention, block, &source->bank, T, arena, &states->attention);
}

int decoder_stride(const struct decoder *decoder, const struct decoder_states *states)
{
    return decoder->previous || decoder->feeding ? 1 : states->T;
}

/* What the readout of step t on reads. */
struct readout_input decoder_reads(const struct decoder *decoder,
                                   const struct decoder_states *states, int t)
{
    int64_t row = (int64_t)t * states->B;
    return (struct readout_input){
        .h = states->layer[decoder->layers - 1].h + row * decoder->H,
        .x = states->x + row * decoder->E,
        .c = states->c + row * states->ldc,
        .ldc = states->ldc,
    };
}

const struct readout_states *decoder_readout(const struct decoder *decoder,
                                             const struct decoder_states *states)
{
    return decoder->feeding || states->T == 1 ? &states->readout : NULL;
}

static void read_out(const struct decoder *decoder, const real *block,
                     struct decoder_states *states, int t, int n)
{
    struct readout_input input = decoder_reads(decoder, states, t);
    readout_forward(&decoder->readout, block, decoder_readout(decoder, states),
                    (int64_t)n * states->B, &input,
                    states->r + (int64_t)t * states->B * decoder->R);
}

void decoder_drop(const struct decoder *decoder, const struct decoder_states *states, int l, int t,
                  int n, real *x)
{
    if (!states->key)
        return;
    struct random_key key = *states->key;
    key.purpose = RANDOM_DROP_LAYER;
    dropout_steps(&key, decoder->dropout_layer, decoder->variational,
                  (uint64_t)(decoder->dropout_first + l) << 40, n, states->first + t, decoder->H,
                  x);
}

/* Into `beside`: c_t of the state before, r_{t-1}; and their part of the first layer's W x. */
static void look_back(const struct decoder *decoder, const real *block,
                      struct decoder_states *states, int t)
{
    int B = states->B, R = decoder->R, J = decoder->J;
    int64_t row = (int64_t)t * B;
    real *beside = states->beside + row * J;
    if (decoder->previous)
        attention_forward(&decoder->attention, block, &states->attention, t, 1,
                          states->layer[decoder->layers - 1].state_h, beside, J);
    if (decoder->feeding)
        rows_copy(B, R, states->fed, R, beside + J - R, J);
    recurrent_project(&decoder->layer[0], block, &states->layer[0], row, B, decoder->E, J, beside,
                      1);
}

/* The steps [t, t + n). */
static void advance(const struct decoder *decoder, const real *block, struct decoder_states *states,
                    int t, int n)
{
    int B = states->B, H = decoder->H, R = decoder->R;
    int64_t row = (int64_t)t * B, rows = (int64_t)n * B;
    if (decoder->J)
        look_back(decoder, block, states, t);
    for (int l = 0; l < decoder->layers; l++) {
        if (l) {
            real *x = states->input[l] + row * H, *below = states->layer[l - 1].h + row * H;
            if (x != below) {
                rows_copy(rows, H, below, H, x, H);
                decoder_drop(decoder, states, l, t, n, x);
            }
            recurrent_project(&decoder->layer[l], block, &states->layer[l], row, rows, 0, H, x, 0);
        }
        recurrent_forward(&decoder->layer[l], block, &states->layer[l], t, n);
        if (l && decoder->residual)
            rows_add(rows, H, states->layer[l - 1].h + row * H, H, states->layer[l].h + row * H, H);
    }
    if (decoder->attends && !decoder->previous)
        attention_forward(&decoder->attention, block, &states->attention, t, n,
                          states->layer[decoder->layers - 1].h + row * H,
                          states->c + row * states->ldc, states->ldc);
    if (decoder->feeding) {
        read_out(decoder, block, states, t, n);
        rows_copy(B, R, states->r + row * R, R, states->fed, R);
    }
}

void decoder_run(const struct decoder *decoder, const real *block, struct decoder_states *states,
                 const real *x)
{
    int stride = decoder_stride(decoder, states);
    states->x = x;
    recurrent_project(&decoder->layer[0], block, &states->layer[0], 0,
                      (int64_t)states->T * states->B, 0, decoder->E, x, 0);
    for (int t = 0; t < states->T; t += stride)
        advance(decoder, block, states, t, stride);
    if (!decoder->feeding)
        read_out(decoder, block, states, 0, states->T);
}

static void keep_rows(const int *keep, int count, int width, real *x)
{
    for (int i = 0; i < count; i++)
        if (keep[i] != i)
            memcpy(x + (int64_t)i * width, x + (int64_t)keep[i] * width,
                   (size_t)width * sizeof(real));
}

void decoder_keep(const struct decoder *decoder, struct decoder_states *states, const int *keep,
                  int count)
{
    require(states->T == 1);
    for (int l = 0; l < decoder->layers; l++) {
        keep_rows(keep, count, decoder->H, states->layer[l].state_h);
        if (states->layer[l].state_c)
            keep_rows(keep, count, decoder->H, states->layer[l].state_c);
        states->layer[l].steps.B = count;
    }
    if (decoder->feeding)
        keep_rows(keep, count, decoder->R, states->fed);
    states->B = states->steps.B = count;
    states->first[1] = count;
}

int64_t decoder_row_cost(const struct decoder *decoder)
{
    int64_t cost = readout_cost(&decoder->readout);
    for (int l = 0; l < decoder->layers; l++)
        cost += recurrent_cost(&decoder->layer[l]);
    if (decoder->attends)
        cost += decoder->attention.row->query_cost(&decoder->attention);
    return cost;
}

int64_t decoder_sentence_cost(const struct decoder *decoder, int S, int T)
{
    int64_t cost = context_cost(&decoder->context);
    if (decoder->attends)
        cost += S * decoder->attention.row->key_cost(&decoder->attention) +
                (int64_t)T * S * (decoder->attention.K + decoder->M);
    return cost;
}

int64_t decoder_memory(const struct decoder *decoder, int64_t N, int B, int T)
{
    int64_t H = decoder->H, layers = decoder->layers;
    int64_t row = 2 * (decoder->J + decoder->M) + decoder->R, weights = 0;
    for (int l = 0; l < layers; l++) {
        int stepwise = l && decoder->J ? decoder->H : decoder->J;
        row += recurrent_memory(&decoder->layer[l]) + 2 * H; // h and dh
        weights += recurrent_weights_memory(&decoder->layer[l], stepwise);
    }
    if (decoder->feeding)
        weights += readout_memory(&decoder->readout);
    row += decoder->dropout_layer > 0 ? (layers - 1) * H : 0;
    row += decoder->dropout_recurrent > 0 ? layers * H : 0;
    int64_t reals = B * (layers * 8 * H + 2 * decoder->M + 2 * decoder->R);
    if (decoder->attends) {
        int64_t K = decoder->attention.K;
        reals += 2 * N * (T + K) + B * K; // weights, keys and their gradients
        row += decoder->attention.row->query_cost(&decoder->attention) ? 2 * K : 0;
        weights += decoder->attention.stepwise ? linear_memory(&decoder->attention.query) : 0;
    }
    return weights + (reals + (int64_t)T * B * row) * (int64_t)sizeof(real);
}
