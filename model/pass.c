#include "model/pass.h"
#include "model/layers/dropout.h"
#include "model/product/product.h"
#include "model/product/rows.h"
#include "model/shape/place.h"
#include <string.h>

real *pass_take(const struct pass *pass, int64_t rows, int width)
{
    return arena_take(pass->arena, (size_t)rows * (size_t)width, sizeof(real));
}

real *pass_take_droppable(const struct pass *pass, double rate, real *x, int64_t rows, int width)
{
    if (!pass->key || rate == 0)
        return x;
    real *copy = pass_take(pass, rows, width);
    rows_copy(rows, width, x, width, copy, width);
    return copy;
}

void pass_take_places(struct pass *pass, int64_t P)
{
    pass->P = P;
    pass->place = arena_take(pass->arena, (size_t)P, sizeof *pass->place);
}

void pass_drop(const struct pass *pass, enum random_purpose purpose, double rate, real *x,
               int64_t rows, int width)
{
    if (!pass->key)
        return;
    struct random_key key = *pass->key;
    key.purpose = purpose;
    dropout(&key, rate, 0, x, (size_t)rows * (size_t)width);
}

/* While training, some of the source's words become unknown; their features stay. */
static const int32_t *symbols_of(const struct pass *pass, enum side side)
{
    const struct batch_source *source = &pass->batch->source[side];
    const double rate = pass->model->shape.unknown_dropout;
    if (!pass->key || rate == 0 || pass->model->input[side].form != FORM_SYMBOLS)
        return source->symbols;
    const int cells = pass->model->input[side].cells;
    size_t count = (size_t)source->tokens * (size_t)cells;
    int32_t *symbols = arena_take(pass->arena, count, sizeof *symbols);
    memcpy(symbols, source->symbols, count * sizeof *symbols);
    struct random_key key = *pass->key;
    key.purpose = RANDOM_UNKNOWN;
    for (int64_t i = 0; i < source->tokens; i++)
        if (symbols[i * cells] != SYMBOL_END &&
            random_uniform(&key, shape_masks(side) + (uint64_t)i) < rate)
            symbols[i * cells] = SYMBOL_UNKNOWN;
    return symbols;
}

void pass_encode(struct pass *pass)
{
    const struct model *model = pass->model;
    const struct batch *batch = pass->batch;
    for (int k = model->sources; k < SOURCES; k++)
        encoder_absent(batch->B, &pass->encoder[k]);
    for (int k = 0; k < model->sources; k++) {
        const struct batch_source *source = &batch->source[k];
        struct steps steps = encoder_steps(source, batch->B, pass->arena);
        struct input_places places = {source->tokens, symbols_of(pass, (enum side)k),
                                      source->values};
        input_forward(&model->input[k], pass->block, &places, &steps, pass->key, pass->arena,
                      &pass->input[k]);
        encoder_forward(&model->encoder[k], pass->block, &steps, source->row, pass->input[k].x,
                        pass->key, pass->arena, &pass->encoder[k]);
    }
}

void pass_encode_backward(struct pass *pass, real *gradient)
{
    const struct model *model = pass->model;
    for (int k = model->sources - 1; k >= 0; k--) {
        real *dx = pass_take(pass, pass->batch->source[k].tokens, model->input[k].width);
        encoder_backward(&model->encoder[k], pass->block, gradient, pass->key, &pass->encoder[k],
                         dx, pass->arena);
        input_backward(&model->input[k], pass->block, gradient, pass->key, &pass->input[k], dx);
    }
}

struct output pass_output(const struct model *model, const real *block)
{
    return (struct output){
        .weights = block + model->output_weight,
        .bias = block + model->output_bias,
        .V = shape_outputs(&model->shape),
        .R = model->shape.tied_embeddings ? model->shape.embedding
                                          : shape_output_width(&model->shape),
    };
}

struct dense pass_output_values(const struct model *model)
{
    return (struct dense){.weight = model->output_weight,
                          .bias = model->output_bias,
                          .out = shape_outputs(&model->shape),
                          .in = shape_output_width(&model->shape)};
}

const real *pass_map(const struct model *model, const real *block, const real *r, int64_t rows,
                     real *mapped)
{
    int E = model->shape.embedding, R = shape_output_width(&model->shape);
    if (model->output_map == PLACE_NONE)
        return r;
    product(PRODUCT_NT, (int)rows, E, R, r, R, block + model->output_map, R, 0, mapped, E);
    return mapped;
}
