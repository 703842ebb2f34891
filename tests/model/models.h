/* Some whole models, each unlike the others, big enough that products are cut and sentences are
 * many: what a property has to hold for. Every combination is gone through in tests/gradients. */
#ifndef MODELS_H
#define MODELS_H

#include "tests/model/sides.h"

enum { MODELS = 12, MODELS_ALL = 19 };

/* The defaults; the defaults of dot and general attention, two layers deep; no attention; all in
 * one direction; a GRU with layer normalisation and residual connections; a pyramid of RNNs; the
 * context first and at every step (Cho et al. 2014); a conditional decoder of two layers; the last
 * state at every step, but neither the symbol before nor a readout; two sources' pyramids, attended
 * to, with features in the second; and two without encoders, the mean of their symbols first and at
 * every step. */
static inline struct shape models_translating(int number)
{
    struct shape shape = {SIDES_OF(150, 170),
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
    if (number == 5) {
        shape.encoder_layers = shape.decoder_layers = 2;
        shape.residual = shape.layer_norm = 1;
    }
    if (number == 6) {
        shape.cell = CELL_RNN;
        shape.encoder_layers = 3;
        shape.pyramid = 1;
    }
    if (number == 7)
        shape.context_use = CONTEXT_USE_BOTH;
    if (number == 8) {
        shape.decoder = DECODER_CONDITIONAL;
        shape.decoder_layers = 2;
    }
    if (number == 9) {
        shape.context = CONTEXT_LAST; // as wide as it likes
        shape.encoder_hidden = 17;
        shape.context_use = CONTEXT_USE_EVERY;
        shape.without_previous = 1;
        shape.readout = 0;
    }
    if (number >= 10) {
        shape.side[SECOND] = shape.side[SOURCE];
        shape.side[SECOND].feature_count = 1;
        shape.side[SECOND].features[0] = 20;
        shape.feature_embedding = 6;
        shape.context = CONTEXT_AFFINE;
    }
    if (number == 10) {
        shape.encoder_layers = shape.decoder_layers = 2;
        shape.pyramid = 1;
        shape.attention = ATTENTION_GENERAL;
        shape.attention_state = ATTENTION_CURRENT;
        shape.input_feeding = 1;
        shape.readout = shape.hidden;
    }
    if (number == 11) {
        shape.encoder_layers = 0;
        shape.context = CONTEXT_MEAN;
        shape.context_use = CONTEXT_USE_BOTH;
    }
    return shape;
}

static inline struct shape models_with(struct shape shape, enum head head, int readout)
{
    shape.head = head;
    shape.readout = readout;
    shape.tied_embeddings = 0;
    shape.side[SOURCE].end = shape.side[TARGET].end = 0;
    return shape;
}

/* Tags of words with features; a value for each vector; classes of two sources' pyramids pooled by
 * attention; classes by the largest states; regression from one vector a sentence without an
 * encoder's layers; vectors decoded from vectors; symbols decoded from nothing. */
static inline struct shape models_other(int number)
{
    static const struct side_shape vectors = {.form = FORM_VECTORS, .dimension = 6};
    struct shape shape = models_translating((number - MODELS) % 2);
    shape.feature_embedding = 5;
    switch (number - MODELS) {
    case 0:
        shape = models_with(shape, HEAD_STEP, 0);
        shape.side[SOURCE].feature_count = 2;
        shape.side[SOURCE].features[0] = 9;
        shape.side[SOURCE].features[1] = 15;
        break;
    case 1:
        shape = models_with(shape, HEAD_STEP, 24);
        shape.side[SOURCE] = shape.side[TARGET] = vectors;
        shape.input = INPUT_TANH;
        break;
    case 2:
        shape = models_with(shape, HEAD_POOL, 24);
        shape.encoder_layers = 2;
        shape.pyramid = 1;
        shape.side[SECOND] = shape.side[SOURCE];
        shape.side[SOURCE].end = 1;
        shape.pooling = POOLING_ATTENTION;
        break;
    case 3:
        shape = models_with(shape, HEAD_POOL, 0);
        shape.pooling = POOLING_MAX;
        break;
    case 4:
        shape = models_with(shape, HEAD_POOL, 30);
        shape.side[SOURCE] = shape.side[TARGET] = vectors;
        shape.encoder_layers = 0;
        shape.pooling = POOLING_MEAN;
        break;
    case 5:
        shape = models_with(shape, HEAD_DECODE, shape.readout);
        shape.side[SOURCE] = shape.side[TARGET] = vectors;
        break;
    default:
        shape = models_with(models_translating(3), HEAD_DECODE, 24);
        shape.side[SOURCE] = (struct side_shape){.form = FORM_NONE};
        shape.side[TARGET].end = 1;
        shape.context_use = CONTEXT_USE_NONE;
        break;
    }
    return shape;
}

static inline struct shape models_shape(int number)
{
    return number < MODELS ? models_translating(number) : models_other(number);
}

/* The same with every dropout and with smoothing. */
static inline struct shape models_shape_in_training(int number)
{
    struct shape shape = models_shape(number);
    shape.dropout_embedding = shape.dropout_layer = 0.2;
    shape.dropout_encoder = shape.dropout_output = 0.2;
    shape.unknown_dropout = 0.1;
    shape.dropout_state = number < 5 ? 0 : 0.2;
    shape.variational = number == 5;
    shape.label_smoothing = 0.1;
    return shape;
}

/* Of a running text: a decoder of two layers that reads no source, and has no readout. */
static inline struct shape models_running(enum cell_kind cell)
{
    struct shape shape = models_shape(3);
    shape.side[SOURCE] = (struct side_shape){0};
    shape.context = CONTEXT_LAST;
    shape.context_use = CONTEXT_USE_NONE;
    shape.bidirectional = shape.encoder_hidden = shape.encoder_layers = shape.input_feeding = 0;
    shape.decoder_layers = 2;
    shape.readout = 0;
    shape.cell = cell;
    shape.running = 1;
    return shape;
}

static inline void models_of_vectors(struct shape *shape, int dimension)
{
    shape->side[TARGET] = (struct side_shape){.form = FORM_VECTORS, .dimension = dimension};
    shape->tied_embeddings = 0;
    shape->label_smoothing = 0;
}

#endif
