/* Every model that the tables can make: the product of their sizes, counted off by one number.
 * Sizes are tiny and uneven where the combination allows, equal where it asks for it. */
#ifndef COMBINATIONS_H
#define COMBINATIONS_H

#include "model/shape.h"
#include <stdbool.h>
#include <stdio.h>

struct combination {
    enum cell_kind cell;
    enum context_kind context;
    enum context_use use;
    enum attention_kind attention;
    enum attention_state state;
    enum decoder_kind decoder;
    int depth, directions; // 1 or 2
    int feeding, tied, smoothing, dropout;
    int without_previous, without_readout, drawn; // of some, by the number
};

enum {
    COMBINATIONS = CELL_KINDS * CONTEXT_KINDS * CONTEXT_USES * ATTENTION_KINDS * ATTENTION_STATES *
                   DECODER_KINDS * 2 * 2 * 2 * 2 * 2 * 2
};

static inline int combination_digit(int *number, int base)
{
    int digit = *number % base;
    *number /= base;
    return digit;
}

static inline struct combination combination(int number)
{
    struct combination c;
    c.without_previous = number % 5 == 0; // no base below is a multiple of 5, 7 or 11
    c.without_readout = number % 7 == 0;
    c.drawn = number % 11 < 4;
    c.dropout = combination_digit(&number, 2);
    c.smoothing = combination_digit(&number, 2);
    c.tied = combination_digit(&number, 2);
    c.feeding = combination_digit(&number, 2);
    c.directions = 1 + combination_digit(&number, 2);
    c.depth = 1 + combination_digit(&number, 2);
    c.decoder = (enum decoder_kind)combination_digit(&number, DECODER_KINDS);
    c.state = (enum attention_state)combination_digit(&number, ATTENTION_STATES);
    c.attention = (enum attention_kind)combination_digit(&number, ATTENTION_KINDS);
    c.use = (enum context_use)combination_digit(&number, CONTEXT_USES);
    c.context = (enum context_kind)combination_digit(&number, CONTEXT_KINDS);
    c.cell = (enum cell_kind)combination_digit(&number, CELL_KINDS);
    c.without_readout = c.without_readout && c.use != CONTEXT_USE_ATTENTION;
    return c;
}

/* Without attention there is no r_{t-1} to feed and nothing between two transitions, and where no
 * first states are made affine has no meaning: wrong usage, which shape_check has to refuse. */
static inline bool combination_refused(const struct combination *c)
{
    return (c->use != CONTEXT_USE_ATTENTION && (c->feeding || c->decoder == DECODER_CONDITIONAL)) ||
           (c->use == CONTEXT_USE_EVERY && c->context == CONTEXT_AFFINE);
}

/* Without attention its kind and its state mean nothing, without a source neither does what an
 * encoder is made of, and a conditional decoder attends between its transitions: one of each stands
 * for all. Of conditional decoders, and of contexts at every step, the switches are drawn. */
static inline bool combination_repeats(const struct combination *c)
{
    bool every = c->use == CONTEXT_USE_EVERY || c->use == CONTEXT_USE_BOTH;
    if ((every || c->decoder == DECODER_CONDITIONAL) && !c->drawn)
        return true;
    if (c->use == CONTEXT_USE_NONE && (c->context != CONTEXT_LAST || c->directions != 1))
        return true;
    if (c->use == CONTEXT_USE_ATTENTION)
        return c->decoder == DECODER_CONDITIONAL && c->state != ATTENTION_PREVIOUS;
    return c->attention != ATTENTION_ADDITIVE || c->state != ATTENTION_PREVIOUS;
}

static inline struct shape combination_shape(const struct combination *c)
{
    struct shape shape = {.source_vocabulary = 7,
                          .target_vocabulary = 8,
                          .embedding = 3,
                          .hidden = 4,
                          .encoder_layers = c->depth,
                          .decoder_layers = c->depth,
                          .bidirectional = c->directions == 2,
                          .cell = c->cell,
                          .context = c->context,
                          .context_use = c->use,
                          .decoder = c->decoder,
                          .without_previous = c->without_previous,
                          .attention = c->attention,
                          .attention_state = c->state,
                          .attention_hidden = 5,
                          .input_feeding = c->feeding,
                          .tied_embeddings = c->tied,
                          .label_smoothing = c->smoothing ? 0.1 : 0};
    bool attends = c->use == CONTEXT_USE_ATTENTION;
    bool equal = c->context == CONTEXT_LAST || (attends && c->attention == ATTENTION_DOT);
    shape.encoder_hidden = equal ? shape.hidden / c->directions : 3;
    if (c->use == CONTEXT_USE_NONE)
        shape.encoder_hidden = shape.encoder_layers = 0;
    // A tied model has a map where the readout is not as wide as the embedding, and none where it
    // is: both are here.
    shape.readout = c->depth == 1 ? shape.embedding : 5;
    if (shape_attends(&shape) == ATTENDS_AFTER)
        shape.readout = shape.hidden;
    if (c->without_readout)
        shape.readout = 0;
    if (c->dropout) {
        shape.dropout_embedding = shape.dropout_layer = 0.3;
        shape.dropout_encoder = shape.dropout_output = 0.3;
        shape.unknown_dropout = 0.3;
    }
    return shape;
}

static inline void combination_name(const struct combination *c, char *name, size_t size)
{
    static const char *const cells[] = {"lstm", "gru"};
    static const char *const contexts[] = {"last", "affine", "mean"};
    static const char *const uses[] = {"attention", "first", "every", "both", "none"};
    static const char *const attentions[] = {"additive", "dot", "general"};
    static const char *const states[] = {"previous", "current"};
    static const char *const decoders[] = {"plain", "conditional"};
    _Static_assert(sizeof cells / sizeof *cells == CELL_KINDS, "a name for each");
    _Static_assert(sizeof contexts / sizeof *contexts == CONTEXT_KINDS, "a name for each");
    _Static_assert(sizeof uses / sizeof *uses == CONTEXT_USES, "a name for each");
    _Static_assert(sizeof attentions / sizeof *attentions == ATTENTION_KINDS, "a name for each");
    _Static_assert(sizeof states / sizeof *states == ATTENTION_STATES, "a name for each");
    _Static_assert(sizeof decoders / sizeof *decoders == DECODER_KINDS, "a name for each");
    snprintf(name, size, "%s %s %s %s %s %s depth %d directions %d%s%s%s%s%s%s", cells[c->cell],
             contexts[c->context], uses[c->use], attentions[c->attention], states[c->state],
             decoders[c->decoder], c->depth, c->directions, c->feeding ? " feeding" : "",
             c->tied ? " tied" : "", c->smoothing ? " smoothing" : "", c->dropout ? " dropout" : "",
             c->without_previous ? " without previous" : "",
             c->without_readout ? " without readout" : "");
}

#endif
