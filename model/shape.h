/* What a model is: its model settings, resolved (no value is left to be chosen), and what its
 * training adds: dropouts, smoothing, precision. shape_check() refuses what cannot be built; it is
 * the only place that knows which combinations exist. */
#ifndef SHAPE_H
#define SHAPE_H

#include "comm/base/reason.h"
#include "model/precision.h"

enum cell_kind { CELL_LSTM, CELL_GRU, CELL_RNN, CELL_KINDS };
enum context_kind { CONTEXT_LAST, CONTEXT_AFFINE, CONTEXT_MEAN, CONTEXT_KINDS };
enum context_use { CONTEXT_USE_ATTENTION, CONTEXT_USE_FIRST, CONTEXT_USES };
enum attention_kind { ATTENTION_ADDITIVE, ATTENTION_DOT, ATTENTION_GENERAL, ATTENTION_KINDS };
enum attention_state { ATTENTION_PREVIOUS, ATTENTION_CURRENT, ATTENTION_STATES };

/* What a person calls them, in the order of the enums; behind the last is NULL. */
extern const char *const shape_cells[], *const shape_contexts[], *const shape_context_uses[];
extern const char *const shape_attentions[], *const shape_attention_states[];

enum { SHAPE_LAYERS = 32 }; // most layers of either side

struct shape {
    int source_vocabulary, target_vocabulary; // symbols, with unknown, begin and end
    int embedding;                            // E, of either side
    int hidden;                               // H, decoder state
    int encoder_hidden;                       // of one direction
    int encoder_layers, decoder_layers;
    int bidirectional; // 0 or 1
    enum cell_kind cell;
    int residual;   // layers above the first give h + their input
    int layer_norm; // inside the cells
    int pyramid;    // encoder layers above the first read pairs of states
    enum context_kind context;
    enum context_use context_use;
    enum attention_kind attention; // meaningless with CONTEXT_USE_FIRST, like the three below
    enum attention_state attention_state;
    int attention_hidden; // additive only
    int input_feeding;
    int readout; // R: with attention on the current state it is `hidden`
    int tied_embeddings;

    enum precision precision; // of the operands of products while training
    int variational;          // dropout_embedding and dropout_layer: one mask for all steps

    double dropout_embedding, dropout_layer, dropout_encoder, dropout_output, unknown_dropout;
    double dropout_state; // of what goes into U h: one mask for all steps
    double label_smoothing;
};

/* False with a reason ("context last needs encoder-hidden x directions (300) equal to hidden (512):
 * choose affine or mean") where the shape cannot be built. */
bool shape_check(const struct shape *shape, struct reason *why);

/* Width of the encoder's states at the top: both directions side by side. */
static inline int shape_memory_width(const struct shape *shape)
{
    return shape->encoder_hidden * (shape->bidirectional ? 2 : 1);
}

#endif
