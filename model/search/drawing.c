#include "model/search/drawing.h"
#include "comm/base/die.h"
#include "model/pass.h"

static void start_output(struct drawing *drawing, struct arena *arena)
{
    const struct shape *shape = &drawing->model->shape;
    const struct side_shape *target = &shape->side[TARGET];
    if (target->form == FORM_VECTORS) {
        drawing->values = arena_take(arena, (size_t)shape_outputs(shape), sizeof(real));
        drawing_take_values(drawing,
                            arena_take_zeroed(arena, (size_t)target->dimension, sizeof(real)));
        return;
    }
    model_start_logits(drawing->model, drawing->block, 1, arena, &drawing->output);
    drawing->logits = arena_take(arena, (size_t)target->vocabulary, sizeof(real));
    drawing_take(drawing, SYMBOL_BEGIN);
}

void drawing_start(struct drawing *drawing, const struct model *model, const real *block,
                   struct arena *arena)
{
    struct encoder_states none;
    require(model->sources == 0 && model->shape.head == HEAD_DECODE);
    *drawing = (struct drawing){.model = model, .block = block};
    encoder_absent(1, &none);
    decoder_start(&model->decoder, block, NULL, &none, 1, 1, NULL, arena, &drawing->decoder);
    drawing->x = arena_take(arena, (size_t)model->before.width, sizeof(real));
    start_output(drawing, arena);
}

int32_t drawing_next(const struct drawing *drawing, double temperature, double uniform)
{
    const struct output *output = &drawing->output.output;
    struct likely likely = {.symbol = SYMBOL_END};
    if (temperature > 0)
        return output_draw(output, drawing->logits, SYMBOL_END, temperature, uniform);
    output_likeliest(output, drawing->logits, SYMBOL_END, 1, &likely, 0);
    return likely.symbol;
}

const real *drawing_next_values(const struct drawing *drawing, int *last)
{
    const struct shape *shape = &drawing->model->shape;
    *last = shape_stops(shape) && drawing->values[shape->side[TARGET].dimension] > 0;
    return drawing->values;
}

static void go_on(struct drawing *drawing, const struct input_places *last)
{
    const struct model *model = drawing->model;
    if (!model->shape.without_previous)
        input_apply(&model->before, drawing->block, last, drawing->x);
    decoder_run(&model->decoder, drawing->block, &drawing->decoder, drawing->x);
}

void drawing_take(struct drawing *drawing, int32_t symbol)
{
    const struct input_places last = {.rows = 1, .symbols = &symbol};
    go_on(drawing, &last);
    model_logits(drawing->model, drawing->block, &drawing->output, drawing->decoder.r, 1,
                 drawing->logits);
}

void drawing_take_values(struct drawing *drawing, const real *values)
{
    const struct dense output = pass_output_values(drawing->model);
    const struct input_places last = {.rows = 1, .values = values};
    go_on(drawing, &last);
    dense_forward(&output, drawing->block, 1, drawing->decoder.r, drawing->values);
}
