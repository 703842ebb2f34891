#include "model/decoder/decoder.h"
#include "comm/base/die.h"
#include "model/layers/dropout.h"
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

int64_t decoder_carried(const struct decoder *decoder, int B)
{
    require(!decoder->stepwise);
    return (int64_t)decoder->layers * (decoder->layer[0].cell->memory ? 2 : 1) * B * decoder->H;
}

void decoder_go_on(const struct decoder *decoder, struct decoder_states *states,
                   const real *carried)
{
    const int B = states->B, H = decoder->H;
    for (int l = 0; l < decoder->layers; l++) {
        struct recurrent_states *layer = &states->layer[l];
        rows_copy(B, H, carried, H, layer->state_h, H);
        carried += (int64_t)B * H;
        if (layer->state_c) {
            rows_copy(B, H, carried, H, layer->state_c, H);
            carried += (int64_t)B * H;
        }
    }
}

void decoder_leave(const struct decoder *decoder, const struct decoder_states *states,
                   real *carried)
{
    const int B = states->B, H = decoder->H;
    for (int l = 0; l < decoder->layers; l++) {
        const struct recurrent_states *layer = &states->layer[l];
        rows_copy(B, H, layer->state_h, H, carried, H);
        carried += (int64_t)B * H;
        if (layer->state_c) {
            rows_copy(B, H, layer->state_c, H, carried, H);
            carried += (int64_t)B * H;
        }
    }
}

int decoder_stride(const struct decoder *decoder, const struct decoder_states *states)
{
    return decoder->stepwise ? 1 : states->T;
}

/* What the readout of step t on reads. */
struct readout_input decoder_reads(const struct decoder *decoder,
                                   const struct decoder_states *states, int t)
{
    int64_t row = (int64_t)t * states->B;
    return (struct readout_input){
        .h = states->h[decoder->layers - 1] + row * decoder->H,
        .x = decoder->E ? states->x + row * decoder->E : NULL,
        .c = states->c + row * states->ldc,
        .ldc = states->ldc,
        .v = &states->joined_readout,
        .B = states->B,
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
    if (decoder->readout.R == 0)
        return;
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

/* c (n, B, M), rows ldc apart: of each source its own columns. */
static void attend(const struct decoder *decoder, const real *block, struct decoder_states *states,
                   int t, int n, const real *query, real *c, int ldc)
{
    for (int k = 0; k < decoder->sources; c += decoder->attention[k++].M)
        attention_forward(&decoder->attention[k], block, &states->attention[k], t, n, query, c,
                          ldc);
}

/* Into `beside`: c_t of the state before, r_{t-1}; and their part of the first layer's W x. */
static void look_back(const struct decoder *decoder, const real *block,
                      struct decoder_states *states, int t)
{
    int B = states->B, R = decoder->R, J = decoder->J;
    int64_t row = (int64_t)t * B;
    real *beside = states->beside + row * J;
    if (decoder->attends == ATTENDS_BEFORE)
        attend(decoder, block, states, t, 1, states->layer[decoder->layers - 1].state_h, beside, J);
    if (decoder->feeding)
        rows_copy(B, R, states->fed, R, beside + J - R, J);
    recurrent_project(&decoder->layer[0], block, &states->layer[0], row, B, decoder->E, J, beside,
                      1);
}

/* c_t = attend(s'_t), which layer 0 has just left; s_t = cell(c_t, s'_t) */
static void look_within(const struct decoder *decoder, const real *block,
                        struct decoder_states *states, int t)
{
    int B = states->B, M = decoder->M;
    int64_t row = (int64_t)t * B;
    real *c = states->c + row * M;
    attend(decoder, block, states, t, 1, states->layer[0].state_h, c, M);
    recurrent_project(&decoder->second, block, &states->second, row, B, 0, M, c, 0);
    recurrent_forward(&decoder->second, block, &states->second, t, 1);
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
            real *x = states->input[l] + row * H, *below = states->h[l - 1] + row * H;
            if (x != below) {
                rows_copy(rows, H, below, H, x, H);
                decoder_drop(decoder, states, l, t, n, x);
            }
            recurrent_project(&decoder->layer[l], block, &states->layer[l], row, rows, 0, H, x, 0);
        }
        recurrent_forward(&decoder->layer[l], block, &states->layer[l], t, n);
        if (l && decoder->residual)
            rows_add(rows, H, states->h[l - 1] + row * H, H, states->h[l] + row * H, H);
        if (l == 0 && decoder->attends == ATTENDS_WITHIN)
            look_within(decoder, block, states, t);
    }
    if (decoder->attends == ATTENDS_AFTER)
        attend(decoder, block, states, t, n, states->h[decoder->layers - 1] + row * H,
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
    if (decoder->E)
        recurrent_project(&decoder->layer[0], block, &states->layer[0], 0,
                          (int64_t)states->T * states->B, 0, decoder->E, x, 0);
    else
        recurrent_clear(&decoder->layer[0], &states->layer[0]);
    if (decoder->joined)
        constant_add(&states->joined, states->T, states->B, states->layer[0].gates);
    for (int t = 0; t < states->T; t += stride)
        advance(decoder, block, states, t, stride);
    if (!decoder->feeding)
        read_out(decoder, block, states, 0, states->T);
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
    require(states->T == 1 && count <= states->room);
    for (int l = 0; l < decoder->layers; l++) {
        pick_rows(rows, count, decoder->H, states->layer[l].state_h, states->spare);
        if (states->layer[l].state_c)
            pick_rows(rows, count, decoder->H, states->layer[l].state_c, states->spare);
    }
    if (decoder->feeding)
        pick_rows(rows, count, decoder->R, states->fed, states->spare);
    if (decoder->joined)
        pick_rows(rows, count, states->joined.linear.out, states->joined.y, states->spare);
    if (decoder->readout.joined)
        pick_rows(rows, count, decoder->R, states->joined_readout.y, states->spare);
    set_rows(decoder, states, count);
}
