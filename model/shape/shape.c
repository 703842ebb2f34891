#include "model/shape/shape.h"
#include <stddef.h>

static bool check_sizes(const struct shape *shape, struct reason *why)
{
    const int decodes = shape->head == HEAD_DECODE;
    const struct {
        const char *name;
        int value, least, most;
    } sizes[] = {
        {"embedding", shape->embedding, 1, 1 << 16},
        {"hidden", shape->hidden, decodes, 1 << 16},
        {"encoder-hidden", shape->encoder_hidden, shape->encoder_layers > 0, 1 << 16},
        {"encoder-layers", shape->encoder_layers, 0, SHAPE_LAYERS},
        {"decoder-layers", shape->decoder_layers, decodes, SHAPE_LAYERS},
        {"readout", shape->readout, 0, 1 << 16},
        {"input", (int)shape->input, 0, INPUT_KINDS - 1},
        {"pooling", (int)shape->pooling, 0, POOLINGS - 1},
        {"cell", (int)shape->cell, 0, CELL_KINDS - 1},
        {"context", (int)shape->context, 0, CONTEXT_KINDS - 1},
        {"context-use", (int)shape->context_use, 0, CONTEXT_USES - 1},
        {"decoder", (int)shape->decoder, 0, DECODER_KINDS - 1},
        {"attention", (int)shape->attention, 0, ATTENTION_KINDS - 1},
        {"attention-state", (int)shape->attention_state, 0, ATTENTION_STATES - 1},
    };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        if (sizes[i].value < sizes[i].least || sizes[i].value > sizes[i].most)
            return fail(why, "%s is %d: it must be within %d and %d", sizes[i].name, sizes[i].value,
                        sizes[i].least, sizes[i].most);
    return true;
}

static bool check_symbols(const char *name, const struct side_shape *side,
                          const struct shape *shape, struct reason *why)
{
    if (side->vocabulary <= SYMBOLS_RESERVED)
        return fail(why, "%s vocabulary is %d: it must be at least %d", name, side->vocabulary,
                    SYMBOLS_RESERVED + 1);
    if (side->feature_count < 0 || side->feature_count > FEATURES_MOST)
        return fail(why, "%s has %d features: it must have at most %d", name, side->feature_count,
                    FEATURES_MOST);
    if (side->feature_count > 0 && shape->feature_embedding < 1)
        return fail(why, "feature-embedding is %d: it must be at least 1",
                    shape->feature_embedding);
    for (int k = 0; k < side->feature_count; k++)
        if (side->features[k] <= SYMBOLS_RESERVED)
            return fail(why, "%s feature %d: vocabulary is %d: it must be at least %d", name, k + 1,
                        side->features[k], SYMBOLS_RESERVED + 1);
    return true;
}

static bool check_vectors(const char *name, const struct side_shape *side, struct reason *why)
{
    if (side->dimension < 1 || side->dimension > 1 << 16)
        return fail(why, "%s dimension is %d: it must be within 1 and %d", name, side->dimension,
                    1 << 16);
    if (side->feature_count)
        return fail(why, "%s: vectors have no features beside them", name);
    return side->end ? fail(why, "%s: an end cannot be added to vectors", name) : true;
}

static bool check_sides(const struct shape *shape, struct reason *why)
{
    static const char *const names[SIDES] = {"source", "second source", "target"};
    for (int side = 0; side < SIDES; side++) {
        const struct side_shape *of = &shape->side[side];
        if (of->form == FORM_SYMBOLS && !check_symbols(names[side], of, shape, why))
            return false;
        if (of->form == FORM_VECTORS && !check_vectors(names[side], of, why))
            return false;
    }
    if (shape->side[TARGET].form == FORM_NONE)
        return fail(why, "a model needs a target");
    if (shape->side[TARGET].feature_count)
        return fail(why, "target: what is emitted has no features beside it");
    const bool unread = shape->head == HEAD_DECODE && shape->context_use == CONTEXT_USE_NONE;
    if (shape->side[SOURCE].form == FORM_NONE && !unread)
        return fail(why, "a model needs a source");
    if (shape->side[SOURCE].form == FORM_NONE && shape->side[SECOND].form != FORM_NONE)
        return fail(why, "a second source needs a first");
    if (shape->side[SOURCE].form != FORM_NONE && unread)
        return fail(why, "context-use none: nothing would read the source");
    return true;
}

static bool check_head(const struct shape *shape, struct reason *why)
{
    const struct side_shape *target = &shape->side[TARGET];
    if ((int)shape->head < 0 || shape->head >= HEADS)
        return fail(why, "head is %d: it must be below %d", (int)shape->head, HEADS);
    if (shape->head == HEAD_DECODE && target->form == FORM_SYMBOLS && !target->end)
        return fail(why, "what is decoded needs an end");
    if (shape->head != HEAD_DECODE && target->end)
        return fail(why, "an end can be added only to what is decoded");
    if (shape->running && shape->side[SOURCE].form != FORM_NONE)
        return fail(why, "what is one running text or series has no source");
    if (shape->head == HEAD_STEP && shape->side[SOURCE].end)
        return fail(why, "source-end has no meaning where the target is in step with the source");
    if (shape->head == HEAD_STEP && shape->side[SECOND].form != FORM_NONE)
        return fail(why,
                    "a second source has no meaning where the target is in step with the source");
    if (shape->tied_embeddings && (shape->head != HEAD_DECODE || target->form != FORM_SYMBOLS))
        return fail(why, "tied-embeddings needs a decoder of symbols");
    return true;
}

