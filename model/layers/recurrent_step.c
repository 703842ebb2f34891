#include "model/layers/recurrent_step.h"
#include "model/layers/dropout.h"
#include "model/product/rows.h"
#include "model/product/threads.h"
#include <string.h>

/* With seen = h_before, dropped, and reset(.) = seen for cells that have none:
 *     a = W x + U seen          of the gates joined
 *     u = U reset(a, seen)      of those apart, beside their W x
 *     h, c = cell(a, u, h_before, c_before)
 * where layer normalisation replaces W x and U . by their g N(.). */

struct recurrent_part_of recurrent_part_of(const struct recurrent *layer,
                                           const struct recurrent_states *states,
                                           enum recurrent_part part, int64_t row)
{
    int G = recurrent_gates(layer), K = recurrent_apart(layer), apart = part == RECURRENT_APART;
    const real *x = (apart && layer->cell->reset ? states->reset : states->seen) + row * layer->H;
    if (layer->normed)
        return (struct recurrent_part_of){x, states->norm.recurrent + row * G + (apart ? G - K : 0),
                                          G};
    return apart ? (struct recurrent_part_of){x, states->apart + row * K, K}
                 : (struct recurrent_part_of){x, states->gates + row * G, G};
}

static real *dseen(const struct recurrent_states *states)
{
    return states->dropout > 0 ? states->dseen : states->dstate_h;
}

/* What row `row` of the packed states, sentence b, hands to its cell. */
static struct cell_row cell_row(const struct recurrent *layer, const real *block,
                                const struct recurrent_states *states, int64_t row, int64_t b)
{
    int64_t H = layer->H, K = recurrent_apart(layer), carried = b * H;
    struct cell_row at = {
        .H = layer->H,
        .bias = block + layer->bias,
        .gates = states->gates + row * recurrent_gates(layer),
        .h_before = states->h_before + row * H,
        .seen = states->seen + row * H,
        .h = states->state_h + carried,
    };
    if (states->dstate_h)
        at.dh = states->dstate_h + carried;
    if (K)
        at.apart = states->apart + row * K;
    if (layer->cell->reset) {
        at.reset = states->reset + row * H;
        if (states->dreset) {
            at.work = states->work + carried;
            at.dreset = states->dreset + carried;
            at.dseen = dseen(states) + carried;
        }
    } else if (K)
        at.apart_bias = block + layer->apart_bias;
    if (layer->cell->memory) {
        at.c_before = states->c_before + row * H;
        at.c = states->state_c + carried;
        if (states->dstate_c)
            at.dc = states->dstate_c + carried;
        if (layer->normed) {
            at.memory_gain = block + layer->norm.memory;
            at.memory_bias = block + layer->norm.memory_bias;
            at.memory_normal = states->norm.memory + carried;
            at.dmemory_normal = states->norm.dmemory + carried;
            at.dmemory = states->norm.work + carried;
        }
    }
    return at;
}

/* A function of the cell, for the rows of a step. */
static void each(const struct recurrent *layer, const real *block,
                 const struct recurrent_states *states, int64_t row, int rows,
                 void (*function)(const struct cell_row *))
{
#pragma omp parallel for num_threads(threads())                                                    \
    schedule(static) if (threads() > 1 && rows * layer->H > ROWS_SHARED / 4)
    for (int b = 0; b < rows; b++) {
        struct cell_row at = cell_row(layer, block, states, row + b, b);
        function(&at);
    }
}

static void drop(const struct recurrent *layer, const struct recurrent_states *states, int rows,
                 real *x)
{
    dropout(&states->dropout_key, states->dropout, states->dropout_first, x,
            (size_t)rows * (size_t)layer->H);
}

static real *apart_of(const struct recurrent *layer, const struct recurrent_states *states,
                      enum recurrent_part part, int64_t row)
{
    return part == RECURRENT_APART ? states->apart + row * recurrent_apart(layer) : NULL;
}

/* a = W x + U seen, or u = U reset */
static void apply(const struct recurrent *layer, const real *block, struct recurrent_states *states,
                  enum recurrent_part part, int64_t row, int rows)
{
    struct recurrent_part_of U = recurrent_part_of(layer, states, part, row);
    linear_forward(&layer->U[part], block, &states->U[part], rows, U.x, layer->H,
                   part == RECURRENT_JOINED && !layer->normed, U.y, U.ldy);
    if (layer->normed)
        layer_norm_forward(&layer->norm, block, &states->norm, row, rows,
                           states->gates + row * recurrent_gates(layer),
                           apart_of(layer, states, part, row));
}

/* dx = [dx +] dy U, from the gradients that the cell leaves */
static void apply_backward(const struct recurrent *layer, const real *block,
                           struct recurrent_states *states, enum recurrent_part part, int64_t row,
                           int rows, int add, real *dx)
{
    struct recurrent_part_of U = recurrent_part_of(layer, states, part, row);
    if (layer->normed)
        layer_norm_backward(&layer->norm, block, &states->norm, row, rows,
                            states->gates + row * recurrent_gates(layer),
                            apart_of(layer, states, part, row));
    linear_backward(&layer->U[part], block, &states->U[part], rows, U.y, U.ldy, add, dx, layer->H);
}

void recurrent_step(const struct recurrent *layer, const real *block,
                    struct recurrent_states *states, int s)
{
    int H = layer->H;
    int64_t row = states->steps.first[s];
    int rows = (int)(states->steps.first[s + 1] - row);
    real *h_before = states->h_before + row * H, *seen = states->seen + row * H;
    rows_copy(rows, H, states->state_h, H, h_before, H);
    if (layer->cell->memory)
        rows_copy(rows, H, states->state_c, H, states->c_before + row * H, H);
    if (states->dropout > 0) {
        rows_copy(rows, H, h_before, H, seen, H);
        drop(layer, states, rows, seen);
    }
    apply(layer, block, states, RECURRENT_JOINED, row, rows);
    if (layer->cell->reset)
        each(layer, block, states, row, rows, layer->cell->reset);
    if (layer->cell->apart)
        apply(layer, block, states, RECURRENT_APART, row, rows);
    each(layer, block, states, row, rows, layer->cell->forward);
    rows_copy(rows, H, states->state_h, H, states->h + row * states->ldh, states->ldh);
}

void recurrent_step_backward(const struct recurrent *layer, const real *block,
                             struct recurrent_states *states, int s, const real *dh)
{
    int H = layer->H, drops = states->dropout > 0;
    int64_t row = states->steps.first[s];
    int rows = (int)(states->steps.first[s + 1] - row);
    real *dx = dseen(states);
    if (dh)
        rows_add(rows, H, dh + row * states->ldh, states->ldh, states->dstate_h, H);
    each(layer, block, states, row, rows, layer->cell->backward);
    if (layer->cell->reset) {
        if (drops)
            memset(dx, 0, (size_t)rows * (size_t)H * sizeof(real));
        apply_backward(layer, block, states, RECURRENT_APART, row, rows, 0, states->dreset);
        each(layer, block, states, row, rows, layer->cell->reset_backward);
    }
    apply_backward(layer, block, states, RECURRENT_JOINED, row, rows, !drops || layer->cell->reset,
                   dx);
    if (layer->cell->apart && !layer->cell->reset)
        apply_backward(layer, block, states, RECURRENT_APART, row, rows, 1, dx);
    if (drops) {
        drop(layer, states, rows, dx);
        rows_add(rows, H, dx, H, states->dstate_h, H);
    }
}
