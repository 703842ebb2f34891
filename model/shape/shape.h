/* What a model is: its sides, a head, and its model settings, resolved (no value is left to be
 * chosen), and what its training adds: dropouts, smoothing, precision. shape_check() refuses what
 * cannot be built; it is the only place that knows which combinations exist.
 *
 * Letters of shapes, in all of model/: of a micro-batch B sentences, S and T steps of a source and
 * of the target, N a source's tokens and P the target places that count (no padding); of a side V
 * symbols, E embedding, D numbers of a vector; of a recurrent layer I input, H state, G gates (K of
 * them apart); M memory (both directions), A attention's hidden, R readout. */
#ifndef SHAPE_H
#define SHAPE_H

#include "comm/base/reason.h"
#include "comm/base/sentence.h"
#include "model/product/precision.h"
#include "model/shape/kinds.h"
#include <stdint.h>

enum { SYMBOL_UNKNOWN, SYMBOL_BEGIN, SYMBOL_END, SYMBOLS_RESERVED };
enum { SHAPE_LAYERS = 32 }; // most layers of either side
enum { FEATURES_MOST = 8 };

struct side_shape {
    enum form form;                             // FORM_NONE: there is no such side
    int vocabulary;                             // symbols, with unknown, begin and end
    int feature_count, features[FEATURES_MOST]; // beside each symbol; their vocabularies likewise
    int dimension;                              // of a vector
    int end; // 1: an end is added, as to what a decoder emits; never to vectors
};

struct shape {
    struct side_shape side[SIDES];
    enum head head;
    int running;           // of one running text or series, which has no last place
    int embedding;         // E, of either side
    int feature_embedding; // of each feature
    enum input_kind input;
    enum pooling_kind pooling; // HEAD_POOL
    int hidden;                // H, decoder state
    int encoder_hidden;        // of one direction
    int encoder_layers;        // 0: the embedded source is the memory bank
    int decoder_layers;
    int bidirectional; // 0 or 1
    enum cell_kind cell;
    int residual;   // layers above the first give h + their input
    int layer_norm; // inside the cells
    int pyramid;    // encoder layers above the first read pairs of states
    enum context_kind context;
    enum context_use context_use;
    enum decoder_kind decoder;
    int without_previous;          // feed-previous off: y_{t-1} is left out of step and readout
    enum attention_kind attention; // meaningless without attention, like the three below
    enum attention_state attention_state; // meaningless with DECODER_CONDITIONAL too
    int attention_hidden;                 // additive, and pooling by attention
    int input_feeding;
    int readout; // with attention on the current state it is `hidden`; 0: there is no such layer
    int tied_embeddings;

    enum precision precision; // of the operands of products while training
    int variational;          // dropout_embedding and dropout_layer: one mask for all steps

    double dropout_embedding, dropout_layer, dropout_encoder, dropout_output, unknown_dropout;
    double dropout_state; // of what goes into U h: one mask for all steps
    double label_smoothing;
};

/* False with a reason ("context last needs encoder-hidden x directions (150 x 2 = 300) equal to
 * hidden (512): choose affine or mean") where the shape cannot be built. */
bool shape_check(const struct shape *shape, struct reason *why);

/* Where the masks of a source's dropouts begin: no two sources have the same. */
static inline uint64_t shape_masks(enum side side)
{
    return side == SECOND ? UINT64_C(1) << 50 : 0;
}

/* Cells of a place of this side: the symbol and its features, or the vector. */
static inline int side_cells(const struct side_shape *side)
{
    return side->form == FORM_VECTORS ? side->dimension : 1 + side->feature_count;
}

static inline int shape_sources(const struct shape *shape)
{
    return shape->side[SOURCE].form == FORM_NONE   ? 0
           : shape->side[SECOND].form == FORM_NONE ? 1
                                                   : 2;
}

/* Width of what a layer reads of a place of this side. */
static inline int shape_input_width(const struct shape *shape, enum side side)
{
    return shape->embedding + shape->side[side].feature_count * shape->feature_embedding;
}

/* Width of the states of a source's memory bank: both directions side by side, or the embedded
 * source's. */
static inline int shape_bank_width(const struct shape *shape, enum side side)
{
    return shape->encoder_layers ? shape->encoder_hidden * (shape->bidirectional ? 2 : 1)
                                 : shape_input_width(shape, side);
}

/* When a step attends. */
enum attends {
    ATTENDS_NEVER,
    ATTENDS_BEFORE, // the step, with the state before it
    ATTENDS_WITHIN, // between its two transitions
    ATTENDS_AFTER   // with its own state
};
static inline enum attends shape_attends(const struct shape *shape)
{
    if (!context_use_known[shape->context_use].attends)
        return ATTENDS_NEVER;
    if (shape->decoder == DECODER_CONDITIONAL)
        return ATTENDS_WITHIN;
    return shape->attention_state == ATTENTION_CURRENT ? ATTENDS_AFTER : ATTENDS_BEFORE;
}

/* Whether the context is joined to what every step reads; whether it makes the first states. */
static inline int shape_joins(const struct shape *shape)
{
    return context_use_known[shape->context_use].joins;
}
static inline int shape_has_first(const struct shape *shape)
{
    return context_use_known[shape->context_use].first;
}

/* Does the decoder's first layer read anything? Else it runs on its state and bias. */
static inline int shape_reads(const struct shape *shape)
{
    return !shape->without_previous || shape->input_feeding || shape_joins(shape) ||
           shape_attends(shape) == ATTENDS_BEFORE;
}

/* R, the width of what the output reads of a decoder's step. */
static inline int shape_readout_width(const struct shape *shape)
{
    return shape->readout ? shape->readout : shape->hidden;
}

/* M, of the states of all sources side by side: of what a decoder is told of them. */
static inline int shape_memory_width(const struct shape *shape)
{
    int width = 0;
    for (int source = 0; source < shape_sources(shape); source++)
        width += shape_bank_width(shape, (enum side)source);
    return width;
}

/* Width of r, what the output layer reads of a target place: without a readout the states
 * themselves. */
static inline int shape_output_width(const struct shape *shape)
{
    return shape->head == HEAD_DECODE || shape->readout ? shape_readout_width(shape)
                                                        : shape_memory_width(shape);
}

/* Does each vector that is emitted say whether it is the last? Decoded ones do; a running series
 * has no last one. */
static inline int shape_stops(const struct shape *shape)
{
    return shape->side[TARGET].form == FORM_VECTORS && shape->head == HEAD_DECODE &&
           !shape->running;
}

/* What the output layer gives: the symbols from shape_first_symbol on (of classes begin, end and
 * unknown are none), or a vector's numbers and the logit of its being the last (shape_stops). */
static inline int shape_first_symbol(const struct shape *shape)
{
    return shape->head == HEAD_DECODE ? 0 : SYMBOLS_RESERVED;
}
static inline int shape_outputs(const struct shape *shape)
{
    const struct side_shape *target = &shape->side[TARGET];
    return target->form == FORM_VECTORS ? target->dimension + shape_stops(shape)
                                        : target->vocabulary - shape_first_symbol(shape);
}

#endif