static bool check_rates(const struct shape *shape, struct reason *why)
{
    const struct {
        const char *name;
        double value;
    } rates[] = {
        {"dropout-embedding", shape->dropout_embedding},
        {"dropout-layer", shape->dropout_layer},
        {"dropout-encoder", shape->dropout_encoder},
        {"dropout-output", shape->dropout_output},
        {"dropout-state", shape->dropout_state},
        {"unknown-dropout", shape->unknown_dropout},
        {"label-smoothing", shape->label_smoothing},
    };
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
        if (!(rates[i].value >= 0 && rates[i].value < 1))
            return fail(why, "%s is %g: it must be at least 0 and below 1", rates[i].name,
                        rates[i].value);
    return true;
}

/* What joins layers needs two of them; pairs are twice as wide as what residual adds them to. */
static bool check_layers(const struct shape *shape, struct reason *why)
{
    if (shape->pyramid && shape->encoder_layers < 2)
        return fail(why, "pyramid needs encoder-layers of at least 2: the first reads every token");
    if (shape->layer_norm && shape->head == HEAD_DECODE && !shape_reads(shape))
        return fail(why,
                    "layer-norm: without the symbol before, and without a context at each step, "
                    "the decoder's first layer reads nothing that could be normalised");
    if (shape->pyramid && shape->head == HEAD_STEP)
        return fail(why,
                    "pyramid: each of its layers halves the places, but each place has its own "
                    "target");
    if (shape->residual && shape->encoder_layers < 2 &&
        (shape->head != HEAD_DECODE || shape->decoder_layers < 2))
        return fail(why, "residual needs layers of at least 2: the first gives its state alone");
    if (shape->residual && shape->pyramid)
        return fail(why, "residual and pyramid exclude each other: a layer of a pyramid reads "
                         "twice as much as it gives");
    return true;
}

static bool check_context(const struct shape *shape, struct reason *why)
{
    int directions = shape->bidirectional ? 2 : 1;
    const struct context_known *context = &context_known[shape->context];
    if (context->first_only && shape_joins(shape) && !shape_has_first(shape))
        return fail(why,
                    "context %s makes first states, and with context-use %s there are none: choose "
                    "last or mean",
                    kinds_contexts[shape->context], kinds_context_uses[shape->context_use]);
    if (!context->takes_over || !shape_has_first(shape))
        return true;
    if (shape_sources(shape) > 1)
        return fail(why,
                    "context last takes the first states from one encoder, and two sources have "
                    "one each: choose affine or mean");
    if (shape->encoder_layers == 0)
        return fail(why, "context last needs an encoder (encoder-layers is 0): choose affine or "
                         "mean");
    if (shape->encoder_layers != shape->decoder_layers)
        return fail(why,
                    "context last needs as many encoder-layers (%d) as decoder-layers (%d): choose "
                    "affine or mean",
                    shape->encoder_layers, shape->decoder_layers);
    if (shape_memory_width(shape) != shape->hidden)
        return fail(why,
                    "context last needs encoder-hidden x directions (%d x %d = %d) equal to hidden "
                    "(%d): choose affine or mean",
                    shape->encoder_hidden, directions, shape_memory_width(shape), shape->hidden);
    return true;
}

static bool check_attention(const struct shape *shape, struct reason *why)
{
    if (shape_attends(shape) == ATTENDS_NEVER) {
        if (shape->decoder == DECODER_CONDITIONAL)
            return fail(why, "decoder conditional needs context-use attention");
        return shape->input_feeding ? fail(why, "input-feeding needs context-use attention") : true;
    }
    if (shape->readout == 0)
        return fail(why, "readout is 0: with attention it must be at least 1");
    for (int source = 0; source < shape_sources(shape); source++) {
        int width = shape_bank_width(shape, (enum side)source);
        if (attention_known[shape->attention].equal && width != shape->hidden)
            return fail(why,
                        "attention %s needs encoder-hidden x directions (%d) equal to hidden "
                        "(%d): choose general or additive",
                        kinds_attentions[shape->attention], width, shape->hidden);
    }
    if (shape_attends(shape) == ATTENDS_AFTER && shape->readout != shape->hidden)
        return fail(why, "attention-state current needs readout (%d) equal to hidden (%d)",
                    shape->readout, shape->hidden);
    return true;
}

/* What has a size of its own has one. */
static bool check_attention_hidden(const struct shape *shape, struct reason *why)
{
    const int pools = shape->head == HEAD_POOL && pooling_known[shape->pooling].sized;
    const int attends = shape->head == HEAD_DECODE && shape_attends(shape) != ATTENDS_NEVER &&
                        attention_known[shape->attention].sized;
    if ((pools || attends) && shape->attention_hidden < 1)
        return fail(why, "attention-hidden is %d: it must be at least 1", shape->attention_hidden);
    return true;
}

bool shape_check(const struct shape *shape, struct reason *why)
{
    if (!check_sides(shape, why) || !check_head(shape, why) || !check_sizes(shape, why) ||
        !check_attention_hidden(shape, why) || !check_rates(shape, why) ||
        !check_layers(shape, why))
        return false;
    return shape->head != HEAD_DECODE || (check_context(shape, why) && check_attention(shape, why));
}
