/* One forward pass: what backward needs of it. Shared by the files of the model that make one up,
 * or search with one. The way of a pair with attention, and backward the other way
 * round (letters: model/shape/shape.h):
 *     input     source symbols          -> x (N, E)            model/layers/input.h
 *     encoder   x                       -> h (N, M), a bank    model/encoder/encoder.h, bank.h
 *     context   h                       -> s_0 (B, H)          model/encoder/context.h
 *     input     target symbols before   -> E y (T, B, E)
 *     decoder   E y, s_0, bank: step t  -> s_t, c_t (B, .)     model/decoder/decoder_run.c
 *     readout   s, c of all steps       -> r (P, R)            model/decoder/readout.h
 *     output    r, target symbols       -> losses (P)          model/decoder/output.h */
#ifndef PASS_H
#define PASS_H

#include "model/encoder/pooling.h"
#include "model/head.h"
#include "model/layers/input.h"
#include "model/model.h"

struct pass {
    const struct model *model;
    const real *block;
    const struct batch *batch;
    const struct random_key *key; // NULL: no dropout, no smoothing
    struct arena *arena;
    struct input_states input[SOURCES];
    struct encoder_states encoder[SOURCES];

    struct input_states before; // HEAD_DECODE
    struct decoder_states decoder;
    struct pooling_states pooling[SOURCES]; // HEAD_POOL
    real *states; // (P, W): the states that r is made of, HEAD_STEP and HEAD_POOL
    real *read;   // (P, R): r before it was dropped

    int64_t P;
    int64_t *place; // (P): t B + b, where in (T, B) a target place is
    real *r;        // (P, R): what the output layer reads, dropped

    int32_t *targets,
        *last;           // (P): a symbol's number among the outputs; of vectors: is it the last?
    real *target_values; // (P, dimension)
    double *losses;      // (P)
    real *mapped;        // (P, E): through output.map
};

real *pass_take(const struct pass *pass, int64_t rows, int width);
/* x itself where nothing will be dropped from it, else a copy. */
real *pass_take_droppable(const struct pass *pass, double rate, real *x, int64_t rows, int width);
/* r, P and place, for P places. */
void pass_take_places(struct pass *pass, int64_t P);
void pass_drop(const struct pass *pass, enum random_purpose purpose, double rate, real *x,
               int64_t rows, int width);

/* The sources; and from their encoders' gradients (encoder_start_backward, the head's backward) on
 * to the parameters'. */
void pass_encode(struct pass *pass);
void pass_encode_backward(struct pass *pass, real *gradient);

struct output pass_output(const struct model *model, const real *block);
/* The output layer of vectors. */
struct dense pass_output_values(const struct model *model);
/* mapped (rows, E) = r (rows, R) output.map^T; r itself where there is no map. */
const real *pass_map(const struct model *model, const real *block, const real *r, int64_t rows,
                     real *mapped);

#endif
