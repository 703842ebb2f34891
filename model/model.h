/* A model: a function of (parameters, micro-batch, randomness) to (sum of losses, sum of
 * gradients). Composed of parts with one job each: sources (an input and an encoder each), a head
 * (a table: what is made of the encoded sources, model/head.h), an output (symbols or vectors); and
 * those of others: embedding, recurrent (over the table of cells), context, attention (a table),
 * decoder, readout, pooling (a table). A part adds its parameters to the table in its own init, and
 * holds their places. The struct is constant after model_init: what lives for a micro-batch is in
 * the arena. */
#ifndef MODEL_H
#define MODEL_H

#include "comm/base/memory.h"
#include "comm/base/random.h"
#include "model/decoder/decoder.h"
#include "model/decoder/output.h"
#include "model/encoder/encoder.h"
#include "model/encoder/pooling.h"
#include "model/layers/input.h"
#include "model/shape/batch.h"
#include "model/shape/parameters.h"
#include "model/shape/shape.h"

struct head_row;

/* Names and shapes of the parameters (letters: model/shape/shape.h; V also classes):
 *   source.embedding (V, E)  [.feature.K (V, .)], or .input (E, D)  .input_bias (E)
 *   second....   target....                   likewise, each of its own side
 *   encoder.LAYER.forward.input (G H, I)  .recurrent (G H, H)  .bias (G H)  [.recurrent_bias (H)]
 *   encoder.LAYER.backward....                only if bidirectional
 *   second_encoder....                        likewise
 *   context.LAYER.weight (H, M)  .bias (H)    affine and mean, one for each decoder layer
 *   attention.key (A, M)  .bias (A)  .query (A, H)  .score (1, A)    additive
 *   attention.weight (H, M)                   general: score = h^T W m
 *   second_attention....                      likewise
 *   decoder.LAYER.input  .recurrent  .bias  [.recurrent_bias]; conditional: and .second....
 *   ....norm_input  .norm_recurrent  ...      of each layer, with layer-norm: layer_norm.h
 *   readout.weight (R, .)  [.bias (R)]        bias with state previous and without attention
 *   pooling.weight (A, M)  .bias (A)  .score (1, A)    pooling attention; and second_pooling....
 *   output.map (E, R)                         tied, where E and R differ
 *   output.weight (V, R)                      untied; of vectors (D, R), of decoded ones a row more
 *   output.bias (V)
 * M is a source's own but for what is told to a decoder: of two sources it is both, side by side.
 * Gates are in PyTorch's order: LSTM i, f, g, o; GRU r, z, n; recurrent_bias is of the GRU's n.
 * Layer 0 of the decoder reads [E y; c; r_prev], the readout [h; E y; c] (previous), [h; c]
 * (current), [h; E y] (without attention): each only what the shape has of it. */
struct model {
    struct shape shape;
    struct parameters parameters;
    int sources; // 0 to SOURCES
    struct input input[SOURCES];
    struct encoder encoder[SOURCES];
    const struct head_row *head;
    struct input before; // HEAD_DECODE: of what was emitted before a step
    struct decoder decoder;
    struct pooling pooling[SOURCES]; // HEAD_POOL
    struct dense readout;            // HEAD_STEP and HEAD_POOL, where the shape has one
    // places of parameters in the block; the output's weight is the target's embedding where they
    // are tied
    int64_t output_map, output_weight, output_bias;
};

/* The shape must have passed shape_check (require). */
void model_init(struct model *model, const struct shape *shape);
void model_release(struct model *model);

/* Training: adds the gradient of the sum of losses to `gradient` and returns that sum, in nats
 * (smoothed cross-entropy with the shape's smoothing and dropouts). key gives seed, update and
 * lane; its purpose is set inside. An empty batch returns 0 and adds nothing. The arena is not
 * reset here. */
double model_gradient(const struct model *model, const real *block, real *gradient,
                      const struct batch *batch, const struct random_key *key, struct arena *arena);

/* Plain cross-entropy, no dropout, no smoothing: losses[i] of packed sentence i (batch->order is
 * undone), in nats, summed over its tokens in order. Of vectors half the squared error (and of
 * decoded ones the cross-entropy of the stop, output_values.h), in both. */
void model_loss(const struct model *model, const real *block, const struct batch *batch,
                double *losses, struct arena *arena);

/* Multiply-adds that model_gradient executes on a micro-batch of these lengths, lengths[side][i] of
 * sentence i (ends not included; NULL for a side that there is not): what cost-balanced groups and
 * the count of useful arithmetic go by. */
int64_t model_cost(const struct model *model, int count, const int *const lengths[SIDES]);

/* What HEAD_STEP and HEAD_POOL say of the sources alone, and HEAD_DECODE of vectors at each place
 * of the targets from the places before (V: the logit of the end too), in the arena: the places of
 * the packed sentences, in their order (batch->order is undone): sentence i has first[i] up to
 * first[i + 1]. Symbols: at each place the most likely one, of equal ones the lower, and, where
 * they are wanted, the probabilities of all from shape_first_symbol on. Vectors: the values. */
struct prediction {
    int64_t *first;      // (B + 1)
    int outputs;         // V
    int32_t *symbols;    // (places); NULL of vectors
    real *probabilities; // (places, V), or NULL
    real *values;        // (places, V) of vectors, or NULL
};
struct prediction model_predict(const struct model *model, const real *block,
                                const struct batch *batch, int probabilities, struct arena *arena);

/* For search: each source's states without dropout; the logits (rows, V), without the bias, of
 * readouts r (rows, R), of at most B rows at a time, after model_start_logits. */
void model_encode(const struct model *model, const real *block, const struct batch *batch,
                  struct arena *arena, struct encoder_states states[SOURCES]);
struct logits_states {
    struct output output;
    struct linear_states weights;
    real *mapped; // (B, E)
};
void model_start_logits(const struct model *model, const real *block, int B, struct arena *arena,
                        struct logits_states *states);
void model_logits(const struct model *model, const real *block, const struct logits_states *states,
                  const real *r, int rows, real *logits);

/* Bytes of arena that a micro-batch of B sentences of these steps (ends included; 0 of a side that
 * there is not) takes, about. */
int64_t model_memory(const struct model *model, int B, const int steps[SIDES]);

#endif
