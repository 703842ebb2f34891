/* A recurrent layer in one direction: h_s = cell(W x_s, U h_{s-1}), over sentences that are packed
 * time-major: step s has the rows first[s] up to first[s + 1], which are the sentences 0, 1, ...
 * that are still active, so that no padding is computed. Products are few and large: W x of all
 * steps in one (recurrent_project, once for each array that x is made of), U h in one for each
 * step (recurrent_forward); in backward likewise, the weights' gradients of all steps in one. The
 * state is carried: recurrent_forward goes on from it and leaves the last one, each sentence's
 * own; recurrent_backward takes its gradient and leaves that of the first. A reverse layer takes
 * the steps from the last to the first. Calling sequence: recurrent_start, then for a range of
 * steps (project, forward) ..., recurrent_start_backward, then for a range of steps, last first,
 * (backward, project_backward) ..., finish. */
#ifndef RECURRENT_H
#define RECURRENT_H

#include "comm/base/memory.h"
#include "comm/base/random.h"
#include "model/layers/cell.h"
#include "model/layers/layer_norm.h"
#include "model/product/linear.h"
#include "model/shape/parameters.h"

/* The gates whose U h is one product. */
enum recurrent_part { RECURRENT_JOINED, RECURRENT_APART, RECURRENT_PARTS };

struct recurrent {
    const struct cell *cell;
    int I, H; // widths of input and state
    int reverse;
    int64_t input, bias, apart_bias;  // places: (G H, I), none without I; (G H), (K H) or none
    int parts;                        // of U that there are
    struct linear U[RECURRENT_PARTS]; // (G H, H)
    int normed;                       // with layer normalisation
    struct layer_norm norm;
};
/* Adds PREFIX.input, .recurrent, .bias, for cells with gates apart, without reset, .recurrent_bias
 * and, if `normed`, what layer_norm_init adds. */
void recurrent_init(struct recurrent *layer, struct parameters *parameters, const char *prefix,
                    const struct cell *cell, int normed, int I, int H, int reverse);

struct steps {
    int B, count;
    const int64_t *first; // (count + 1); first[s + 1] - first[s] never rises
};

/* Of one micro-batch; N = first[count] rows. */
struct recurrent_states {
    struct steps steps;
    real *gates, *apart; // (N, G H), (N, K H); after backward the gradients of W x and of U h apart
    real *h_before, *c_before; // (N, H): the state that each row went on from
    real *h;                   // (N, .) what the layer gives, rows ldh apart
    int ldh;
    real *state_h, *state_c;   // (B, H): carried
    real *dstate_h, *dstate_c; // (B, H)
    struct linear_states U[RECURRENT_PARTS];
    struct layer_norm_states norm;
    double dropout; // of what goes into U h: rate, key, and where the layer's masks start
    struct random_key dropout_key;
    uint64_t dropout_first;
    real *seen;            // (N, H): h_before as U h reads it; the same where there is no dropout
    real *dseen;           // (B, H), with dropout: its gradient at a step
    real *reset;           // (N, H), of cells with a reset: what U of the gates apart reads
    real *dreset, *work;   // (B, H): its gradient at a step; the cell's own
    struct input_columns { // of W, applied step by step; width 0: none
        int column, width;
        struct linear_states weights;
    } input[2];
};

/* Takes the arrays from the arena, but for h, which the caller gives. The carried state is zero. */
void recurrent_start(const struct recurrent *layer, const real *block, const struct steps *steps,
                     real *h, int ldh, struct arena *arena, struct recurrent_states *states);
/* Dropout of h_before on its way into U h, and nowhere else, with one mask for all steps (Gal &
 * Ghahramani 2016); number: the layer's among all of the model's, directions counted. */
void recurrent_start_dropout(const struct recurrent *layer, const struct random_key *key,
                             double rate, int number, struct arena *arena,
                             struct recurrent_states *states);
/* Says that W[:, column : column + width] will be applied step by step; twice at most. */
void recurrent_start_input(const struct recurrent *layer, const real *block, int column, int width,
                           struct arena *arena, struct recurrent_states *states);
/* W[:, column : column + width], for what is projected otherwise (model/layers/constant.h); W x = 0
 * for all rows, where nothing else comes first. */
struct linear recurrent_input(const struct recurrent *layer, int column, int width);
void recurrent_clear(const struct recurrent *layer, struct recurrent_states *states);
/* W x += W[:, column : column + width] x for the rows [row, row + rows), x (rows, width); W x =
 * without `add`. */
void recurrent_project(const struct recurrent *layer, const real *block,
                       struct recurrent_states *states, int64_t row, int64_t rows, int column,
                       int width, const real *x, int add);
/* Steps [step, step + count) of those; a reverse layer takes the last of them first. */
void recurrent_forward(const struct recurrent *layer, const real *block,
                       struct recurrent_states *states, int step, int count);

/* Takes dstate_h and dstate_c, zero. */
void recurrent_start_backward(const struct recurrent *layer, const real *block, struct arena *arena,
                              struct recurrent_states *states);
/* dh (N, .), rows ldh apart: the gradient of h, or NULL where all of it is carried. Turns gates and
 * apart into their gradients. */
void recurrent_backward(const struct recurrent *layer, const real *block,
                        struct recurrent_states *states, int step, int count, const real *dh);
/* dx (rows, width) = or += the gradient of the x that was projected from these rows. */
void recurrent_project_backward(const struct recurrent *layer, const real *block,
                                const struct recurrent_states *states, int64_t row, int64_t rows,
                                int column, int width, real *dx, int add);
/* Adds the gradients of W[:, column : column + width], x being (N, width); of U and the biases. */
void recurrent_finish_input(const struct recurrent *layer, real *gradient,
                            const struct recurrent_states *states, int column, int width,
                            const real *x);
void recurrent_finish(const struct recurrent *layer, real *gradient,
                      const struct recurrent_states *states);

/* Multiply-adds of a row in forward; reals that a row keeps, without dropout; bytes that the
 * weights take which are applied step by step, `width` columns of the input's among them. */
int64_t recurrent_cost(const struct recurrent *layer);
int64_t recurrent_memory(const struct recurrent *layer);
int64_t recurrent_weights_memory(const struct recurrent *layer, int width);

#endif
