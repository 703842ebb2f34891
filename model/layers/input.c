#include "model/layers/input.h"
#include "model/layers/dropout.h"
#include "model/layers/embedding.h"
#include "model/product/rows.h"
#include "model/shape/place.h"
#include <stdbool.h>
#include <stdio.h>

static const char *const prefixes[SIDES] = {"source", "second", "target"};

static void add_tables(struct input *input, const struct shape *shape, enum side side,
                       struct parameters *parameters)
{
    const struct side_shape *of = &shape->side[side];
    for (int k = of->feature_count; k >= 1; k--) {
        char name[32];
        snprintf(name, sizeof name, "feature.%d", k - 1);
        input->table[k].V = of->features[k - 1];
        input->table[k].E = shape->feature_embedding;
        input->table[k].place = place_add(parameters, prefixes[side], name, of->features[k - 1],
                                          shape->feature_embedding, 1, INITIAL_EMBEDDING);
    }
    input->table[0].V = of->vocabulary;
    input->table[0].E = shape->embedding;
    input->table[0].place = place_add(parameters, prefixes[side], "embedding", of->vocabulary,
                                      shape->embedding, 1, INITIAL_EMBEDDING);
}

void input_init(struct input *input, const struct shape *shape, enum side side,
                struct parameters *parameters)
{
    *input = (struct input){
        .form = shape->side[side].form,
        .cells = side_cells(&shape->side[side]),
        .width = shape_input_width(shape, side),
        .dropout = shape->dropout_embedding,
        .variational = shape->variational,
        .purpose = side == TARGET ? RANDOM_DROP_TARGET : RANDOM_DROP_SOURCE,
        .masks = shape_masks(side),
    };
    if (input->form == FORM_SYMBOLS)
        add_tables(input, shape, side, parameters);
    else
        dense_init(&input->dense, parameters, prefixes[side], "input", "input_bias", input->width,
                   input->cells, shape->input == INPUT_TANH);
}

void input_apply(const struct input *input, const real *block, const struct input_places *places,
                 real *x)
{
    if (input->form == FORM_VECTORS) {
        dense_forward(&input->dense, block, places->rows, places->values, x);
        return;
    }
    for (int k = 0, column = 0; k < input->cells; column += input->table[k++].E)
        embedding_forward(block + input->table[k].place, input->table[k].E, places->symbols + k,
                          input->cells, places->rows, x + column, input->width);
}

static void drop(const struct input *input, const struct random_key *key, const struct steps *steps,
                 real *x)
{
    if (!key)
        return;
    struct random_key of = *key;
    of.purpose = input->purpose;
    dropout_steps(&of, input->dropout, input->variational, input->masks, steps->count, steps->first,
                  input->width, x);
}

void input_forward(const struct input *input, const real *block, const struct input_places *places,
                   const struct steps *steps, const struct random_key *key, struct arena *arena,
                   struct input_states *states)
{
    const size_t elements = (size_t)places->rows * (size_t)input->width;
    *states = (struct input_states){.places = *places, .steps = *steps};
    states->x = arena_take(arena, elements, sizeof(real));
    states->whole = states->x;
    input_apply(input, block, places, states->x);
    if (input->form == FORM_VECTORS && input->dense.tanh && key && input->dropout > 0) {
        states->x = arena_take(arena, elements, sizeof(real));
        rows_copy(places->rows, input->width, states->whole, input->width, states->x, input->width);
    }
    drop(input, key, steps, states->x);
}

void input_backward(const struct input *input, const real *block, real *gradient,
                    const struct random_key *key, const struct input_states *states, real *dx)
{
    const struct input_places *places = &states->places;
    drop(input, key, &states->steps, dx);
    if (input->form == FORM_VECTORS) {
        dense_backward(&input->dense, block, gradient, places->rows, places->values, states->whole,
                       dx, 0, NULL);
        return;
    }
    for (int k = 0, column = 0; k < input->cells; column += input->table[k++].E)
        embedding_backward(gradient + input->table[k].place, input->table[k].E, places->symbols + k,
                           input->cells, places->rows, dx + column, input->width);
}

int64_t input_cost(const struct input *input)
{
    return input->form == FORM_VECTORS ? dense_cost(&input->dense) : 0;
}

int64_t input_memory(const struct input *input, int64_t rows)
{
    bool kept = input->form == FORM_VECTORS && input->dense.tanh && input->dropout > 0;
    return (2 + kept) * rows * input->width * (int64_t)sizeof(real);
}
