/* The encoder-decoder: a function of (parameters, micro-batch, randomness) to (sum of losses, sum
 * of gradients). Composed of parts with one job each: embedding, recurrent (over the table of
 * cells), encoder, context, attention (a table), decoder, readout, output. A part adds its
 * parameters to the table in its own init, and holds their places. The struct is constant after
 * model_init: what lives for a micro-batch is in the arena.
 *
 * Names and shapes of the parameters (G gates, I input, H state, M memory width, V symbols):
 *   source.embedding (V, E)   target.embedding (V, E)
 *   encoder.LAYER.forward.input (G H, I)  .recurrent (G H, H)  .bias (G H)  [.recurrent_bias (H)]
 *   encoder.LAYER.backward....                only if bidirectional
 *   context.LAYER.weight (H, M)  .bias (H)    affine and mean, one for each decoder layer
 *   attention.key (A, M)  .bias (A)  .query (A, H)  .score (1, A)    additive
 *   attention.weight (H, M)                   general: score = h^T W m
 *   decoder.LAYER.input  .recurrent  .bias  [.recurrent_bias]
 *   decoder.0.second.input (G H, M)  .recurrent  .bias  [.recurrent_bias]    conditional
 *   readout.weight (R, .)  [.bias (R)]        bias but with state current; neither with readout 0
 *   output.map (E, R)                         tied, where E and R differ
 *   output.weight (V, R)                      untied
 *   output.bias (V)
 * Gates are in PyTorch's order: LSTM i, f, g, o; GRU r, z, n; recurrent_bias is of the GRU's n.
 * Layer 0 of the decoder reads [E y; c or v; r_prev], the readout [h; E y; c] (previous,
 * conditional), [h; c] (current), [h; E y; v] (without attention): each only what the shape has of
 * it; no parameter where that is nothing. target.embedding is also there where it is the output's
 * weight only. Without a source there are no parameters of one. */
#ifndef MODEL_H
#define MODEL_H

#include "comm/base/memory.h"
#include "comm/base/random.h"
#include "model/batch.h"
#include "model/decoder.h"
#include "model/encoder.h"
#include "model/output.h"
#include "model/parameters.h"
#include "model/shape.h"

struct model {
    struct shape shape;
    struct parameters parameters;
    struct encoder encoder;
    struct decoder decoder;
    // places of parameters in the block; the output's weight is the target's embedding where they
    // are tied
    int64_t source_embedding, target_embedding, output_map, output_weight, output_bias;
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
 * undone), in nats, summed over its tokens in order. */
void model_loss(const struct model *model, const real *block, const struct batch *batch,
                double *losses, struct arena *arena);

/* Multiply-adds that model_gradient executes on a micro-batch of these lengths (ends not included):
 * what cost-balanced groups and the count of useful arithmetic go by. */
int64_t model_cost(const struct model *model, int source_end, int count, const int *source_lengths,
                   const int *target_lengths);

/* x (rows, E): the embedded target symbols that the decoder reads before a step; nothing where it
 * reads none. */
void model_embed(const struct model *model, const real *block, const int32_t *symbols, int64_t rows,
                 real *x);

/* For search: the encoder's states without dropout; the logits (rows, V), without the bias, of
 * readouts r (rows, R), of at most B rows at a time, after model_start_logits. */
void model_encode(const struct model *model, const real *block, const struct batch *batch,
                  struct arena *arena, struct encoder_states *states);
struct logits_states {
    struct output output;
    struct linear_states weights;
    real *mapped; // (B, E)
};
void model_start_logits(const struct model *model, const real *block, int B, struct arena *arena,
                        struct logits_states *states);
void model_logits(const struct model *model, const real *block, const struct logits_states *states,
                  const real *r, int rows, real *logits);

/* Bytes of arena that a micro-batch of B sentences, S and T steps takes, about. */
int64_t model_memory(const struct model *model, int B, int S, int T);

#endif
