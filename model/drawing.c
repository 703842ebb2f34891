#include "model/drawing.h"
#include "comm/base/die.h"

void drawing_start(struct drawing *drawing, const struct model *model, const real *block,
                   struct arena *arena)
{
    const struct shape *shape = &model->shape;
    struct encoder_states none;
    require(model->sources == 0 && shape->side[TARGET].form == FORM_SYMBOLS);
    *drawing = (struct drawing){.model = model, .block = block};
    encoder_absent(1, &none);
    decoder_start(&model->decoder, block, NULL, &none, 1, 1, NULL, arena, &drawing->decoder);
    model_start_logits(model, block, 1, arena, &drawing->output);
    drawing->x = arena_take(arena, (size_t)model->before.width, sizeof(real));
    drawing->logits = arena_take(arena, (size_t)shape->side[TARGET].vocabulary, sizeof(real));
    drawing_take(drawing, SYMBOL_BEGIN);
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

void drawing_take(struct drawing *drawing, int32_t symbol)
{
    const struct model *model = drawing->model;
    const struct input_places last = {.rows = 1, .symbols = &symbol};
    if (!model->shape.without_previous)
        input_apply(&model->before, drawing->block, &last, drawing->x);
    decoder_run(&model->decoder, drawing->block, &drawing->decoder, drawing->x);
    model_logits(model, drawing->block, &drawing->output, drawing->decoder.r, 1, drawing->logits);
}
