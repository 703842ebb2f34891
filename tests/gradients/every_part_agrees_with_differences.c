// The gradient of each part by itself, so that a wrong model says which of its parts is to blame.
#include "model/decoder/output.h"
#include "model/layers/dropout.h"
#include "model/layers/embedding.h"
#include "model/product/activation.h"
#include "model/product/softmax.h"
#include "tests/gradients/parts.h"
#include <string.h>

enum { V = 7, E = 4, R = 5, ROWS = 6 };

static const int32_t symbols[ROWS] = {3, 0, 6, 3, 4, 3}; // one three times: rows have to add up

struct embedding_case {
    real weights[V * E], y[ROWS * E], dy[ROWS * E];
};

static double embedding_sum(void *context)
{
    struct embedding_case *it = context;
    embedding_forward(it->weights, E, symbols, 1, ROWS, it->y, E);
    return parts_dot(it->y, it->dy, ROWS * E);
}

static void embedding_backward_is_the_gradient_and_adds(void **state)
{
    (void)state;
    struct embedding_case it;
    parts_fill(it.weights, V * E, 1);
    parts_fill(it.dy, ROWS * E, 2);
    real gradient[V * E] = {0};
    embedding_backward(gradient, E, symbols, 1, ROWS, it.dy, E);
    parts_check(embedding_sum, &it, it.weights, gradient, V * E, "embedding");
    real twice[V * E];
    memcpy(twice, gradient, sizeof twice);
    embedding_backward(twice, E, symbols, 1, ROWS, it.dy, E);
    for (int i = 0; i < V * E; i++)
        assert_true(fabs(twice[i] - 2 * gradient[i]) <= 1e-14);
}

struct output_case {
    real weights[V * R], bias[V], r[ROWS * R];
    double smoothing;
    struct arena arena;
};

static double output_sum(void *context)
{
    struct output_case *it = context;
    struct output output = {it->weights, it->bias, V, R};
    double losses[ROWS], sum = 0;
    arena_reset(&it->arena);
    output_loss(&output, it->r, symbols, ROWS, it->smoothing, losses, NULL, NULL, NULL, &it->arena);
    for (int i = 0; i < ROWS; i++)
        sum += losses[i];
    return sum;
}

static void output_case_init(struct output_case *it, double smoothing)
{
    parts_fill(it->weights, V * R, 3);
    parts_fill(it->bias, V, 4);
    parts_fill(it->r, (int64_t)ROWS * R, 5);
    it->smoothing = smoothing;
    arena_init(&it->arena);
}

static void check_output(double smoothing)
{
    struct output_case it;
    output_case_init(&it, smoothing);
    struct output output = {it.weights, it.bias, V, R};
    double losses[ROWS];
    // What weights and bias hold is added to, what dr holds is not.
    real dr[ROWS * R], dweights[V * R] = {0}, dbias[V] = {0};
    parts_fill(dr, ROWS * R, 6);
    output_loss(&output, it.r, symbols, ROWS, smoothing, losses, dr, dweights, dbias, &it.arena);
    parts_check(output_sum, &it, it.weights, dweights, V * R, "output weights");
    parts_check(output_sum, &it, it.bias, dbias, V, "output bias");
    parts_check(output_sum, &it, it.r, dr, ROWS * R, "output rows");
    real before = dbias[2];
    output_loss(&output, it.r, symbols, ROWS, smoothing, losses, dr, dweights, dbias, &it.arena);
    assert_true(fabs(dbias[2] - 2 * before) <= 1e-14);
    arena_release(&it.arena);
}

static void output_backward_is_the_gradient(void **state)
{
    (void)state;
    check_output(0);
}

static void output_backward_is_the_gradient_with_smoothing(void **state)
{
    (void)state;
    check_output(0.1);
}

