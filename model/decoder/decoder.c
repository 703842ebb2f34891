#include "model/decoder/decoder.h"
#include "comm/base/die.h"
#include "model/product/rows.h"
#include <stdio.h>
#include <string.h>

/* Parameters in the order in which backward finishes them. */
void decoder_init(struct decoder *decoder, const struct shape *shape, struct parameters *parameters)
{
    enum attends attends = shape_attends(shape);
    *decoder = (struct decoder){
        .layers = shape->decoder_layers,
        .E = shape->without_previous ? 0 : shape->embedding,
        .H = shape->hidden,
        .M = shape_memory_width(shape),
        .sources = shape_sources(shape),
        .R = shape_readout_width(shape),
        .attends = attends,
        .feeding = shape->input_feeding,
        .joined = shape_joins(shape),
        .stepwise = attends == ATTENDS_BEFORE || attends == ATTENDS_WITHIN || shape->input_feeding,
        .J = (attends == ATTENDS_BEFORE ? shape_memory_width(shape) : 0) +
             (shape->input_feeding ? shape->readout : 0),
        .residual = shape->residual,
        .variational = shape->variational,
        .dropout_layer = shape->dropout_layer,
        .dropout_recurrent = shape->dropout_state,
        .dropout_first = shape->encoder_layers,
    };
    readout_init(&decoder->readout, shape, parameters);
    int read = decoder->E + decoder->J + (decoder->joined ? decoder->M : 0);
    for (int l = decoder->layers - 1; l >= 0; l--) {
        char prefix[32];
        if (l == 0 && attends == ATTENDS_WITHIN)
            recurrent_init(&decoder->second, parameters, "decoder.0.second", cell_of(shape->cell),
                           shape->layer_norm, decoder->M, decoder->H, 0);
        snprintf(prefix, sizeof prefix, "decoder.%d", l);
        recurrent_init(&decoder->layer[l], parameters, prefix, cell_of(shape->cell),
                       shape->layer_norm, l ? decoder->H : read, decoder->H, 0);
    }
    for (int k = decoder->sources - 1; k >= 0 && attends; k--)
        attention_init(&decoder->attention[k], shape, (enum side)k, parameters);
    context_init(&decoder->context, shape, parameters);
}

static real *take(struct arena *arena, int64_t rows, int width)
{
    return arena_take(arena, (size_t)rows * (size_t)width, sizeof(real));
}

/* From here on the rows are so many. */
static void set_rows(const struct decoder *decoder, struct decoder_states *states, int B)
{
    for (int l = 0; l < decoder->layers; l++)
        states->layer[l].steps.B = B;
    states->second.steps.B = B; // its state is that of layer 0
    states->B = states->steps.B = B;
    for (int t = 0; t <= states->T; t++)
        states->first[t] = (int64_t)t * B;
}

/* Of what is carried from step to step. */
static int widest(const struct decoder *decoder)
{
    int width = decoder->H > decoder->R ? decoder->H : decoder->R;
    int joined = decoder->joined ? recurrent_input(&decoder->layer[0], 0, 0).out : 0;
    return width > joined ? width : joined;
}

/* The second transition goes on from the state that the first one leaves, and leaves its own: both
 * carry the same. */
static void start_second(const struct decoder *decoder, const real *block,
                         struct decoder_states *states, struct arena *arena)
{
    states->h[0] = take(arena, (int64_t)states->T * states->room, decoder->H);
    recurrent_start(&decoder->second, block, &states->steps, states->h[0], decoder->H, arena,
                    &states->second);
    recurrent_start_input(&decoder->second, block, 0, decoder->M, arena, &states->second);
    recurrent_start_dropout(&decoder->second, states->key, decoder->dropout_recurrent,
                            2 * decoder->dropout_first + decoder->layers, arena, &states->second);
    states->second.state_h = states->layer[0].state_h;
    states->second.state_c = states->layer[0].state_c;
}

/* The part of the joined context in what a step and the readout read. */
static void start_joined(const struct decoder *decoder, const real *block,
                         struct decoder_states *states, struct arena *arena)
{
    struct linear W = recurrent_input(&decoder->layer[0], decoder->E, decoder->M);
    int B = states->context.B;
    constant_start(&W, block, states->context.summary, B, states->room, arena, &states->joined);
    if (decoder->readout.joined)
        constant_start(&decoder->readout.c, block, states->context.summary, B, states->room, arena,
                       &states->joined_readout);
}

