#include "model/encoder/context.h"
#include "comm/base/die.h"
#include "model/layers/cell.h"
#include "model/product/product.h"
#include "model/product/rows.h"
#include "model/shape/place.h"
#include <stdio.h>

/* v = the top layer's final h */
static void final(const struct context *context, const struct encoder *encoder,
                  const struct encoder_states *source, real *v)
{
    encoder_final(encoder, source, encoder->layers - 1, v, NULL, context->M);
}

static void final_backward(const struct context *context, const struct encoder *encoder,
                           struct encoder_states *source, const real *dv)
{
    encoder_final_backward(encoder, source, encoder->layers - 1, dv, NULL, context->M);
}

/* v = 1/S_b sum_s m_s */
static void mean(const struct context *context, const struct encoder *encoder,
                 const struct encoder_states *source, real *v)
{
    (void)encoder;
    bank_mean(&source->bank, v, context->M);
}

static void mean_backward(const struct context *context, const struct encoder *encoder,
                          struct encoder_states *source, const real *dv)
{
    (void)encoder;
    bank_mean_backward(&source->bank, dv, context->M);
}

const struct context_row context_last = {final, final_backward};
const struct context_row context_affine = {final, final_backward};
const struct context_row context_mean = {mean, mean_backward};

#define CONTEXT_ROW(kind, name, ...) [kind] = &context_##name,
static const struct context_row *const rows[CONTEXT_KINDS] = {CONTEXTS(CONTEXT_ROW)};

/* h_l, c_l = the encoder's final ones of layer l */
static void take_over(const struct context *context, const struct encoder *encoder,
                      const struct encoder_states *source, struct context_states *states)
{
    int64_t elements = (int64_t)states->B * context->H;
    for (int l = 0; l < context->layers; l++)
        encoder_final(encoder, source, l, states->h + l * elements,
                      states->c ? states->c + l * elements : NULL, context->H);
}

static void take_over_backward(const struct context *context, const struct encoder *encoder,
                               struct encoder_states *source, const struct context_states *states,
                               const real *dh, const real *dc)
{
    int64_t elements = (int64_t)states->B * context->H;
    for (int l = 0; l < context->layers; l++)
        encoder_final_backward(encoder, source, l, dh + l * elements, dc ? dc + l * elements : NULL,
                               context->H);
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

/* dv = or += */
static void project_backward(const struct context *context, const real *block, real *gradient,
                             const struct context_states *states, real *dh, real *dv, int add)
{
    int B = states->B, H = context->H, M = context->M;
    for (int l = 0; l < context->layers; l++) {
        int64_t at = (int64_t)l * B * H;
        rows_tanh_backward(B, H, states->h + at, dh + at);
        product(PRODUCT_TN, H, M, B, dh + at, H, states->summary, M, 1,
                gradient + context->weight[l], M);
        rows_sum(B, H, dh + at, H, gradient + context->bias[l]);
        product(PRODUCT_NN, B, M, H, dh + at, H, block + context->weight[l], M, add || l > 0, dv,
                M);
    }
}

void context_init(struct context *context, const struct shape *shape, struct parameters *parameters)
{
    require(shape->context < CONTEXT_KINDS);
    *context = (struct context){
        .row = rows[shape->context],
        .layers = shape->decoder_layers,
        .H = shape->hidden,
        .sources = shape_sources(shape),
        .M = shape_memory_width(shape),
        .memory = cell_of(shape->cell)->memory,
        .first = shape_has_first(shape),
        .joined = shape_joins(shape),
    };
    context->projects = context->first && !context_known[shape->context].takes_over;
    context->summarised = context->joined || context->projects;
    for (int l = context->layers - 1; l >= 0 && context->projects; l--) {
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
    *states = (struct context_states){0};
    if (!context->first && !context->joined)
        return;
    size_t B = (size_t)source->steps.B, elements = (size_t)context->layers * B * (size_t)context->H;
    states->B = source->steps.B;
    if (context->summarised) {
        states->summary = arena_take(arena, B * (size_t)context->M, sizeof(real));
        for (int k = 0, column = 0; k < context->sources; column += encoder[k++].M)
            context->row->summary(context, &encoder[k], &source[k], states->summary + column);
    }
    if (!context->first)
        return;
    states->h = arena_take(arena, elements, sizeof(real));
    if (context->memory)
        states->c = arena_take_zeroed(arena, elements, sizeof(real));
    if (context->projects)
        project(context, block, states);
    else
        take_over(context, encoder, source, states);
}

void context_backward(const struct context *context, const real *block, real *gradient,
                      const struct encoder *encoder, struct encoder_states *source,
                      const struct context_states *states, real *dh, const real *dc, real *dv,
                      struct arena *arena)
{
    int add = dv != NULL;
    if (context->summarised && !dv)
        dv = arena_take(arena, (size_t)states->B * (size_t)context->M, sizeof(real));
    if (context->projects)
        project_backward(context, block, gradient, states, dh, dv, add);
    else if (context->first)
        take_over_backward(context, encoder, source, states, dh, dc);
    for (int k = 0, column = 0; context->summarised && k < context->sources;
         column += encoder[k++].M)
        context->row->summary_backward(context, &encoder[k], &source[k], dv + column);
}

int64_t context_cost(const struct context *context)
{
    return context->projects ? (int64_t)context->layers * context->H * context->M : 0;
}
