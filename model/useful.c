#include "model/useful.h"
#include "model/head.h"
#include "model/shape/place.h"

static int64_t output_cost(const struct model *model)
{
    const struct shape *shape = &model->shape;
    int64_t E = shape->embedding, R = shape_output_width(shape), V = shape_outputs(shape);
    if (model->output_map != PLACE_NONE)
        return E * R + V * E;
    return V * R;
}

/* A sentence of these steps, but for the inputs' layers. */
static void add_sentence(const struct model *model, const int64_t steps[SIDES],
                         int64_t useful[PARTS])
{
    for (int k = 0; k < model->sources; k++)
        useful[PART_ENCODER] += encoder_cost(&model->encoder[k], steps[k]);
    useful[PART_OUTPUT] += steps[TARGET] * output_cost(model);
    model->head->useful(model, steps, useful);
}

static void add_inputs(const struct model *model, const int64_t steps[SIDES], int64_t useful[PARTS])
{
    for (int k = 0; k < model->sources; k++)
        useful[PART_ENCODER] += steps[k] * input_cost(&model->input[k]);
    useful[PART_DECODER] += steps[TARGET] * input_cost(&model->before);
}

/* The sums over the batch's sentences: of the inputs' layers, and of all the rest. */
static void add_batch(const struct model *model, const struct batch *batch, int64_t inputs[PARTS],
                      int64_t rest[PARTS])
{
    for (int b = 0; b < batch->B; b++) {
        int64_t steps[SIDES] = {[TARGET] = batch->target_length[b]};
        for (int k = 0; k < model->sources; k++)
            steps[k] = batch_length(batch, (enum side)k, b);
        add_inputs(model, steps, inputs);
        add_sentence(model, steps, rest);
    }
}

void useful_add_forward(const struct model *model, const struct batch *batch, int64_t useful[PARTS])
{
    add_batch(model, batch, useful, useful);
}

/* What of a source of S steps is applied to all states in one product, less one of them. */
static int64_t read_once(const struct model *model, enum side side, int64_t S)
{
    const struct encoder *encoder = &model->encoder[side];
    int64_t once = (S - 1) * input_cost(&model->input[side]);
    for (int l = 0; l < encoder->layers; l++) // W x
        for (int d = 0; d < encoder->directions; d++) {
            const struct recurrent *layer = &encoder->layer[l][d];
            once += (encoder_length(encoder, l, S) - 1) * layer->cell->gates * (int64_t)layer->H *
                    layer->I;
        }
    const struct attention *attention = &model->decoder.attention[side];
    if (model->decoder.attends) // the keys
        once += (encoder_bank_length(encoder, S) - 1) * attention_key_cost(attention);
    return once;
}

int64_t useful_reads(const struct model *model, const int64_t steps[SIDES])
{
    int64_t useful[PARTS] = {0}, reads = 0;
    add_sentence(model, steps, useful);
    add_inputs(model, steps, useful);
    for (enum part part = 0; part < PARTS; part++)
        reads += useful[part];
    for (int k = 0; k < model->sources; k++)
        reads -= read_once(model, (enum side)k, steps[k]);
    return reads;
}

void useful_add(const struct model *model, const struct batch *batch, int64_t useful[PARTS])
{
    int64_t inputs[PARTS] = {0}, rest[PARTS] = {0};
    add_batch(model, batch, inputs, rest);
    for (enum part part = 0; part < PARTS; part++)
        useful[part] += 2 * inputs[part] + 3 * rest[part];
}
