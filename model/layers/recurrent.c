#include "model/layers/recurrent.h"
#include "comm/base/die.h"
#include "model/layers/dropout.h"
#include "model/product/rows.h"
#include "model/product/threads.h"
#include "model/shape/place.h"
#include <string.h>

static int joined(const struct recurrent *layer)
{
    return (layer->cell->gates - layer->cell->apart) * layer->H;
}

static int apart(const struct recurrent *layer)
{
    return layer->cell->apart * layer->H;
}

static int gates(const struct recurrent *layer)
{
    return layer->cell->gates * layer->H;
}

void recurrent_init(struct recurrent *layer, struct parameters *parameters, const char *prefix,
                    enum cell_kind kind, int normed, int I, int H, int reverse)
{
    const struct cell *cell = cell_of(kind);
    int G = cell->gates, P = cell->apart;
    *layer = (struct recurrent){.cell = cell, .normed = normed, .I = I, .H = H, .reverse = reverse};
    layer->input =
        I ? place_add(parameters, prefix, "input", G * H, I, G, INITIAL_GLOROT) : PLACE_NONE;
    int64_t U = place_add(parameters, prefix, "recurrent", G * H, H, G, INITIAL_ORTHOGONAL);
    layer->joined = (struct linear){U, joined(layer), H, H};
    layer->apart = (struct linear){U + (int64_t)joined(layer) * H, apart(layer), H, H};
    layer->bias = place_add(parameters, prefix, "bias", G * H, 0, G, cell->bias);
    layer->apart_bias =
        P ? place_add(parameters, prefix, "recurrent_bias", P * H, 0, P, INITIAL_ZERO) : PLACE_NONE;
    if (normed)
        layer_norm_init(&layer->norm, parameters, prefix, G, P, H, cell->memory);
}

void recurrent_start(const struct recurrent *layer, const real *block, const struct steps *steps,
                     real *h, int ldh, struct arena *arena, struct recurrent_states *states)
{
    size_t N = (size_t)steps->first[steps->count], B = (size_t)steps->B, H = (size_t)layer->H;
    *states = (struct recurrent_states){.steps = *steps, .h = h, .ldh = ldh};
    states->gates = arena_take(arena, N * (size_t)gates(layer), sizeof(real));
    states->h_before = arena_take(arena, N * H, sizeof(real));
    states->seen = states->h_before;
    states->state_h = arena_take_zeroed(arena, B * H, sizeof(real));
    linear_start(&layer->joined, block, states->steps.B, arena, &states->joined_weights);
    if (apart(layer)) {
        states->apart = arena_take(arena, N * (size_t)apart(layer), sizeof(real));
        linear_start(&layer->apart, block, states->steps.B, arena, &states->apart_weights);
    }
    if (layer->cell->memory) {
        states->c_before = arena_take(arena, N * H, sizeof(real));
        states->state_c = arena_take_zeroed(arena, B * H, sizeof(real));
    }
    if (layer->normed)
        layer_norm_start(&layer->norm, (int64_t)N, states->steps.B, arena, &states->norm);
}

void recurrent_start_dropout(const struct recurrent *layer, const struct random_key *key,
                             double rate, int number, struct arena *arena,
                             struct recurrent_states *states)
{
    size_t N = (size_t)states->steps.first[states->steps.count], H = (size_t)layer->H;
    if (!key || rate == 0)
        return;
    states->dropout = rate;
    states->dropout_key = *key;
    states->dropout_key.purpose = RANDOM_DROP_STATE;
    states->dropout_first = (uint64_t)number << 40;
    states->seen = arena_take(arena, N * H, sizeof(real));
}

struct linear recurrent_input(const struct recurrent *layer, int column, int width)
{
    return (struct linear){layer->input + column, gates(layer), width, layer->I};
}

void recurrent_start_input(const struct recurrent *layer, const real *block, int column, int width,
                           struct arena *arena, struct recurrent_states *states)
{
    struct linear W = recurrent_input(layer, column, width);
    struct input_columns *columns = &states->input[states->input[0].width > 0];
    require(columns->width == 0);
    *columns = (struct input_columns){.column = column, .width = width};
    linear_start(&W, block, states->steps.B, arena, &columns->weights);
}

/* NULL where they are applied once, to all rows. */
static const struct linear_states *input_weights(const struct recurrent_states *states, int column,
                                                 int width)
{
    for (int i = 0; i < 2; i++)
        if (states->input[i].column == column && states->input[i].width == width)
            return &states->input[i].weights;
    return NULL;
}

void recurrent_project(const struct recurrent *layer, const real *block,
                       struct recurrent_states *states, int64_t row, int64_t rows, int column,
                       int width, const real *x, int add)
{
    struct linear input = recurrent_input(layer, column, width);
    int G = gates(layer);
    linear_forward(&input, block, input_weights(states, column, width), rows, x, width, add,
                   states->gates + row * G, G);
}

void recurrent_clear(const struct recurrent *layer, struct recurrent_states *states)
{
    int64_t rows = states->steps.first[states->steps.count];
    memset(states->gates, 0, (size_t)(rows * gates(layer)) * sizeof(real));
}

