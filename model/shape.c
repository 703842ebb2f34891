#include "model/shape.h"
#include "model/batch.h"
#include <stddef.h>

const char *const shape_cells[CELL_KINDS + 1] = {
    [CELL_LSTM] = "lstm", [CELL_GRU] = "gru", [CELL_RNN] = "rnn"};
const char *const shape_contexts[CONTEXT_KINDS + 1] = {
    [CONTEXT_LAST] = "last", [CONTEXT_AFFINE] = "affine", [CONTEXT_MEAN] = "mean"};
const char *const shape_context_uses[CONTEXT_USES + 1] = {
    [CONTEXT_USE_ATTENTION] = "attention", [CONTEXT_USE_FIRST] = "first"};
const char *const shape_attentions[ATTENTION_KINDS + 1] = {
    [ATTENTION_ADDITIVE] = "additive", [ATTENTION_DOT] = "dot", [ATTENTION_GENERAL] = "general"};
const char *const shape_attention_states[ATTENTION_STATES + 1] = {
    [ATTENTION_PREVIOUS] = "previous", [ATTENTION_CURRENT] = "current"};

static bool check_sizes(const struct shape *shape, struct reason *why)
{
    const struct {
        const char *name;
        int value, least, most;
    } sizes[] = {
        {"source vocabulary", shape->source_vocabulary, SYMBOLS_RESERVED + 1, 1 << 30},
        {"target vocabulary", shape->target_vocabulary, SYMBOLS_RESERVED + 1, 1 << 30},
        {"embedding", shape->embedding, 1, 1 << 16},
        {"hidden", shape->hidden, 1, 1 << 16},
        {"encoder-hidden", shape->encoder_hidden, 1, 1 << 16},
        {"encoder-layers", shape->encoder_layers, 1, SHAPE_LAYERS},
        {"decoder-layers", shape->decoder_layers, 1, SHAPE_LAYERS},
        {"readout", shape->readout, 1, 1 << 16},
        {"cell", (int)shape->cell, 0, CELL_KINDS - 1},
        {"context", (int)shape->context, 0, CONTEXT_KINDS - 1},
        {"context-use", (int)shape->context_use, 0, CONTEXT_USES - 1},
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
    if (shape->residual && shape->encoder_layers < 2 && shape->decoder_layers < 2)
        return fail(why, "residual needs layers of at least 2: the first gives its state alone");
    if (shape->residual && shape->pyramid)
        return fail(why, "residual and pyramid exclude each other: a layer of a pyramid reads "
                         "twice as much as it gives");
    return true;
}

static bool check_context(const struct shape *shape, struct reason *why)
{
    int directions = shape->bidirectional ? 2 : 1;
    if (shape->context != CONTEXT_LAST)
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
    if (shape->context_use != CONTEXT_USE_ATTENTION)
        return shape->input_feeding ? fail(why, "input-feeding needs context-use attention") : true;
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
    if (shape->attention_state == ATTENTION_CURRENT && shape->readout != shape->hidden)
        return fail(why, "attention-state current needs readout (%d) equal to hidden (%d)",
                    shape->readout, shape->hidden);
    return true;
}

bool shape_check(const struct shape *shape, struct reason *why)
{
    return check_sizes(shape, why) && check_rates(shape, why) && check_layers(shape, why) &&
           check_context(shape, why) && check_attention(shape, why);
}
