#include "comm/base/die.h"
#include "model/layers/recurrent_step.h"
#include "model/product/rows.h"
#include "model/shape/place.h"
#include <string.h>

void recurrent_init(struct recurrent *layer, struct parameters *parameters, const char *prefix,
                    const struct cell *cell, int normed, int I, int H, int reverse)
{
    int G = cell->gates, K = cell->apart;
    *layer = (struct recurrent){.cell = cell, .normed = normed, .I = I, .H = H, .reverse = reverse};
    layer->input =
        I ? place_add(parameters, prefix, "input", G * H, I, G, INITIAL_GLOROT) : PLACE_NONE;
    int64_t U = place_add(parameters, prefix, "recurrent", G * H, H, G, INITIAL_ORTHOGONAL);
    layer->parts = K ? RECURRENT_PARTS : 1;
    layer->U[RECURRENT_JOINED] = (struct linear){U, (G - K) * H, H, H};
    layer->U[RECURRENT_APART] = (struct linear){U + (int64_t)(G - K) * H * H, K * H, H, H};
    layer->bias = place_add(parameters, prefix, "bias", G * H, 0, G, cell->bias);
    layer->apart_bias = K && !cell->reset ? place_add(parameters, prefix, "recurrent_bias", K * H,
                                                      0, K, INITIAL_ZERO)
                                          : PLACE_NONE;
    if (normed)
        layer_norm_init(&layer->norm, parameters, prefix, G, K, H, cell->memory);
}

void recurrent_start(const struct recurrent *layer, const real *block, const struct steps *steps,
                     real *h, int ldh, struct arena *arena, struct recurrent_states *states)
{
    size_t N = (size_t)steps->first[steps->count], B = (size_t)steps->B, H = (size_t)layer->H;
    *states = (struct recurrent_states){.steps = *steps, .h = h, .ldh = ldh};
    states->gates = arena_take(arena, N * (size_t)recurrent_gates(layer), sizeof(real));
    states->h_before = arena_take(arena, N * H, sizeof(real));
    states->seen = states->h_before;
    states->state_h = arena_take_zeroed(arena, B * H, sizeof(real));
    for (int part = 0; part < layer->parts; part++)
        linear_start(&layer->U[part], block, states->steps.B, arena, &states->U[part]);
    states->apart = arena_take(arena, N * (size_t)recurrent_apart(layer), sizeof(real));
    if (layer->cell->reset)
        states->reset = arena_take(arena, N * H, sizeof(real));
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
    return (struct linear){layer->input + column, recurrent_gates(layer), width, layer->I};
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
    int G = recurrent_gates(layer);
    linear_forward(&input, block, input_weights(states, column, width), rows, x, width, add,
                   states->gates + row * G, G);
}

void recurrent_clear(const struct recurrent *layer, struct recurrent_states *states)
{
    int64_t rows = states->steps.first[states->steps.count];
    memset(states->gates, 0, (size_t)(rows * recurrent_gates(layer)) * sizeof(real));
}

void recurrent_forward(const struct recurrent *layer, const real *block,
                       struct recurrent_states *states, int step, int count)
{
    for (int i = 0; i < count; i++)
        recurrent_step(layer, block, states, layer->reverse ? step + count - 1 - i : step + i);
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
    if (layer->cell->reset) {
        states->dreset = arena_take(arena, elements, sizeof(real));
        states->work = arena_take(arena, elements, sizeof(real));
    }
    for (int part = 0; part < layer->parts; part++)
        linear_start_backward(&layer->U[part], block, states->steps.B, arena, &states->U[part]);
    for (int i = 0; i < 2; i++) {
        struct input_columns *columns = &states->input[i];
        struct linear W = recurrent_input(layer, columns->column, columns->width);
        linear_start_backward(&W, block, states->steps.B, arena, &columns->weights);
    }
}

void recurrent_backward(const struct recurrent *layer, const real *block,
                        struct recurrent_states *states, int step, int count, const real *dh)
{
    for (int i = 0; i < count; i++)
        recurrent_step_backward(layer, block, states,
                                layer->reverse ? step + i : step + count - 1 - i, dh);
}

void recurrent_project_backward(const struct recurrent *layer, const real *block,
                                const struct recurrent_states *states, int64_t row, int64_t rows,
                                int column, int width, real *dx, int add)
{
    struct linear input = recurrent_input(layer, column, width);
    int G = recurrent_gates(layer);
    linear_backward(&input, block, input_weights(states, column, width), rows,
                    states->gates + row * G, G, add, dx, width);
}

void recurrent_finish_input(const struct recurrent *layer, real *gradient,
                            const struct recurrent_states *states, int column, int width,
                            const real *x)
{
    struct linear input = recurrent_input(layer, column, width);
    linear_finish(&input, gradient, states->steps.first[states->steps.count], states->gates,
                  recurrent_gates(layer), x, width);
}

void recurrent_finish(const struct recurrent *layer, real *gradient,
                      const struct recurrent_states *states)
{
    int H = layer->H, G = recurrent_gates(layer), K = recurrent_apart(layer);
    int N = (int)states->steps.first[states->steps.count];
    for (int part = 0; part < layer->parts; part++) {
        struct recurrent_part_of U = recurrent_part_of(layer, states, (enum recurrent_part)part, 0);
        linear_finish(&layer->U[part], gradient, N, U.y, U.ldy, U.x, H);
    }
    if (layer->normed) {
        layer_norm_finish(&layer->norm, &states->norm, layer->bias, layer->apart_bias, gradient);
        return;
    }
    rows_sum(N, G, states->gates, G, gradient + layer->bias);
    if (layer->apart_bias != PLACE_NONE)
        rows_sum(N, K, states->apart, K, gradient + layer->apart_bias);
}

int64_t recurrent_cost(const struct recurrent *layer)
{
    return (int64_t)recurrent_gates(layer) * (layer->I + layer->H);
}

int64_t recurrent_memory(const struct recurrent *layer)
{
    int states = 1 + layer->cell->memory + (layer->cell->reset != NULL);
    return recurrent_gates(layer) + recurrent_apart(layer) + states * (int64_t)layer->H +
           (layer->normed ? layer_norm_memory(&layer->norm) : 0);
}

int64_t recurrent_weights_memory(const struct recurrent *layer, int width)
{
    struct linear input = recurrent_input(layer, 0, width);
    return linear_memory(&layer->U[RECURRENT_JOINED]) + linear_memory(&layer->U[RECURRENT_APART]) +
           linear_memory(&input);
}
