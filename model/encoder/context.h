/* How the encoder hands over the context: as the first states of the decoder's layers (context-use
 * attention, first, both), and as a summary v of the sentence that is joined to what every step
 * reads (every, both), or not at all (none). A row for each of CONTEXTS (model/shape/kinds.h); a
 * new one is the two functions of its summary, and its row there.
 *     last     h_l, c_l = the encoder's final h and c of layer l; v = final h of the top layer
 *     affine   h_l = tanh(W_l v + b_l), c_l = 0; the same v
 *     mean     the same with v = mean of the sentence's states in the memory bank
 * What is joined is v as it is. Of two sources v is that of each side by side; there are no first
 * states to take over. */
#ifndef CONTEXT_H
#define CONTEXT_H

#include "model/encoder/encoder.h"

struct context {
    const struct context_row *row;
    int layers, H;
    int sources, M;                                   // M: of all sources side by side
    int memory;                                       // the decoder's cell has a c
    int first, joined;                                // what it is used as; neither: no source
    int projects;                                     // first states through W_l and b_l
    int summarised;                                   // v is wanted
    int64_t weight[SHAPE_LAYERS], bias[SHAPE_LAYERS]; // places: (H, M), (H); affine and mean
};
void context_init(struct context *context, const struct shape *shape,
                  struct parameters *parameters);

struct context_states {
    int B;
    real *summary; // (B, M): v, or NULL
    real *h, *c;   // (layers, B, H); NULL: the first states are zero; c NULL where there is none
};

struct context_row {
    /* v of one source, rows context->M apart; adds its gradient to the encoder's. */
    void (*summary)(const struct context *context, const struct encoder *encoder,
                    const struct encoder_states *source, real *v);
    void (*summary_backward)(const struct context *context, const struct encoder *encoder,
                             struct encoder_states *source, const real *dv);
};
#define CONTEXT_ROW(kind, name, ...) extern const struct context_row context_##name;
CONTEXTS(CONTEXT_ROW)
#undef CONTEXT_ROW

/* encoder, source: (sources); not looked at (may be NULL) where there is none. */
void context_forward(const struct context *context, const real *block,
                     const struct encoder *encoder, const struct encoder_states *source,
                     struct arena *arena, struct context_states *states);
/* dh, dc (layers, B, H), dv (B, M): the gradients of the first states, dh overwritten, and of the
 * joined v, overwritten, or NULL where there is none. */
void context_backward(const struct context *context, const real *block, real *gradient,
                      const struct encoder *encoder, struct encoder_states *source,
                      const struct context_states *states, real *dh, const real *dc, real *dv,
                      struct arena *arena);

/* Multiply-adds of a sentence in forward. */
int64_t context_cost(const struct context *context);

#endif
