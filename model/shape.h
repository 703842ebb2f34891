/* What a model is: its model settings, resolved (no value is left to be chosen), and what its
 * training adds: dropouts, smoothing, precision. shape_check() refuses what cannot be built; it is
 * the only place that knows which combinations exist. */
#ifndef SHAPE_H
#define SHAPE_H

#include "comm/base/reason.h"
#include "model/precision.h"

enum cell_kind { CELL_LSTM, CELL_GRU, CELL_KINDS };
enum context_kind { CONTEXT_LAST, CONTEXT_AFFINE, CONTEXT_MEAN, CONTEXT_KINDS };
enum context_use {
    CONTEXT_USE_ATTENTION,
    CONTEXT_USE_FIRST, // the decoder's first state only
    CONTEXT_USE_EVERY, // joined to the input of every step and of the readout; first state zero
    CONTEXT_USE_BOTH,
    CONTEXT_USE_NONE, // there is no source
    CONTEXT_USES
};
enum attention_kind { ATTENTION_ADDITIVE, ATTENTION_DOT, ATTENTION_GENERAL, ATTENTION_KINDS };
enum attention_state { ATTENTION_PREVIOUS, ATTENTION_CURRENT, ATTENTION_STATES };
enum decoder_kind { DECODER_PLAIN, DECODER_CONDITIONAL, DECODER_KINDS };

enum { SHAPE_LAYERS = 32 }; // most layers of either side

struct shape {
    int source_vocabulary, target_vocabulary; // symbols, with unknown, begin and end
    int embedding;                            // E, of either side
    int hidden;                               // H, decoder state
    int encoder_hidden;                       // of one direction
    int encoder_layers, decoder_layers;
    int bidirectional; // 0 or 1
    enum cell_kind cell;
    enum context_kind context;
    enum context_use context_use;
    enum decoder_kind decoder;
    int without_previous;          // feed-previous off: y_{t-1} is left out of step and readout
    enum attention_kind attention; // meaningless without attention, like the three below
    enum attention_state attention_state; // meaningless with DECODER_CONDITIONAL too
    int attention_hidden;                 // additive only
    int input_feeding;
    int readout; // with attention on the current state it is `hidden`; 0: there is no such layer
    int tied_embeddings;

    enum precision precision; // of the operands of products while training

    double dropout_embedding, dropout_layer, dropout_encoder, dropout_output, unknown_dropout;
    double label_smoothing;
};

/* False with a reason ("context last needs encoder-hidden x directions (300) equal to hidden (512):
 * choose affine or mean") where the shape cannot be built. */
bool shape_check(const struct shape *shape, struct reason *why);

/* When a step attends. */
enum attends {
    ATTENDS_NEVER,
    ATTENDS_BEFORE, // the step, with the state before it
    ATTENDS_WITHIN, // between its two transitions
    ATTENDS_AFTER   // with its own state
};
static inline enum attends shape_attends(const struct shape *shape)
{
    if (shape->context_use != CONTEXT_USE_ATTENTION)
        return ATTENDS_NEVER;
    if (shape->decoder == DECODER_CONDITIONAL)
        return ATTENDS_WITHIN;
    return shape->attention_state == ATTENTION_CURRENT ? ATTENDS_AFTER : ATTENDS_BEFORE;
}

/* Whether the context is joined to what every step reads; whether it makes the first states. */
static inline int shape_joins(const struct shape *shape)
{
    return shape->context_use == CONTEXT_USE_EVERY || shape->context_use == CONTEXT_USE_BOTH;
}
static inline int shape_has_first(const struct shape *shape)
{
    return shape->context_use != CONTEXT_USE_EVERY && shape->context_use != CONTEXT_USE_NONE;
}

/* R, the width of what the output reads of a step. */
static inline int shape_readout_width(const struct shape *shape)
{
    return shape->readout ? shape->readout : shape->hidden;
}

/* Width of the encoder's states at the top: both directions side by side. */
static inline int shape_memory_width(const struct shape *shape)
{
    return shape->encoder_hidden * (shape->bidirectional ? 2 : 1);
}

#endif