/* What row `row` of the packed states, sentence b, hands to its cell. */
static struct cell_row cell_row(const struct recurrent *layer, const real *block,
                                const struct recurrent_states *states, int64_t row, int64_t b)
{
    int64_t H = layer->H, carried = b * H;
    struct cell_row at = {
        .H = layer->H,
        .bias = block + layer->bias,
        .gates = states->gates + row * gates(layer),
        .h_before = states->h_before + row * H,
        .h = states->state_h + carried,
    };
    if (states->dstate_h)
        at.dh = states->dstate_h + carried;
    if (apart(layer)) {
        at.apart_bias = block + layer->apart_bias;
        at.apart = states->apart + row * apart(layer);
    }
    if (layer->cell->memory) {
        at.c_before = states->c_before + row * H;
        at.c = states->state_c + carried;
        if (states->dstate_c)
            at.dc = states->dstate_c + carried;
        if (layer->normed) {
            at.memory_gain = block + layer->norm.memory;
            at.memory_bias = block + layer->norm.memory_bias;
            at.memory_normal = states->norm.memory + carried;
            at.dmemory_normal = states->norm.dmemory + carried;
            at.dmemory = states->norm.work + carried;
        }
    }
    return at;
}

/* Where row `row` has U h_before, of the gates joined or of those apart, and after backward its
 * gradient: where the cell has it, but for layer normalisation, which comes between the two. */
struct recurrent_part {
    real *at;
    int ld;
};

static struct recurrent_part joined_part(const struct recurrent *layer,
                                         const struct recurrent_states *states, int64_t row)
{
    int G = gates(layer);
    return (struct recurrent_part){
        (layer->normed ? states->norm.recurrent : states->gates) + row * G, G};
}

static struct recurrent_part apart_part(const struct recurrent *layer,
                                        const struct recurrent_states *states, int64_t row)
{
    int G = gates(layer), P = apart(layer);
    if (layer->normed)
        return (struct recurrent_part){states->norm.recurrent + row * G + joined(layer), G};
    return (struct recurrent_part){states->apart + row * P, P};
}

/* W x += U h_before, U h_before of the gates apart by itself. */
static void add_recurrent(const struct recurrent *layer, const real *block,
                          struct recurrent_states *states, int s)
{
    int H = layer->H, G = gates(layer), P = apart(layer);
    int64_t row = states->steps.first[s];
    int rows = (int)(states->steps.first[s + 1] - row);
    real *h_before = states->h_before + row * H, *seen = states->seen + row * H;
    if (states->dropout > 0) {
        rows_copy(rows, H, h_before, H, seen, H);
        dropout(&states->dropout_key, states->dropout, states->dropout_first, seen,
                (size_t)rows * (size_t)H);
    }
    struct recurrent_part part = joined_part(layer, states, row);
    linear_forward(&layer->joined, block, &states->joined_weights, rows, seen, H, !layer->normed,
                   part.at, part.ld);
    if (P) {
        part = apart_part(layer, states, row);
        linear_forward(&layer->apart, block, &states->apart_weights, rows, seen, H, 0, part.at,
                       part.ld);
    }
    if (layer->normed)
        layer_norm_forward(&layer->norm, block, &states->norm, row, rows, states->gates + row * G,
                           P ? states->apart + row * P : NULL);
}

static void step_forward(const struct recurrent *layer, const real *block,
                         struct recurrent_states *states, int s)
{
    int H = layer->H;
    int64_t row = states->steps.first[s];
    int rows = (int)(states->steps.first[s + 1] - row);
    rows_copy(rows, H, states->state_h, H, states->h_before + row * H, H);
    if (layer->cell->memory)
        rows_copy(rows, H, states->state_c, H, states->c_before + row * H, H);
    add_recurrent(layer, block, states, s);
#pragma omp parallel for num_threads(threads())                                                    \
    schedule(static) if (threads() > 1 && rows * H > ROWS_SHARED / 4)
    for (int b = 0; b < rows; b++) {
        struct cell_row at = cell_row(layer, block, states, row + b, b);
        layer->cell->forward(&at);
    }
    rows_copy(rows, H, states->state_h, H, states->h + row * states->ldh, states->ldh);
}

void recurrent_forward(const struct recurrent *layer, const real *block,
                       struct recurrent_states *states, int step, int count)
{
    for (int i = 0; i < count; i++)
        step_forward(layer, block, states, layer->reverse ? step + count - 1 - i : step + i);
}

