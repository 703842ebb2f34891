/* An encoder: layers of recurrent states over the embedded source, one direction or both side by
 * side. What a layer gives, with dropout, is the next one's input, or in a pyramid its pairs are
 * (model/layers/pyramid.h). With `residual` a layer above the first gives h plus what the layer
 * below gave, before dropout (Wu et al. 2016). Of no layers the embedded source itself stands for
 * the states, and its last place for the final ones. What others read are the memory bank, which is
 * what the top layer gives, and each layer's final states, which are the recurrence's own, without
 * residual, as the decoder goes on from them. Positions are packed: N = the source tokens of all
 * sentences, step by step, the active sentences of each; N_l those of a pyramid's layer l, else N.
 * Calling sequence: encoder_forward; encoder_start_backward, then the readers add to bank.dstates
 * and call encoder_final_backward, then encoder_backward. */
#ifndef ENCODER_H
#define ENCODER_H

#include "model/encoder/bank.h"
#include "model/layers/recurrent.h"
#include "model/shape/batch.h"
#include "model/shape/shape.h"

struct encoder {
    int layers, directions;
    int H, M; // of one direction; of both
    int residual, pyramid;
    struct recurrent layer[SHAPE_LAYERS][2];
    double dropout_layer, dropout_recurrent, dropout_states;
    int variational;
    int number;     // of its first recurrence among all of the model's
    uint64_t masks; // where those of its dropouts begin
};
/* Of SOURCE or SECOND. */
void encoder_init(struct encoder *encoder, const struct shape *shape, enum side side,
                  struct parameters *parameters);

struct encoder_states {
    struct steps steps;              // of the tokens; a layer's own are layer[l][0].steps
    const real *input[SHAPE_LAYERS]; // (N, E), then (N_l, M or 2 M): what a layer reads, dropped
    real *h[SHAPE_LAYERS];           // (N_l, M): what it gives
    struct recurrent_states layer[SHAPE_LAYERS][2];
    struct bank bank; // in the batch's order, as what encoder_final says
    real *dlast;      // (B, M): without layers, the gradient of the last places
};

/* The order of packed positions: step s of sentence b is row first[s] + b. */
struct steps encoder_steps(const struct batch_source *source, int B, struct arena *arena);

/* x (N, E): embedded source, packed by these steps, of which the i-th sentence is row[i] of the
 * batch; both kept. key NULL: no dropout. */
void encoder_forward(const struct encoder *encoder, const real *block, const struct steps *source,
                     const int32_t *row, const real *x, const struct random_key *key,
                     struct arena *arena, struct encoder_states *states);
/* Of a source that there is not: B sentences, nothing else. */
void encoder_absent(int B, struct encoder_states *states);
void encoder_start_backward(const struct encoder *encoder, const real *block, struct arena *arena,
                            struct encoder_states *states);
/* Adds to the gradient; dx (N, E) is written. */
void encoder_backward(const struct encoder *encoder, const real *block, real *gradient,
                      const struct random_key *key, struct encoder_states *states, real *dx,
                      struct arena *arena);

/* h (B, M), c (B, M) or NULL, rows ld apart: the forward state after a sentence's last token beside
 * the backward state after its first. layer -1, which is the top one without layers: what stands
 * last. */
void encoder_final(const struct encoder *encoder, const struct encoder_states *states, int layer,
                   real *h, real *c, int ld);
/* Adds their gradients. */
void encoder_final_backward(const struct encoder *encoder, struct encoder_states *states, int layer,
                            const real *dh, const real *dc, int ld);

/* States of a sentence of S tokens: of a layer; in the bank. */
int64_t encoder_length(const struct encoder *encoder, int layer, int64_t S);
int64_t encoder_bank_length(const struct encoder *encoder, int64_t S);
/* Multiply-adds of a sentence of S tokens in forward; bytes of the arena for B of them. */
int64_t encoder_cost(const struct encoder *encoder, int64_t S);
int64_t encoder_memory(const struct encoder *encoder, int B, int S);

#endif
