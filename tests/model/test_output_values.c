// The output layer of vectors by its definition, and logits of any size.
#include "model/decoder/output_values.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { R = 2, D = 2, ROWS = 3, BIAS = 8 };

// W (D + 1, R) and b (D + 1), as places of one block.
static const real block[BIAS + D + 1] = {1, 0, 0, 2, 3, -1, 0, 0, (real)0.5, -1, (real)0.25};
static const real r[ROWS * R] = {1, 2, (real)-0.5, 1, 0, 3};
static const real targets[ROWS * D] = {1, 1, 0, 0, -2, 5};
static const int32_t last[ROWS] = {0, 1, 1};

static double half_squares(int row)
{
    double sum = 0;
    for (int i = 0; i < D; i++) {
        double y = block[BIAS + i];
        for (int k = 0; k < R; k++)
            y += (double)block[i * R + k] * (double)r[row * R + k];
        sum += (y - (double)targets[row * D + i]) * (y - (double)targets[row * D + i]) / 2;
    }
    return sum;
}

static void the_loss_is_half_the_squared_error_and_the_cross_entropy_of_the_stop(void **state)
{
    (void)state;
    struct arena arena;
    double losses[ROWS];
    struct dense output = {.weight = 0, .bias = BIAS, .out = D + 1, .in = R};
    arena_init(&arena);
    output_values_loss(&output, block, r, targets, last, ROWS, losses, NULL, NULL, &arena);
    for (int row = 0; row < ROWS; row++) {
        double z = 3 * (double)r[row * R] - (double)r[row * R + 1] + 0.25;
        double expected = half_squares(row) + log(1 + exp(last[row] ? -z : z));
        assert_true(fabs(losses[row] - expected) <= 1e-6 * expected);
    }
    output.out = D; // the third row is not looked at
    output_values_loss(&output, block, r, targets, NULL, ROWS, losses, NULL, NULL, &arena);
    for (int row = 0; row < ROWS; row++)
        assert_true(fabs(losses[row] - half_squares(row)) <= 1e-6 * half_squares(row));
    arena_release(&arena);
}

static void a_stop_that_is_sure_costs_nothing_or_what_it_says(void **state)
{
    (void)state;
    struct arena arena;
    struct dense output = {.weight = 0, .bias = 1, .out = 1, .in = 1};
    const real weights[2] = {1, 0}, logits[4] = {1000, 1000, -1000, -1000};
    const int32_t ends[4] = {1, 0, 1, 0};
    double losses[4];
    real dr[4], gradient[2] = {0};
    arena_init(&arena);
    output_values_loss(&output, weights, logits, NULL, ends, 4, losses, dr, gradient, &arena);
    for (int i = 0; i < 4; i++)
        assert_true(fabs(losses[i] - (i == 1 || i == 2 ? 1000 : 0)) < 1e-9);
    assert_true(dr[0] == 0 && dr[1] == 1 && dr[2] == -1 && dr[3] == 0);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_loss_is_half_the_squared_error_and_the_cross_entropy_of_the_stop),
        cmocka_unit_test(a_stop_that_is_sure_costs_nothing_or_what_it_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
