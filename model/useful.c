#include "model/useful.h"
#include "model/place.h"

static int64_t output_cost(const struct model *model)
{
    const struct shape *shape = &model->shape;
    int64_t E = shape->embedding, R = shape_readout_width(shape), V = shape->target_vocabulary;
    if (model->output_map != PLACE_NONE)
        return E * R + V * E;
    return V * R;
}

/* A sentence of S states and T steps. */
static void add_sentence(const struct model *model, int64_t S, int64_t T, int64_t useful[PARTS])
{
    const struct decoder *decoder = &model->decoder;
    useful[PART_ENCODER] += S * encoder_cost(&model->encoder);
    useful[PART_OUTPUT] += T * output_cost(model);
    useful[PART_DECODER] += decoder_context_cost(decoder) + T * decoder_step_cost(decoder);
    if (!decoder->attends)
        return;
    const struct attention *attention = &decoder->attention;
    useful[PART_ATTENTION] += S * attention->row->key_cost(attention);
    useful[PART_ATTENTION] += T * attention->row->query_cost(attention);
    useful[PART_ATTENTION] += T * S * (attention->K + attention->M); // scores, and their mean
}

void useful_add_forward(const struct model *model, const struct batch *batch, int64_t useful[PARTS])
{
    for (int b = 0; b < batch->B; b++)
        add_sentence(model, batch->source_length[b], batch->target_length[b], useful);
}

int64_t useful_reads(const struct model *model, int64_t S, int64_t T)
{
    int64_t useful[PARTS] = {0}, reads = 0;
    add_sentence(model, S, T, useful);
    for (enum part part = 0; part < PARTS; part++)
        reads += useful[part];
    for (int l = 0; l < model->encoder.layers; l++) // W x of all states in one product
        for (int d = 0; d < model->encoder.directions; d++) {
            const struct recurrent *layer = &model->encoder.layer[l][d];
            reads -= (S - 1) * layer->cell->gates * (int64_t)layer->H * layer->I;
        }
    if (model->decoder.attends) // and the keys
        reads -= (S - 1) * model->decoder.attention.row->key_cost(&model->decoder.attention);
    return reads;
}

void useful_add(const struct model *model, const struct batch *batch, int64_t useful[PARTS])
{
    int64_t forward[PARTS] = {0};
    useful_add_forward(model, batch, forward);
    for (enum part part = 0; part < PARTS; part++)
        useful[part] += 3 * forward[part];
}
