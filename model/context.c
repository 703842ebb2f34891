#include "model/context.h"
#include "comm/base/die.h"
#include "model/cell.h"
#include "model/place.h"
#include "model/product.h"
#include "model/rows.h"
#include <stdio.h>

static void last_forward(const struct context *context, const real *block,
                         const struct encoder *encoder, const struct encoder_states *source,
                         struct context_states *states)
{
    (void)block;
    int64_t elements = (int64_t)states->B * context->H;
    for (int l = 0; l < context->layers; l++)
        encoder_final(encoder, source, l, states->h + l * elements,
                      states->c ? states->c + l * elements : NULL);
}

static void last_backward(const struct context *context, const real *block, real *gradient,
                          const struct encoder *encoder, struct encoder_states *source,
                          const struct context_states *states, real *dh, const real *dc,
                          struct arena *arena)
{
    (void)block, (void)gradient, (void)arena;
    int64_t elements = (int64_t)states->B * context->H;
    for (int l = 0; l < context->layers; l++)
        encoder_final_backward(encoder, source, l, dh + l * elements,
                               dc ? dc + l * elements : NULL);
}

/* h_l = tanh(W_l v + b_l) */
static void project(const struct context *context, const real *block, struct context_states *states)
{
    int B = states->B, H = context->H, M = context->M;
    for (int l = 0; l < context->layers; l++) {
        real *h = states->h + (int64_t)l * B * H;
        product(PRODUCT_NT, B, H, M, states->summary, M, block + context->weight[l], M, 0, h, H);
        rows_tanh(B, H, block + context->bias[l], h);
    }
}

/* Returns dv (B, M). */
static real *project_backward(const struct context *context, const real *block, real *gradient,
                              const struct context_states *states, real *dh, struct arena *arena)
{
    int B = states->B, H = context->H, M = context->M;
    real *dv = arena_take(arena, (size_t)B * (size_t)M, sizeof(real));
    for (int l = 0; l < context->layers; l++) {
        int64_t at = (int64_t)l * B * H;
        rows_tanh_backward(B, H, states->h + at, dh + at);
        product(PRODUCT_TN, H, M, B, dh + at, H, states->summary, M, 1,
                gradient + context->weight[l], M);
        rows_sum(B, H, dh + at, gradient + context->bias[l]);
        product(PRODUCT_NN, B, M, H, dh + at, H, block + context->weight[l], M, l > 0, dv, M);
    }
    return dv;
}

static void affine_forward(const struct context *context, const real *block,
                           const struct encoder *encoder, const struct encoder_states *source,
                           struct context_states *states)
{
    encoder_final(encoder, source, encoder->layers - 1, states->summary, NULL);
    project(context, block, states);
}

static void affine_backward(const struct context *context, const real *block, real *gradient,
                            const struct encoder *encoder, struct encoder_states *source,
                            const struct context_states *states, real *dh, const real *dc,
                            struct arena *arena)
{
    (void)dc;
    real *dv = project_backward(context, block, gradient, states, dh, arena);
    encoder_final_backward(encoder, source, encoder->layers - 1, dv, NULL);
}

static void mean_forward(const struct context *context, const real *block,
                         const struct encoder *encoder, const struct encoder_states *source,
                         struct context_states *states)
{
    (void)encoder;
    bank_mean(&source->bank, states->summary);
    project(context, block, states);
}

static void mean_backward(const struct context *context, const real *block, real *gradient,
                          const struct encoder *encoder, struct encoder_states *source,
                          const struct context_states *states, real *dh, const real *dc,
                          struct arena *arena)
{
    (void)encoder, (void)dc;
    bank_mean_backward(&source->bank,
                       project_backward(context, block, gradient, states, dh, arena));
}

static const struct context_row rows[CONTEXT_KINDS] = {
    [CONTEXT_LAST] = {"last", 0, last_forward, last_backward},
    [CONTEXT_AFFINE] = {"affine", 1, affine_forward, affine_backward},
    [CONTEXT_MEAN] = {"mean", 1, mean_forward, mean_backward},
};

void context_init(struct context *context, const struct shape *shape, struct parameters *parameters)
{
    require(shape->context < CONTEXT_KINDS);
    *context = (struct context){
        .row = &rows[shape->context],
        .layers = shape->decoder_layers,
        .H = shape->hidden,
        .M = shape_memory_width(shape),
        .memory = cell_of(shape->cell)->memory,
    };
    for (int l = context->layers - 1; l >= 0 && context->row->projected; l--) {
        char prefix[32];
        snprintf(prefix, sizeof prefix, "context.%d", l);
        context->weight[l] =
            place_add(parameters, prefix, "weight", context->H, context->M, 1, INITIAL_GLOROT);
        context->bias[l] = place_add(parameters, prefix, "bias", context->H, 0, 1, INITIAL_ZERO);
    }
}

void context_forward(const struct context *context, const real *block,
                     const struct encoder *encoder, const struct encoder_states *source,
                     struct arena *arena, struct context_states *states)
{
    size_t B = (size_t)source->steps.B, elements = (size_t)context->layers * B * (size_t)context->H;
    *states = (struct context_states){.B = source->steps.B};
    states->h = arena_take(arena, elements, sizeof(real));
    if (context->memory)
        states->c = arena_take_zeroed(arena, elements, sizeof(real));
    if (context->row->projected)
        states->summary = arena_take(arena, B * (size_t)context->M, sizeof(real));
    context->row->forward(context, block, encoder, source, states);
}

void context_backward(const struct context *context, const real *block, real *gradient,
                      const struct encoder *encoder, struct encoder_states *source,
                      const struct context_states *states, real *dh, const real *dc,
                      struct arena *arena)
{
    context->row->backward(context, block, gradient, encoder, source, states, dh, dc, arena);
}

int64_t context_cost(const struct context *context)
{
    return context->row->projected ? (int64_t)context->layers * context->H * context->M : 0;
}
