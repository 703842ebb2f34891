#include "model/model.h"
#include "comm/base/die.h"
#include "comm/base/parts.h"
#include "comm/base/points.h"
#include "model/dropout.h"
#include "model/embedding.h"
#include "model/place.h"
#include "model/product.h"
#include <string.h>

/* Parameters in the order in which backward finishes them; a tied embedding only after the
 * decoder. */
void model_init(struct model *model, const struct shape *shape)
{
    struct reason why;
    require(shape_check(shape, &why));
    *model = (struct model){.shape = *shape, .output_map = PLACE_NONE};
    struct parameters *parameters = &model->parameters;
    int E = shape->embedding, R = shape_readout_width(shape), V = shape->target_vocabulary;
    parameters_init(parameters);
    model->output_bias = place_add(parameters, "output", "bias", V, 0, 1, INITIAL_ZERO);
    if (!shape->tied_embeddings)
        model->output_weight = place_add(parameters, "output", "weight", V, R, 1, INITIAL_GLOROT);
    else if (E != R)
        model->output_map = place_add(parameters, "output", "map", E, R, 1, INITIAL_GLOROT);
    decoder_init(&model->decoder, shape, parameters);
    model->target_embedding = model->source_embedding = PLACE_NONE;
    if (shape->tied_embeddings || !shape->without_previous)
        model->target_embedding =
            place_add(parameters, "target", "embedding", V, E, 1, INITIAL_EMBEDDING);
    if (shape->tied_embeddings)
        model->output_weight = model->target_embedding;
    if (shape->context_use == CONTEXT_USE_NONE)
        return;
    encoder_init(&model->encoder, shape, parameters);
    model->source_embedding = place_add(parameters, "source", "embedding", shape->source_vocabulary,
                                        E, 1, INITIAL_EMBEDDING);
}

void model_release(struct model *model)
{
    parameters_release(&model->parameters);
}

/* One forward pass: what backward needs of it. P = target tokens. */
struct pass {
    const struct model *model;
    const real *block;
    const struct batch *batch;
    const struct random_key *key; // NULL: no dropout, no smoothing
    struct arena *arena;
    int32_t *source, *before; // (N), (T, B): the symbols that were embedded
    struct encoder_states encoder;
    struct decoder_states decoder;
    int64_t *place;   // (P): where in (T, B) a target token is
    int32_t *targets; // (P)
    double *losses;   // (P)
    real *r;          // (P, R): readout of the target tokens, dropped
    real *mapped;     // (P, E): through output.map
};

static real *take(const struct pass *pass, int64_t rows, int width)
{
    return arena_take(pass->arena, (size_t)rows * (size_t)width, sizeof(real));
}

static void drop(const struct pass *pass, enum random_purpose purpose, double rate, real *x,
                 int64_t rows, int width)
{
    if (!pass->key)
        return;
    struct random_key key = *pass->key;
    key.purpose = purpose;
    dropout(&key, rate, 0, x, (size_t)rows * (size_t)width);
}

/* The source's symbols as the encoder packs them; while training, some of the words become
 * unknown. */
static int32_t *pack_source(const struct pass *pass)
{
    const struct batch *batch = pass->batch;
    int32_t *symbols = arena_take(pass->arena, (size_t)batch->source_tokens, sizeof *symbols);
    int64_t N = 0;
    for (int s = 0; s < batch->S; s++)
        for (int b = 0; b < batch->active[s]; b++)
            symbols[N++] = batch->source[(int64_t)s * batch->B + b];
    double rate = pass->model->shape.unknown_dropout;
    if (!pass->key || rate == 0)
        return symbols;
    struct random_key key = *pass->key;
    key.purpose = RANDOM_UNKNOWN;
    for (int64_t i = 0; i < N; i++)
        if (symbols[i] != SYMBOL_END && random_uniform(&key, (uint64_t)i) < rate)
            symbols[i] = SYMBOL_UNKNOWN;
    return symbols;
}

static void encode(struct pass *pass)
{
    const struct model *model = pass->model;
    if (model->source_embedding == PLACE_NONE)
        return;
    int E = model->shape.embedding;
    int64_t N = pass->batch->source_tokens;
    real *x = take(pass, N, E);
    pass->source = pack_source(pass);
    embedding_forward(pass->block + model->source_embedding, E, pass->source, N, x);
    drop(pass, RANDOM_DROP_SOURCE, model->shape.dropout_embedding, x, N, E);
    encoder_forward(&model->encoder, pass->block, pass->batch, x, pass->key, pass->arena,
                    &pass->encoder);
}

/* Teacher forcing: the symbols before each step are begin and the target but for its last. Returns
 * them embedded; NULL where y_{t-1} is left out. */