// Each row's loss from its logits by the definition: softmax and logits are checked by the way.
static void output_loss_is_the_cross_entropy_to_the_smoothed_target(void **state)
{
    (void)state;
    const double smoothing = 0.3;
    struct output_case it;
    output_case_init(&it, smoothing);
    struct output output = {it.weights, it.bias, V, R};
    double losses[ROWS];
    output_loss(&output, it.r, symbols, ROWS, smoothing, losses, NULL, NULL, NULL, &it.arena);
    real logits[ROWS * V];
    output_logits(&output, NULL, it.r, ROWS, logits);
    for (int i = 0; i < ROWS; i++) {
        real p[V];
        for (int v = 0; v < V; v++)
            p[v] = logits[i * V + v] + it.bias[v];
        softmax(p, p, V);
        double expected = 0, sum = 0;
        for (int v = 0; v < V; v++) {
            double logit = parts_dot(it.r + (ptrdiff_t)i * R, it.weights + (ptrdiff_t)v * R, R);
            assert_true(fabs(logit - logits[i * V + v]) <= 1e-12);
            double share = (v == symbols[i] ? 1 - smoothing : 0) + smoothing / V;
            expected -= share * log((double)p[v]);
            sum += p[v];
        }
        assert_true(fabs(sum - 1) <= 1e-12);
        assert_true(fabs(losses[i] - expected) <= 1e-12 * expected);
    }
    arena_release(&it.arena);
}

static void softmax_survives_large_numbers_and_works_in_place(void **state)
{
    (void)state;
    real x[3] = {-1e4, 1e4, 1e4};
    softmax(x, x, 3);
    assert_true(x[0] == 0 && x[1] == 0.5 && x[2] == 0.5);
    real low[2] = {-1e4, -1e4};
    softmax(low, low, 2);
    assert_true(low[0] == 0.5 && low[1] == 0.5);
}

struct tanh_case {
    real x[ROWS], y[ROWS], dy[ROWS];
};

static double tanh_sum(void *context)
{
    struct tanh_case *it = context;
    activation_tanh(it->x, it->y, ROWS);
    return parts_dot(it->y, it->dy, ROWS);
}

static void tanh_backward_is_the_gradient_also_in_place(void **state)
{
    (void)state;
    struct tanh_case it;
    parts_fill(it.x, ROWS, 7);
    parts_fill(it.dy, ROWS, 8);
    tanh_sum(&it);
    real dx[ROWS];
    memcpy(dx, it.dy, sizeof dx);
    activation_tanh_backward(it.y, dx, dx, ROWS);
    parts_check(tanh_sum, &it, it.x, dx, ROWS, "tanh");
}

enum { DROPPED = 40, DROP_FIRST = 17 };
static const double drop_rate = 0.3;

struct dropout_case {
    real x[DROPPED], dy[DROPPED];
    struct random_key key;
};

static double dropout_sum(void *context)
{
    struct dropout_case *it = context;
    real y[DROPPED];
    memcpy(y, it->x, sizeof y);
    dropout(&it->key, drop_rate, DROP_FIRST, y, DROPPED);
    return parts_dot(y, it->dy, DROPPED);
}

static void dropout_of_the_gradient_is_its_backward_and_scales_what_it_keeps(void **state)
{
    (void)state;
    struct dropout_case it = {.key = {5, RANDOM_DROP_LAYER, 2, 1}};
    parts_fill(it.x, DROPPED, 9);
    parts_fill(it.dy, DROPPED, 10);
    real dx[DROPPED];
    memcpy(dx, it.dy, sizeof dx);
    dropout(&it.key, drop_rate, DROP_FIRST, dx, DROPPED);
    parts_check(dropout_sum, &it, it.x, dx, DROPPED, "dropout");
    int dropped = 0;
    for (int i = 0; i < DROPPED; i++) {
        dropped += dx[i] == 0;
        assert_true(dx[i] == 0 || fabs(dx[i] * (1 - drop_rate) - it.dy[i]) <= 1e-15);
    }
    assert_in_range(dropped, 4, 24); // 12 expected; outside happens once in 10,000 keys
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(embedding_backward_is_the_gradient_and_adds),
        cmocka_unit_test(output_backward_is_the_gradient),
        cmocka_unit_test(output_backward_is_the_gradient_with_smoothing),
        cmocka_unit_test(output_loss_is_the_cross_entropy_to_the_smoothed_target),
        cmocka_unit_test(softmax_survives_large_numbers_and_works_in_place),
        cmocka_unit_test(tanh_backward_is_the_gradient_also_in_place),
        cmocka_unit_test(dropout_of_the_gradient_is_its_backward_and_scales_what_it_keeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
