/* Some whole models, each unlike the others, big enough that products are cut and sentences are
 * many: what a property has to hold for. Every combination is gone through in tests/gradients. */
#ifndef MODELS_H
#define MODELS_H

#include "model/shape.h"

enum { MODELS = 8 };

/* The defaults; the defaults of dot and general attention, two layers deep; no attention; all in
 * one direction; the context first and at every step (Cho et al. 2014); a conditional decoder of
 * two layers; the last state at every step, but neither the symbol before nor a readout. */
static inline struct shape models_shape(int number)
{
    struct shape shape = {.source_vocabulary = 150,
                          .target_vocabulary = 170,
                          .embedding = 24,
                          .hidden = 40,
                          .encoder_hidden = 20,
                          .encoder_layers = 1,
                          .decoder_layers = 1,
                          .bidirectional = 1,
                          .cell = number % 2 ? CELL_GRU : CELL_LSTM,
                          .context = CONTEXT_MEAN,
                          .attention = ATTENTION_ADDITIVE,
                          .attention_hidden = 30,
                          .readout = 24,
                          .tied_embeddings = number < 3};
    if (number == 1 || number == 2) {
        shape.encoder_layers = shape.decoder_layers = 2;
        shape.context = CONTEXT_LAST;
        shape.attention = number == 1 ? ATTENTION_GENERAL : ATTENTION_DOT;
        shape.attention_state = ATTENTION_CURRENT;
        shape.input_feeding = 1;
        shape.readout = shape.hidden;
    }
    if (number == 3) {
        shape.context = CONTEXT_AFFINE;
        shape.context_use = CONTEXT_USE_FIRST;
    }
    if (number == 4) {
        shape.bidirectional = 0;
        shape.input_feeding = 1;
    }
    if (number == 5)
        shape.context_use = CONTEXT_USE_BOTH;
    if (number == 6) {
        shape.decoder = DECODER_CONDITIONAL;
        shape.decoder_layers = 2;
    }
    if (number == 7) {
        shape.context = CONTEXT_LAST; // as wide as it likes
        shape.encoder_hidden = 17;
        shape.context_use = CONTEXT_USE_EVERY;
        shape.without_previous = 1;
        shape.readout = 0;
    }
    return shape;
}

/* The same with every dropout and with smoothing. */
static inline struct shape models_shape_in_training(int number)
{
    struct shape shape = models_shape(number);
    shape.dropout_embedding = shape.dropout_layer = 0.2;
    shape.dropout_encoder = shape.dropout_output = 0.2;
    shape.unknown_dropout = 0.1;
    shape.label_smoothing = 0.1;
    return shape;
}

#endif
