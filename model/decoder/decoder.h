/* The decoder: from the embedded symbol before each step, and the encoder's states, to the readout
 * of each step. With attention:
 *     previous: c_t = attend(s_{t-1}); s_t = cell([E y_{t-1}; c_t; r_{t-1}], s_{t-1});
 *               r_t = readout(s_t, E y_{t-1}, c_t)
 *     current:  s_t = cell([E y_{t-1}; r_{t-1}], s_{t-1}); c_t = attend(s_t);
 *               r_t = readout(s_t, c_t)
 *     conditional (Firat & Cho 2016; Sennrich et al. 2017): s'_t = cell1([E y_{t-1}; r_{t-1}],
 *               s_{t-1}); c_t = attend(s'_t); s_t = cell2(c_t, s'_t), an LSTM's c carried likewise;
 *               r_t = readout(s_t, E y_{t-1}, c_t)
 * with r_{t-1} only where there is input feeding (r_0 = 0). Without attention: s_t =
 * cell([E y_{t-1}; v], s_{t-1}); r_t = readout(s_t, E y_{t-1}, v), with the context v of the
 * sentence only where it is joined to every step (context-use every and both). Without
 * feed-previous E y_{t-1} is left out everywhere. Of two sources c_t = [c1_t; c2_t], each attended
 * to by itself with the same query, and v likewise. Upper layers read what the layer below gives
 * (s_t, not c_t), with dropout: its h, to which with `residual` a layer above the first adds what
 * the one below gave, before dropout (Wu et al. 2016). So does the readout, and s_t where it
 * attends; but the s_{t-1} that attends is the top recurrence's own state, without residual, as its
 * first one comes from the encoder and has no layer below. All B rows run for all T steps. The
 * state is carried, so that search is decoder_run with T = 1, again and again, with decoder_pick as
 * rows end, branch and change places. Calling sequence:
 * decoder_start, decoder_run; decoder_backward. */
#ifndef DECODER_H
#define DECODER_H

#include "model/decoder/attention.h"
#include "model/decoder/readout.h"
#include "model/encoder/context.h"
#include "model/encoder/encoder.h"
#include "model/layers/recurrent.h"

struct decoder {
    int layers;
    int E, H, M, R; // E: 0 where y_{t-1} is left out; M of all sources
    int sources;
    enum attends attends; // when
    int feeding, joined;  // r_{t-1}; the context v at every step
    int stepwise;         // a step waits for the one before
    int J; // width of what a step reads beside the symbol and v: [c; r], what there is of it
    struct recurrent layer[SHAPE_LAYERS];
    struct recurrent second; // conditional: of layer 0, behind attention
    struct readout readout;
    struct attention attention[SOURCES]; // each to its own source
    struct context context;
    int residual, variational;
    double dropout_layer, dropout_recurrent;
    int dropout_first; // the number of layer 0 among the model's layers, for the masks
};
void decoder_init(struct decoder *decoder, const struct shape *shape,
                  struct parameters *parameters);

struct decoder_states {
    int B, T;
    int room; // rows that there may be: B, or in a search the bank's
    struct steps steps;
    int64_t *first;               // steps.first
    const struct random_key *key; // NULL: no dropout
    const real *x;                // (T, B, E): what decoder_run was given
    real *beside;                 // (T, B, J): [c; r_{t-1}]
    real *input[SHAPE_LAYERS];    // (T, B, H), from layer 1: h of the layer below, dropped
    real *h[SHAPE_LAYERS];        // (T, B, H): what a layer gives, s
    struct recurrent_states layer[SHAPE_LAYERS], second;
    struct constant joined, joined_readout; // v in W x of layer 0, and in the readout
    real *c; // (T, B, M), rows ldc apart (in `beside` with attention on the previous state)
    int ldc;
    real *r;     // (T, B, R); h of the top layer where there is no readout layer
    real *fed;   // (B, R): r of the step before
    real *spare; // (room, .): work of decoder_pick; with T = 1
    struct context_states context;
    struct readout_states readout;              // where it is applied step by step
    struct attention_states attention[SOURCES]; // their weights say where a step looked
    real *dbeside, *dc, *dfed;                  // (T, B, J), (T, B, M), (B, R)
    real *dh[SHAPE_LAYERS];                     // (T, B, H)
};

/* Takes all arrays from the arena, with room for as many rows as the sources' banks have, hands
 * over the context and computes the keys. encoder, source: (SOURCES), of B sentences; with
 * context-use none they are not looked at but for the room, and may be NULL, here and in
 * backward. */
void decoder_start(const struct decoder *decoder, const real *block, const struct encoder *encoder,
                   struct encoder_states *source, int B, int T, const struct random_key *key,
                   struct arena *arena, struct decoder_states *states);
/* The state between pieces of a running text, which the caller keeps: (layers, 1 or 2, B, H), of
 * each layer h and, where its cell has one, c. Its reals for B rows; between decoder_start and
 * decoder_run: goes on from it; after decoder_run: to where it has come. For decoders whose step
 * reads nothing else of the step before (no input feeding, no attention). */
int64_t decoder_carried(const struct decoder *decoder, int B);
void decoder_go_on(const struct decoder *decoder, struct decoder_states *states,
                   const real *carried);
void decoder_leave(const struct decoder *decoder, const struct decoder_states *states,
                   real *carried);
/* x (T, B, E): the embedded symbols before each step; kept (with E = 0 not looked at). states->r is
 * the result. Goes on from the carried state. */
void decoder_run(const struct decoder *decoder, const real *block, struct decoder_states *states,
                 const real *x);
/* With T = 1: row i goes on from where row rows[i] is, each from any, several from one
 * (bank_attend, of what they attend to, is the caller's). count <= room. */
void decoder_pick(const struct decoder *decoder, struct decoder_states *states, const int *rows,
                  int count);
/* dr (T, B, R), overwritten: the gradient of r. Adds to the gradient and to the encoder's
 * (encoder_start_backward comes first); dx (T, B, E) is written. */
void decoder_backward(const struct decoder *decoder, const real *block, real *gradient,
                      const struct encoder *encoder, struct encoder_states *source,
                      struct decoder_states *states, real *dr, real *dx, struct arena *arena);

/* Multiply-adds in forward: of a row, and without attention; of a sentence of S states of each
 * source, for its keys and its context and for T steps of attention; of the keys and those steps,
 * of one source; of the context. Bytes of the arena for N states of each source of B sentences and
 * T steps. (decoder_cost.c) */
int64_t decoder_row_cost(const struct decoder *decoder);
int64_t decoder_step_cost(const struct decoder *decoder);
int64_t decoder_sentence_cost(const struct decoder *decoder, const int64_t S[SOURCES], int T);
int64_t decoder_attention_cost(const struct decoder *decoder, enum side side, int64_t S, int64_t T);
int64_t decoder_context_cost(const struct decoder *decoder);
int64_t decoder_memory(const struct decoder *decoder, const int64_t N[SOURCES], int B, int T);

#endif