static void start_layers(const struct decoder *decoder, const real *block,
                         struct decoder_states *states, struct arena *arena)
{
    int B = states->context.B, H = decoder->H;
    int64_t rows = (int64_t)states->T * states->room, elements = (int64_t)B * H;
    for (int l = 0; l < decoder->layers; l++) {
        struct recurrent_states *layer = &states->layer[l];
        states->h[l] = take(arena, rows, H);
        recurrent_start(&decoder->layer[l], block, &states->steps, states->h[l], H, arena, layer);
        recurrent_start_dropout(&decoder->layer[l], states->key, decoder->dropout_recurrent,
                                2 * decoder->dropout_first + l, arena, layer);
        if (states->context.h)
            rows_copy(B, H, states->context.h + l * elements, H, layer->state_h, H);
        if (states->context.c)
            rows_copy(B, H, states->context.c + l * elements, H, layer->state_c, H);
        if (l == 0 && decoder->attends == ATTENDS_WITHIN)
            start_second(decoder, block, states, arena);
        if (l)
            states->input[l] =
                states->key && decoder->dropout_layer > 0 ? take(arena, rows, H) : states->h[l - 1];
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
    if (decoder->E && search)
        recurrent_start_input(&decoder->layer[0], block, 0, decoder->E, arena, &states->layer[0]);
    for (int l = 1; l < decoder->layers && (decoder->stepwise || search); l++)
        recurrent_start_input(&decoder->layer[l], block, 0, decoder->H, arena, &states->layer[l]);
    if (decoder->readout.R && (decoder->feeding || search))
        readout_start(&decoder->readout, block, states->room, arena, &states->readout);
}

void decoder_start(const struct decoder *decoder, const real *block, const struct encoder *encoder,
                   struct encoder_states *source, int B, int T, const struct random_key *key,
                   struct arena *arena, struct decoder_states *states)
{
    int room = source ? source->bank.room : B;
    int64_t rows = (int64_t)T * room;
    require(T == 1 || room == B);
    *states = (struct decoder_states){.room = room, .T = T, .key = key};
    states->first = arena_take(arena, (size_t)T + 1, sizeof *states->first);
    states->steps = (struct steps){.count = T, .first = states->first};
    set_rows(decoder, states, room);
    states->beside = take(arena, rows, decoder->J);
    states->c = states->beside;
    states->ldc = decoder->J;
    if (decoder->attends == ATTENDS_WITHIN || decoder->attends == ATTENDS_AFTER) {
        states->c = take(arena, rows, decoder->M);
        states->ldc = decoder->M;
    }
    if (decoder->feeding)
        states->fed = arena_take_zeroed(arena, (size_t)room * (size_t)decoder->R, sizeof(real));
    if (T == 1)
        states->spare = take(arena, room, widest(decoder));
    context_forward(&decoder->context, block, encoder, source, arena, &states->context);
    start_layers(decoder, block, states, arena);
    states->r = decoder->readout.R ? take(arena, rows, decoder->R) : states->h[decoder->layers - 1];
    if (decoder->joined)
        start_joined(decoder, block, states, arena);
    start_stepwise(decoder, block, states, arena);
    for (int k = 0; k < decoder->sources && decoder->attends; k++) {
        require(source[k].bank.room == room);
        attention_start(&decoder->attention[k], block, &source[k].bank, T, arena,
                        &states->attention[k]);
    }
    set_rows(decoder, states, B);
}

/* The i-th of what is carried (B, H): of each layer h, and c where its cell has one. NULL behind
 * the last. */
static real *carried_of(const struct decoder *decoder, const struct decoder_states *states, int i)
{
    int memory = decoder->layer[0].cell->memory, l = i >> memory;
    const struct recurrent_states *layer = &states->layer[l];
    return l == decoder->layers ? NULL : i & memory ? layer->state_c : layer->state_h;
}

int64_t decoder_carried(const struct decoder *decoder, int B)
{
    require(!decoder->stepwise);
    return (int64_t)(decoder->layers << decoder->layer[0].cell->memory) * B * decoder->H;
}

void decoder_go_on(const struct decoder *decoder, struct decoder_states *states,
                   const real *carried)
{
    const int B = states->B, H = decoder->H;
    real *state;
    for (int i = 0; (state = carried_of(decoder, states, i)); i++)
        rows_copy(B, H, carried + (int64_t)i * B * H, H, state, H);
}

void decoder_leave(const struct decoder *decoder, const struct decoder_states *states,
                   real *carried)
{
    const int B = states->B, H = decoder->H;
    const real *state;
    for (int i = 0; (state = carried_of(decoder, states, i)); i++)
        rows_copy(B, H, state, H, carried + (int64_t)i * B * H, H);
}

/* By way of `spare`: a row may go to several places, and its own be taken meanwhile. */
static void pick_rows(const int *rows, int count, int width, real *x, real *spare)
{
    size_t bytes = (size_t)width * sizeof(real);
    int first = 0;
    while (first < count && rows[first] == first)
        first++;
    for (int i = first; i < count; i++)
        memcpy(spare + (int64_t)i * width, x + (int64_t)rows[i] * width, bytes);
    for (int i = first; i < count; i++)
        memcpy(x + (int64_t)i * width, spare + (int64_t)i * width, bytes);
}

void decoder_pick(const struct decoder *decoder, struct decoder_states *states, const int *rows,
                  int count)
{
    real *state;
    require(states->T == 1 && count <= states->room);
    for (int i = 0; (state = carried_of(decoder, states, i)); i++)
        pick_rows(rows, count, decoder->H, state, states->spare);
    if (decoder->feeding)
        pick_rows(rows, count, decoder->R, states->fed, states->spare);
    if (decoder->joined)
        pick_rows(rows, count, states->joined.linear.out, states->joined.y, states->spare);
    if (decoder->readout.joined)
        pick_rows(rows, count, decoder->R, states->joined_readout.y, states->spare);
    set_rows(decoder, states, count);
}
