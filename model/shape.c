#include "model/shape.h"
#include "model/batch.h"
#include <stddef.h>

static bool check_sizes(const struct shape *shape, struct reason *why)
{
    int read = shape->context_use != CONTEXT_USE_NONE; // of a source that is not, all sizes are 0
    const struct {
        const char *name;
        int value, least, most;
    } sizes[] = {
        {"source vocabulary", shape->source_vocabulary, read * (SYMBOLS_RESERVED + 1), 1 << 30},
        {"target vocabulary", shape->target_vocabulary, SYMBOLS_RESERVED + 1, 1 << 30},
        {"embedding", shape->embedding, 1, 1 << 16},
        {"hidden", shape->hidden, 1, 1 << 16},
        {"encoder-hidden", shape->encoder_hidden, read, 1 << 16},
        {"encoder-layers", shape->encoder_layers, read, SHAPE_LAYERS},
        {"decoder-layers", shape->decoder_layers, 1, SHAPE_LAYERS},
        {"readout", shape->readout, 0, 1 << 16},
        {"cell", (int)shape->cell, 0, CELL_KINDS - 1},
        {"context", (int)shape->context, 0, CONTEXT_KINDS - 1},
        {"context-use", (int)shape->context_use, 0, CONTEXT_USES - 1},
        {"decoder", (int)shape->decoder, 0, DECODER_KINDS - 1},
    };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        if (sizes[i].value < sizes[i].least || sizes[i].value > sizes[i].most)
            return fail(why, "%s is %d: it must be within %d and %d", sizes[i].name, sizes[i].value,
                        sizes[i].least, sizes[i].most);
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
        {"unknown-dropout", shape->unknown_dropout},
        {"label-smoothing", shape->label_smoothing},
    };
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
        if (!(rates[i].value >= 0 && rates[i].value < 1))
            return fail(why, "%s is %g: it must be at least 0 and below 1", rates[i].name,
                        rates[i].value);
    return true;
}

static bool check_context(const struct shape *shape, struct reason *why)
{
    int directions = shape->bidirectional ? 2 : 1;
    if (shape->context_use == CONTEXT_USE_EVERY && shape->context == CONTEXT_AFFINE)
        return fail(why, "context affine makes first states, and with context-use every there are "
                         "none: choose last or mean");
    if (shape->context != CONTEXT_LAST || !shape_has_first(shape))
        return true;
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
    if ((int)shape->attention < 0 || shape->attention >= ATTENTION_KINDS)
        return fail(why, "attention is %d: it must be below %d", (int)shape->attention,
                    ATTENTION_KINDS);
    if ((int)shape->attention_state < 0 || shape->attention_state >= ATTENTION_STATES)
        return fail(why, "attention-state is %d: it must be below %d", (int)shape->attention_state,
                    ATTENTION_STATES);
    if (shape->attention == ATTENTION_ADDITIVE && shape->attention_hidden < 1)
        return fail(why, "attention-hidden is %d: it must be at least 1", shape->attention_hidden);
    if (shape->attention == ATTENTION_DOT && shape_memory_width(shape) != shape->hidden)
        return fail(why,
                    "attention dot needs encoder-hidden x directions (%d) equal to hidden (%d): "
                    "choose general or additive",
                    shape_memory_width(shape), shape->hidden);
    if (shape_attends(shape) == ATTENDS_AFTER && shape->readout != shape->hidden)
        return fail(why, "attention-state current needs readout (%d) equal to hidden (%d)",
                    shape->readout, shape->hidden);
    return true;
}

bool shape_check(const struct shape *shape, struct reason *why)
{
    return check_sizes(shape, why) && check_rates(shape, why) && check_context(shape, why) &&
           check_attention(shape, why);
}
