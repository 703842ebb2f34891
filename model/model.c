#include "model/model.h"
#include "comm/base/die.h"
#include "comm/base/parts.h"
#include "comm/base/points.h"
#include "model/decoder/output_values.h"
#include "model/head.h"
#include "model/pass.h"
#include "model/product/product.h"
#include "model/shape/place.h"
#include <string.h>

static void init_output(struct model *model)
{
    const struct shape *shape = &model->shape;
    const int E = shape->embedding, R = shape_output_width(shape), V = shape_outputs(shape);
    struct parameters *parameters = &model->parameters;
    model->output_bias = place_add(parameters, "output", "bias", V, 0, 1, INITIAL_ZERO);
    if (!shape->tied_embeddings)
        model->output_weight = place_add(parameters, "output", "weight", V, R, 1, INITIAL_GLOROT);
    else if (E != R)
        model->output_map = place_add(parameters, "output", "map", E, R, 1, INITIAL_GLOROT);
}

/* Parameters in the order in which backward finishes them; a tied embedding only after the
 * decoder. */
void model_init(struct model *model, const struct shape *shape)
{
    struct reason why;
    require(shape_check(shape, &why));
    *model = (struct model){.shape = *shape, .output_map = PLACE_NONE};
    model->sources = shape_sources(shape);
    model->head = head_of(shape->head);
    parameters_init(&model->parameters);
    init_output(model);
    model->head->init(model);
    if (shape->tied_embeddings)
        model->output_weight = model->before.table[0].place;
    for (int k = model->sources - 1; k >= 0; k--) {
        encoder_init(&model->encoder[k], shape, (enum side)k, &model->parameters);
        input_init(&model->input[k], shape, (enum side)k, &model->parameters);
    }
}

void model_release(struct model *model)
{
    parameters_release(&model->parameters);
}

/* What is to be emitted at each target place. */
static void take_targets(struct pass *pass)
{
    const struct batch *batch = pass->batch;
    const struct side_shape *side = &pass->model->shape.side[TARGET];
    const int D = side->dimension, first = shape_first_symbol(&pass->model->shape);
    const bool vectors = side->form == FORM_VECTORS;
    pass->targets = arena_take(pass->arena, (size_t)pass->P, sizeof *pass->targets);
    pass->target_values = vectors ? pass_take(pass, pass->P, D) : NULL;
    pass->losses = arena_take(pass->arena, (size_t)pass->P, sizeof *pass->losses);
    for (int64_t p = 0; p < pass->P; p++) {
        const int64_t row = pass->place[p];
        if (!vectors)
            pass->targets[p] = batch->target[row] - first;
        else
            memcpy(pass->target_values + p * D, batch->target_values + row * D,
                   (size_t)D * sizeof(real));
    }
    if (!shape_stops(&pass->model->shape))
        return;
    pass->last = pass->targets;
    for (int64_t p = 0; p < pass->P; p++)
        pass->last[p] =
            pass->place[p] / batch->B + 1 == batch->target_length[pass->place[p] % batch->B];
}

static real *emit_values(struct pass *pass, real *gradient)
{
    const struct dense output = pass_output_values(pass->model);
    real *dr = gradient ? pass_take(pass, pass->P, output.in) : NULL;
    output_values_loss(&output, pass->block, pass->r, pass->target_values, pass->last, pass->P,
                       pass->losses, dr, gradient, pass->arena);
    return dr;
}

/* The losses; with a gradient also dr (P, R), returned, and those of output's parameters. */
static real *emit_symbols(struct pass *pass, real *gradient)
{
    const struct model *model = pass->model;
    int E = model->shape.embedding, R = shape_output_width(&model->shape);
    int64_t P = pass->P;
    struct output output = pass_output(model, pass->block);
    pass->mapped = model->output_map == PLACE_NONE ? NULL : pass_take(pass, P, E);
    const real *seen = pass_map(model, pass->block, pass->r, P, pass->mapped); // (P, output.R)
    if (!gradient) {
        output_loss(&output, seen, pass->targets, P, 0, pass->losses, NULL, NULL, NULL,
                    pass->arena);
        return NULL;
    }
    real *dseen = pass_take(pass, P, output.R);
    output_loss(&output, seen, pass->targets, P, model->shape.label_smoothing, pass->losses, dseen,
                gradient + model->output_weight, gradient + model->output_bias, pass->arena);
    if (!pass->mapped)
        return dseen;
    real *dr = pass_take(pass, P, R);
    product(PRODUCT_TN, E, R, (int)P, dseen, E, pass->r, R, 1, gradient + model->output_map, R);
    product(PRODUCT_NN, (int)P, R, E, dseen, E, pass->block + model->output_map, R, 0, dr, R);
    return dr;
}

static real *emit(struct pass *pass, real *gradient)
{
    take_targets(pass);
    return pass->model->shape.side[TARGET].form == FORM_VECTORS ? emit_values(pass, gradient)
                                                                : emit_symbols(pass, gradient);
}

/* Up to r. */
static void forward(struct pass *pass)
{
    const struct shape *shape = &pass->model->shape;
    enum part before = part_enter(PART_ENCODER);
    pass_encode(pass);
    part_enter(PART_DECODER);
    pass->model->head->forward(pass);
    pass_drop(pass, RANDOM_DROP_OUTPUT, shape->dropout_output, pass->r, pass->P,
              shape_output_width(shape));
    part_enter(before);
}

static void backward(struct pass *pass, real *gradient, real *dr)
{
    const struct model *model = pass->model;
    enum part before = part_enter(PART_ENCODER);
    for (int k = 0; k < model->sources; k++)
        encoder_start_backward(&model->encoder[k], pass->block, pass->arena, &pass->encoder[k]);
    part_enter(PART_DECODER);
    pass_drop(pass, RANDOM_DROP_OUTPUT, model->shape.dropout_output, dr, pass->P,
              shape_output_width(&model->shape));
    model->head->backward(pass, gradient, dr);
    part_enter(PART_ENCODER);
    pass_encode_backward(pass, gradient);
    part_enter(before);
}

double model_gradient(const struct model *model, const real *block, real *gradient,
                      const struct batch *batch, const struct random_key *key, struct arena *arena)
{
    struct pass pass = {.model = model, .block = block, .batch = batch, .key = key, .arena = arena};
    if (batch->B == 0)
        return 0;
    size_t bytes = (size_t)model->parameters.total * sizeof(real);
    point_at("model.forward", key->update, gradient, bytes);
    enum precision usual = product_precision(model->shape.precision);
    forward(&pass);
    point_at("model.backward", key->update, gradient, bytes);
    enum part before = part_enter(PART_OUTPUT);
    real *dr = emit(&pass, gradient);
    part_enter(before);
    backward(&pass, gradient, dr);
    product_precision(usual);
    double loss = 0;
    for (int64_t p = 0; p < pass.P; p++)
        loss += pass.losses[p];
    return loss;
}

void model_loss(const struct model *model, const real *block, const struct batch *batch,
                double *losses, struct arena *arena)
{
    struct pass pass = {.model = model, .block = block, .batch = batch, .arena = arena};
    if (batch->B == 0)
        return;
    forward(&pass);
    emit(&pass, NULL);
    for (int b = 0; b < batch->B; b++)
        losses[b] = 0;
    for (int64_t p = 0; p < pass.P; p++)
        losses[batch->order[pass.place[p] % batch->B]] += pass.losses[p];
}