static real *feed(struct pass *pass)
{
    const struct model *model = pass->model;
    const struct batch *batch = pass->batch;
    int E = model->shape.embedding, B = batch->B;
    int64_t rows = (int64_t)batch->T * B;
    if (model->shape.without_previous)
        return NULL;
    real *x = take(pass, rows, E);
    pass->before = arena_take(pass->arena, (size_t)rows, sizeof *pass->before);
    for (int b = 0; b < B; b++)
        pass->before[b] = SYMBOL_BEGIN;
    memcpy(pass->before + B, batch->target, (size_t)(rows - B) * sizeof *pass->before);
    model_embed(model, pass->block, pass->before, rows, x);
    drop(pass, RANDOM_DROP_TARGET, model->shape.dropout_embedding, x, rows, E);
    return x;
}

static void decode(struct pass *pass)
{
    const struct model *model = pass->model;
    const struct batch *batch = pass->batch;
    decoder_start(&model->decoder, pass->block, &model->encoder, &pass->encoder, batch->B, batch->T,
                  pass->key, pass->arena, &pass->decoder);
    decoder_run(&model->decoder, pass->block, &pass->decoder, feed(pass));
}

/* Gathers the readouts of the target tokens, step by step: the output layer sees no padding. */
static void gather(struct pass *pass)
{
    const struct batch *batch = pass->batch;
    int R = shape_readout_width(&pass->model->shape);
    int64_t P = batch->target_tokens, p = 0;
    pass->place = arena_take(pass->arena, (size_t)P, sizeof *pass->place);
    pass->targets = arena_take(pass->arena, (size_t)P, sizeof *pass->targets);
    pass->losses = arena_take(pass->arena, (size_t)P, sizeof *pass->losses);
    pass->r = take(pass, P, R);
    for (int t = 0; t < batch->T; t++)
        for (int b = 0; b < batch->B; b++)
            if (t < batch->target_length[b]) {
                int64_t row = (int64_t)t * batch->B + b;
                pass->place[p] = row;
                pass->targets[p] = batch->target[row];
                memcpy(pass->r + p++ * R, pass->decoder.r + row * R, (size_t)R * sizeof(real));
            }
    require(p == P);
    drop(pass, RANDOM_DROP_OUTPUT, pass->model->shape.dropout_output, pass->r, P, R);
}

static struct output output_of(const struct model *model, const real *block)
{
    return (struct output){
        .weights = block + model->output_weight,
        .bias = block + model->output_bias,
        .V = model->shape.target_vocabulary,
        .R = model->shape.tied_embeddings ? model->shape.embedding
                                          : shape_readout_width(&model->shape),
    };
}

/* mapped (rows, E) = r (rows, R) output.map^T; r itself where there is no map. */
static const real *map(const struct model *model, const real *block, const real *r, int64_t rows,
                       real *mapped)
{
    int E = model->shape.embedding, R = shape_readout_width(&model->shape);
    if (model->output_map == PLACE_NONE)
        return r;
    product(PRODUCT_NT, (int)rows, E, R, r, R, block + model->output_map, R, 0, mapped, E);
    return mapped;
}

/* The losses; with a gradient also dr (P, R), returned, and those of output's parameters. */
static real *emit(struct pass *pass, real *gradient)
{
    const struct model *model = pass->model;
    int E = model->shape.embedding, R = shape_readout_width(&model->shape);
    int64_t P = pass->batch->target_tokens;
    struct output output = output_of(model, pass->block);
    pass->mapped = model->output_map == PLACE_NONE ? NULL : take(pass, P, E);
    const real *seen = map(model, pass->block, pass->r, P, pass->mapped); // (P, output.R)
    if (!gradient) {
        output_loss(&output, seen, pass->targets, P, 0, pass->losses, NULL, NULL, NULL,
                    pass->arena);
        return NULL;
    }
    real *dseen = take(pass, P, output.R);
    output_loss(&output, seen, pass->targets, P, model->shape.label_smoothing, pass->losses, dseen,
                gradient + model->output_weight, gradient + model->output_bias, pass->arena);
    if (!pass->mapped)
        return dseen;
    real *dr = take(pass, P, R);
    product(PRODUCT_TN, E, R, (int)P, dseen, E, pass->r, R, 1, gradient + model->output_map, R);
    product(PRODUCT_NN, (int)P, R, E, dseen, E, pass->block + model->output_map, R, 0, dr, R);
    return dr;
}

/* From dr (P, R) of the target tokens to (T, B, R), exactly zero at the padding. */
static real *scatter(const struct pass *pass, real *dr)
{
    const struct batch *batch = pass->batch;
    int R = shape_readout_width(&pass->model->shape);
    int64_t P = batch->target_tokens;
    drop(pass, RANDOM_DROP_OUTPUT, pass->model->shape.dropout_output, dr, P, R);
    real *all = arena_take_zeroed(pass->arena, (size_t)batch->T * (size_t)batch->B * (size_t)R,
                                  sizeof(real));
    for (int64_t p = 0; p < P; p++)
        memcpy(all + pass->place[p] * R, dr + p * R, (size_t)R * sizeof(real));
    return all;
}

