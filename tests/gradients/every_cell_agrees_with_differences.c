// The gradient of a recurrent layer with each cell and in each direction, over ragged sentences,
// going on from a state that is not zero, with an input of two arrays and in two ranges of steps:
// all that its header promises.
#include "model/layers/recurrent.h"
#include "tests/gradients/parts.h"
#include "tests/model/fixture.h"
#include <stdbool.h>
#include <string.h>

enum { B = 3, STEPS = 4, N = 7, LEFT = 2, RIGHT = 3, H = 4, LDH = H + 2 };
static const int64_t first[STEPS + 1] = {0, 3, 5, 6, 7};
static const struct steps steps = {B, STEPS, first};

/* How the layer is made, and taken. */
struct layer_kind {
    const struct cell *cell;
    int normed, reverse;
    double dropout; // of the state
    int ranges;     // 1: all steps at once; 2: in halves
};

struct layer_case {
    struct layer_kind kind;
    struct recurrent layer;
    struct parameters parameters;
    struct arena arena;
    struct recurrent_states states;
    real *block, *gradient;
    real left[N * LEFT], right[N * RIGHT]; // the input, side by side
    real before_h[B * H], before_c[B * H]; // the state to go on from
    real h[N * LDH], dh[N * LDH];          // rows LDH apart: what lies between is not the layer's
    real dstate_h[B * H], dstate_c[B * H];
};

static void forward(struct layer_case *it)
{
    arena_reset(&it->arena);
    memset(it->h, 0, sizeof it->h);
    const struct random_key key = {.seed = 4, .update = 3};
    recurrent_start(&it->layer, it->block, &steps, it->h, LDH, &it->arena, &it->states);
    recurrent_start_dropout(&it->layer, &key, it->kind.dropout, 5, &it->arena, &it->states);
    memcpy(it->states.state_h, it->before_h, sizeof it->before_h);
    if (it->layer.cell->memory)
        memcpy(it->states.state_c, it->before_c, sizeof it->before_c);
    recurrent_project(&it->layer, it->block, &it->states, 0, N, 0, LEFT, it->left, 0);
    recurrent_project(&it->layer, it->block, &it->states, 0, N, LEFT, RIGHT, it->right, 1);
    int each = STEPS / it->kind.ranges;
    for (int i = 0; i < it->kind.ranges; i++) {
        int range = it->layer.reverse ? it->kind.ranges - 1 - i : i;
        recurrent_forward(&it->layer, it->block, &it->states, range * each, each);
    }
}

static double sum(void *context)
{
    struct layer_case *it = context;
    forward(it);
    double total = parts_dot(it->h, it->dh, (int64_t)N * LDH) +
                   parts_dot(it->states.state_h, it->dstate_h, (int64_t)B * H);
    if (it->layer.cell->memory)
        total += parts_dot(it->states.state_c, it->dstate_c, (int64_t)B * H);
    return total;
}

static void layer_case_init(struct layer_case *it, const struct layer_kind *kind)
{
    it->kind = *kind;
    parameters_init(&it->parameters);
    arena_init(&it->arena);
    recurrent_init(&it->layer, &it->parameters, "layer", kind->cell, kind->normed, LEFT + RIGHT, H,
                   kind->reverse);
    it->block = fixture_block(&it->parameters);
    it->gradient = fixture_block(&it->parameters);
    fixture_weights(&it->parameters, 1, 0.8, it->block);
    parts_fill(it->left, (int64_t)N * LEFT, 2);
    parts_fill(it->right, (int64_t)N * RIGHT, 3);
    parts_fill(it->before_h, (int64_t)B * H, 4);
    parts_fill(it->before_c, (int64_t)B * H, 5);
    parts_fill(it->dh, (int64_t)N * LDH, 6);
    parts_fill(it->dstate_h, (int64_t)B * H, 7);
    parts_fill(it->dstate_c, (int64_t)B * H, 8);
}

static void layer_case_release(struct layer_case *it)
{
    memory_free(it->block);
    memory_free(it->gradient);
    arena_release(&it->arena);
    parameters_release(&it->parameters);
}

static void backward(struct layer_case *it, real *dleft, real *dright)
{
    recurrent_start_backward(&it->layer, it->block, &it->arena, &it->states);
    memcpy(it->states.dstate_h, it->dstate_h, sizeof it->dstate_h);
    if (it->layer.cell->memory)
        memcpy(it->states.dstate_c, it->dstate_c, sizeof it->dstate_c);
    int each = STEPS / it->kind.ranges;
    for (int i = it->kind.ranges - 1; i >= 0; i--) {
        int range = it->layer.reverse ? it->kind.ranges - 1 - i : i;
        recurrent_backward(&it->layer, it->block, &it->states, range * each, each, it->dh);
    }
    recurrent_project_backward(&it->layer, it->block, &it->states, 0, N, 0, LEFT, dleft, 0);
    recurrent_project_backward(&it->layer, it->block, &it->states, 0, N, LEFT, RIGHT, dright, 1);
    recurrent_finish_input(&it->layer, it->gradient, &it->states, 0, LEFT, it->left);
    recurrent_finish_input(&it->layer, it->gradient, &it->states, LEFT, RIGHT, it->right);
    recurrent_finish(&it->layer, it->gradient, &it->states);
}