void recurrent_start_backward(const struct recurrent *layer, const real *block, struct arena *arena,
                              struct recurrent_states *states)
{
    size_t elements = (size_t)states->steps.B * (size_t)layer->H;
    states->dstate_h = arena_take_zeroed(arena, elements, sizeof(real));
    if (layer->cell->memory)
        states->dstate_c = arena_take_zeroed(arena, elements, sizeof(real));
    if (layer->normed)
        layer_norm_start_backward(&layer->norm, states->steps.B, arena, &states->norm);
    if (states->dropout > 0)
        states->dseen = arena_take(arena, elements, sizeof(real));
    linear_start_backward(&layer->joined, block, states->steps.B, arena, &states->joined_weights);
    if (apart(layer))
        linear_start_backward(&layer->apart, block, states->steps.B, arena, &states->apart_weights);
    for (int i = 0; i < 2; i++) {
        struct input_columns *columns = &states->input[i];
        struct linear W = recurrent_input(layer, columns->column, columns->width);
        linear_start_backward(&W, block, states->steps.B, arena, &columns->weights);
    }
}

/* dh_before += dgates U */
static void recurrent_part_backward(const struct recurrent *layer, const real *block,
                                    struct recurrent_states *states, int s)
{
    int H = layer->H, G = gates(layer), P = apart(layer), drops = states->dropout > 0;
    int64_t row = states->steps.first[s];
    int rows = (int)(states->steps.first[s + 1] - row);
    real *dseen = drops ? states->dseen : states->dstate_h;
    if (layer->normed)
        layer_norm_backward(&layer->norm, block, &states->norm, row, rows, states->gates + row * G,
                            P ? states->apart + row * P : NULL);
    struct recurrent_part part = joined_part(layer, states, row);
    linear_backward(&layer->joined, block, &states->joined_weights, rows, part.at, part.ld, !drops,
                    dseen, H);
    if (P) {
        part = apart_part(layer, states, row);
        linear_backward(&layer->apart, block, &states->apart_weights, rows, part.at, part.ld, 1,
                        dseen, H);
    }
    if (drops) {
        dropout(&states->dropout_key, states->dropout, states->dropout_first, dseen,
                (size_t)rows * (size_t)H);
        rows_add(rows, H, dseen, H, states->dstate_h, H);
    }
}

static void step_backward(const struct recurrent *layer, const real *block,
                          struct recurrent_states *states, int s, const real *dh)
{
    int H = layer->H;
    int64_t row = states->steps.first[s];
    int rows = (int)(states->steps.first[s + 1] - row);
    if (dh)
        rows_add(rows, H, dh + row * states->ldh, states->ldh, states->dstate_h, H);
#pragma omp parallel for num_threads(threads())                                                    \
    schedule(static) if (threads() > 1 && rows * H > ROWS_SHARED / 4)
    for (int b = 0; b < rows; b++) {
        struct cell_row at = cell_row(layer, block, states, row + b, b);
        layer->cell->backward(&at);
    }
    recurrent_part_backward(layer, block, states, s);
}

void recurrent_backward(const struct recurrent *layer, const real *block,
                        struct recurrent_states *states, int step, int count, const real *dh)
{
    for (int i = 0; i < count; i++)
        step_backward(layer, block, states, layer->reverse ? step + i : step + count - 1 - i, dh);
}

void recurrent_project_backward(const struct recurrent *layer, const real *block,
                                const struct recurrent_states *states, int64_t row, int64_t rows,
                                int column, int width, real *dx, int add)
{
    struct linear input = recurrent_input(layer, column, width);
    int G = gates(layer);
    linear_backward(&input, block, input_weights(states, column, width), rows,
                    states->gates + row * G, G, add, dx, width);
}

void recurrent_finish_input(const struct recurrent *layer, real *gradient,
                            const struct recurrent_states *states, int column, int width,
                            const real *x)
{
    struct linear input = recurrent_input(layer, column, width);
    linear_finish(&input, gradient, states->steps.first[states->steps.count], states->gates,
                  gates(layer), x, width);
}

void recurrent_finish(const struct recurrent *layer, real *gradient,
                      const struct recurrent_states *states)
{
    int H = layer->H, G = gates(layer), P = apart(layer);
    int N = (int)states->steps.first[states->steps.count];
    struct recurrent_part part = joined_part(layer, states, 0);
    linear_finish(&layer->joined, gradient, N, part.at, part.ld, states->seen, H);
    if (P) {
        part = apart_part(layer, states, 0);
        linear_finish(&layer->apart, gradient, N, part.at, part.ld, states->seen, H);
    }
    if (layer->normed) {
        layer_norm_finish(&layer->norm, &states->norm, layer->bias, layer->apart_bias, gradient);
        return;
    }
    rows_sum(N, G, states->gates, gradient + layer->bias);
    if (P)
        rows_sum(N, P, states->apart, gradient + layer->apart_bias);
}

int64_t recurrent_cost(const struct recurrent *layer)
{
    return (int64_t)gates(layer) * (layer->I + layer->H);
}

int64_t recurrent_memory(const struct recurrent *layer)
{
    return gates(layer) + apart(layer) + (layer->cell->memory ? 2 : 1) * (int64_t)layer->H +
           (layer->normed ? layer_norm_memory(&layer->norm) : 0);
}

int64_t recurrent_weights_memory(const struct recurrent *layer, int width)
{
    struct linear input = recurrent_input(layer, 0, width);
    return linear_memory(&layer->joined) + linear_memory(&layer->apart) + linear_memory(&input);
}