static void encode_backward(struct pass *pass, real *gradient)
{
    const struct model *model = pass->model;
    const struct shape *shape = &model->shape;
    int E = shape->embedding;
    int64_t N = pass->batch->source_tokens;
    if (model->source_embedding == PLACE_NONE)
        return;
    real *dx = take(pass, N, E);
    encoder_backward(&model->encoder, pass->block, gradient, pass->key, &pass->encoder, dx,
                     pass->arena);
    drop(pass, RANDOM_DROP_SOURCE, shape->dropout_embedding, dx, N, E);
    embedding_backward(gradient + model->source_embedding, shape->source_vocabulary, E,
                       pass->source, N, dx);
}

static void backward(struct pass *pass, real *gradient, real *dr)
{
    const struct model *model = pass->model;
    const struct shape *shape = &model->shape;
    int E = shape->embedding;
    int64_t rows = (int64_t)pass->batch->T * pass->batch->B;
    real *dx = shape->without_previous ? NULL : take(pass, rows, E);
    part_enter(PART_ENCODER);
    if (model->source_embedding != PLACE_NONE)
        encoder_start_backward(&model->encoder, pass->block, pass->arena, &pass->encoder);
    part_enter(PART_DECODER);
    decoder_backward(&model->decoder, pass->block, gradient, &model->encoder, &pass->encoder,
                     &pass->decoder, scatter(pass, dr), dx, pass->arena);
    if (dx) {
        drop(pass, RANDOM_DROP_TARGET, shape->dropout_embedding, dx, rows, E);
        embedding_backward(gradient + model->target_embedding, shape->target_vocabulary, E,
                           pass->before, rows, dx);
    }
    part_enter(PART_ENCODER);
    encode_backward(pass, gradient);
}

double model_gradient(const struct model *model, const real *block, real *gradient,
                      const struct batch *batch, const struct random_key *key, struct arena *arena)
{
    struct pass pass = {.model = model, .block = block, .batch = batch, .key = key, .arena = arena};
    if (batch->B == 0)
        return 0;
    size_t bytes = (size_t)model->parameters.total * sizeof(real);
    point_at("model.forward", key->update, gradient, bytes);
    enum part before = part_enter(PART_ENCODER);
    enum precision usual = product_precision(model->shape.precision);
    encode(&pass);
    part_enter(PART_DECODER);
    decode(&pass);
    part_enter(PART_OUTPUT);
    gather(&pass);
    point_at("model.backward", key->update, gradient, bytes);
    real *dr = emit(&pass, gradient);
    backward(&pass, gradient, dr);
    product_precision(usual);
    part_enter(before);
    double loss = 0;
    for (int64_t p = 0; p < batch->target_tokens; p++)
        loss += pass.losses[p];
    return loss;
}

void model_loss(const struct model *model, const real *block, const struct batch *batch,
                double *losses, struct arena *arena)
{
    struct pass pass = {.model = model, .block = block, .batch = batch, .arena = arena};
    if (batch->B == 0)
        return;
    encode(&pass);
    decode(&pass);
    gather(&pass);
    emit(&pass, NULL);
    for (int b = 0; b < batch->B; b++)
        losses[b] = 0;
    for (int64_t p = 0; p < batch->target_tokens; p++)
        losses[batch->order[pass.place[p] % batch->B]] += pass.losses[p];
}

void model_embed(const struct model *model, const real *block, const int32_t *symbols, int64_t rows,
                 real *x)
{
    if (!model->shape.without_previous)
        embedding_forward(block + model->target_embedding, model->shape.embedding, symbols, rows,
                          x);
}

void model_encode(const struct model *model, const real *block, const struct batch *batch,
                  struct arena *arena, struct encoder_states *states)
{
    struct pass pass = {.model = model, .block = block, .batch = batch, .arena = arena};
    encode(&pass);
    *states = pass.encoder;
}

void model_start_logits(const struct model *model, const real *block, int B, struct arena *arena,
                        struct logits_states *states)
{
    struct output output = output_of(model, block);
    struct linear weights = {model->output_weight, output.V, output.R, output.R};
    *states = (struct logits_states){
        .output = output,
        .mapped = arena_take(arena, (size_t)B * (size_t)model->shape.embedding, sizeof(real))};
    linear_start(&weights, block, B, arena, &states->weights);
}

void model_logits(const struct model *model, const real *block, const struct logits_states *states,
                  const real *r, int rows, real *logits)
{
    const struct packed *packed = states->weights.forward.panels ? &states->weights.forward : NULL;
    output_logits(&states->output, packed, map(model, block, r, rows, states->mapped), rows,
                  logits);
}