static void check_layer(struct layer_kind kind)
{
    struct layer_case it;
    layer_case_init(&it, &kind);
    forward(&it);
    // dleft is written; dright is added to.
    real dleft[N * LEFT], dright[N * RIGHT] = {0};
    parts_fill(dleft, (int64_t)N * LEFT, 9);
    backward(&it, dleft, dright);
    real dbefore_h[B * H], dbefore_c[B * H];
    memcpy(dbefore_h, it.states.dstate_h, sizeof dbefore_h);
    if (it.layer.cell->memory)
        memcpy(dbefore_c, it.states.dstate_c, sizeof dbefore_c);

    for (int i = 0; i < it.parameters.count; i++) {
        const struct parameter *parameter = &it.parameters.list[i];
        parts_check(sum, &it, it.block + parameter->first, it.gradient + parameter->first,
                    parameter_elements(parameter), parameter->name);
    }
    parts_check(sum, &it, it.left, dleft, (int64_t)N * LEFT, "left input");
    parts_check(sum, &it, it.right, dright, (int64_t)N * RIGHT, "right input");
    parts_check(sum, &it, it.before_h, dbefore_h, (int64_t)B * H, "h before");
    if (it.layer.cell->memory)
        parts_check(sum, &it, it.before_c, dbefore_c, (int64_t)B * H, "c before");
    layer_case_release(&it);
}

// A cell of no model, with gates f, n and what no other has yet, a reset before the product:
//     f = W_f x + U_f h + b_f      n = W_n x + U_n (f h) + b_n      h = f n
static void reset(const struct cell_row *row)
{
    for (int j = 0; j < row->H; j++) {
        row->gates[j] += row->bias[j];
        row->reset[j] = row->gates[j] * row->seen[j];
    }
}

static void reset_forward(const struct cell_row *row)
{
    real *f = row->gates, *n = f + row->H;
    for (int j = 0; j < row->H; j++) {
        n[j] += row->bias[row->H + j] + row->apart[j];
        row->h[j] = f[j] * n[j];
    }
}

static void reset_cell_backward(const struct cell_row *row)
{
    real *f = row->gates, *n = f + row->H;
    for (int j = 0; j < row->H; j++) {
        row->work[j] = f[j];
        f[j] = row->dh[j] * n[j];
        n[j] = row->apart[j] = row->dh[j] * row->work[j];
        row->dh[j] = 0;
    }
}

static void reset_backward(const struct cell_row *row)
{
    for (int j = 0; j < row->H; j++) {
        row->gates[j] += row->dreset[j] * row->seen[j];
        row->dseen[j] += row->dreset[j] * row->work[j];
    }
}

static const struct cell with_reset = {.gates = 2,
                                       .apart = 1,
                                       .bias = INITIAL_ZERO,
                                       .forward = reset_forward,
                                       .backward = reset_cell_backward,
                                       .reset = reset,
                                       .reset_backward = reset_backward};

static void check_cells(double dropout, int ranges)
{
    for (int kind = 0; kind <= CELL_KINDS; kind++) {
        const struct cell *cell = kind < CELL_KINDS ? cell_of((enum cell_kind)kind) : &with_reset;
        for (int normed = 0; normed < 2; normed++)
            for (int reverse = 0; reverse < 2; reverse++)
                check_layer((struct layer_kind){cell, normed, reverse, dropout, ranges});
    }
}

static void backward_of_every_cell_is_the_gradient(void **state)
{
    (void)state;
    check_cells(0, 1);
}

static void backward_is_the_gradient_with_dropout_of_the_state(void **state)
{
    (void)state;
    check_cells(0.3, 1);
}

static void ranges_of_steps_go_on_from_each_other(void **state)
{
    (void)state;
    check_cells(0, 2);
}

// With a state that is not what goes into U h, by hand: GRU's z h_before has it whole. Sentence 0
// is at each step, so its mask is seen at each: what went into U h is h_before, or zero, or scaled,
// in the same units at all steps, and of sentences and numbers of layers each has its own.
static void the_mask_of_the_state_is_one_for_all_steps(void **state)
{
    (void)state;
    const double rate = 0.5;
    struct layer_case it;
    layer_case_init(&it, &(struct layer_kind){&cell_gru, 0, 0, rate, 1});
    forward(&it);
    int dropped = 0, differ = 0;
    for (int j = 0; j < H; j++) {
        bool zero = it.states.seen[j] == 0;
        dropped += zero;
        differ += zero != (it.states.seen[H + j] == 0);
        for (int s = 0; s < STEPS; s++) {
            int64_t at = first[s] * H + j;
            double wanted = zero ? 0 : (double)it.states.h_before[at] / (1 - rate);
            assert_true(fabs((double)it.states.seen[at] - wanted) <= 1e-12);
        }
    }
    assert_true(dropped > 0 && dropped < H);
    assert_true(differ > 0);
    layer_case_release(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(backward_of_every_cell_is_the_gradient),
        cmocka_unit_test(backward_is_the_gradient_with_dropout_of_the_state),
        cmocka_unit_test(ranges_of_steps_go_on_from_each_other),
        cmocka_unit_test(the_mask_of_the_state_is_one_for_all_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
