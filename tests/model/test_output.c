#include "comm/base/random.h"
#include "model/decoder/output.h"
#include "model/product/product.h"
#include "model/product/softmax.h"
#include "model/product/threads.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { V = 700, R = 24, ROWS = 600 }; // rows: more than one chunk

static real weights[V * R], bias[V], states[ROWS * R];
static int32_t targets[ROWS];
static const struct output OUTPUT = {weights, bias, V, R};

struct result {
    double losses[ROWS];
    real dr[ROWS * R], dweights[V * R], dbias[V];
};

static void fill_uniform(uint32_t lane, double scale, real *x, int count)
{
    struct random_key key = {.seed = 4, .lane = lane};
    for (int i = 0; i < count; i++)
        x[i] = (real)(scale * (2 * random_uniform(&key, (uint64_t)i) - 1));
}

static int fill(void **state)
{
    (void)state;
    struct reason why;
    assert_true(product_start(PRODUCTS_AUTO, &why));
    fill_uniform(1, 1.0, weights, V * R);
    fill_uniform(2, 1.0, bias, V);
    fill_uniform(3, 1.0, states, ROWS * R);
    for (int i = 0; i < ROWS; i++)
        targets[i] = (int32_t)((i * 131) % V);
    return 0;
}

static struct result *computed(double smoothing, int64_t rows)
{
    struct result *result = calloc(1, sizeof(*result));
    struct arena arena;
    arena_init(&arena);
    output_loss(&OUTPUT, states, targets, rows, smoothing, result->losses, result->dr,
                result->dweights, result->dbias, &arena);
    arena_release(&arena);
    return result;
}

/* p (V) = softmax of row i; returns the loss. All in double. */
static double plainly(int i, double smoothing, double *p)
{
    double sum = 0, loss = 0;
    for (int j = 0; j < V; j++) {
        double logit = bias[j];
        for (int k = 0; k < R; k++)
            logit += (double)weights[j * R + k] * states[i * R + k];
        p[j] = exp(logit);
        sum += p[j];
    }
    for (int j = 0; j < V; j++) {
        p[j] /= sum;
        loss -= (smoothing / V + (j == targets[i]) * (1 - smoothing)) * log(p[j]);
    }
    return loss;
}

static void check_against_the_formula(double smoothing)
{
    struct result *result = computed(smoothing, ROWS);
    double *dweights = calloc(V * R, sizeof(double)), *dbias = calloc(V, sizeof(double)), p[V];
    for (int i = 0; i < ROWS; i++) {
        double loss = plainly(i, smoothing, p), dr[R] = {0};
        assert_true(fabs(result->losses[i] - loss) < 1e-5);
        for (int j = 0; j < V; j++) {
            double d = p[j] - smoothing / V - (j == targets[i]) * (1 - smoothing);
            dbias[j] += d;
            for (int k = 0; k < R; k++) {
                dr[k] += d * weights[j * R + k];
                dweights[j * R + k] += d * states[i * R + k];
            }
        }
        for (int k = 0; k < R; k++)
            assert_true(fabs(result->dr[i * R + k] - dr[k]) < 1e-5);
    }
    for (int j = 0; j < V; j++)
        assert_true(fabs(result->dbias[j] - dbias[j]) < 1e-5);
    for (int j = 0; j < V * R; j++)
        assert_true(fabs(result->dweights[j] - dweights[j]) < 1e-5);
    free(result);
    free(dweights);
    free(dbias);
}

static void loss_and_gradient_are_those_of_the_formula(void **state)
{
    (void)state;
    check_against_the_formula(0);
}

static void smoothing_shares_the_target_over_all_symbols(void **state)
{
    (void)state;
    check_against_the_formula(0.1);
}

static void gradients_are_added_to_what_was_there(void **state)
{
    (void)state;
    struct result *once = computed(0.1, 5), *twice = computed(0.1, 5);
    struct arena arena;
    arena_init(&arena);
    output_loss(&OUTPUT, states, targets, 5, 0.1, twice->losses, twice->dr, twice->dweights,
                twice->dbias, &arena);
    arena_release(&arena);
    for (int j = 0; j < V; j++)
        assert_true(fabs(twice->dbias[j] - 2 * once->dbias[j]) < 1e-6);
    for (int j = 0; j < V * R; j++)
        assert_true(fabs(twice->dweights[j] - 2 * once->dweights[j]) < 1e-6);
    assert_memory_equal(once->dr, twice->dr, 5 * R * sizeof(real));
    free(once);
    free(twice);
}

static void any_number_of_threads_gives_the_same_bits(void **state)
{
    (void)state;
    struct result *one = computed(0.1, ROWS);
    for (int count = 2; count <= 4; count += 2) {
        threads_set(count);
        struct result *many = computed(0.1, ROWS);
        threads_set(1);
        assert_memory_equal(one, many, sizeof(*one));
        free(many);
    }
    free(one);
}

static void without_dr_losses_are_the_same_and_no_gradient_is_taken(void **state)
{
    (void)state;
    struct result *with = computed(0, ROWS);
    double losses[ROWS];
    struct arena arena;
    arena_init(&arena);
    output_loss(&OUTPUT, states, targets, ROWS, 0, losses, NULL, NULL, NULL, &arena);
    arena_release(&arena);
    assert_memory_equal(losses, with->losses, sizeof(losses));
    free(with);
}

static void no_rows_add_nothing(void **state)
{
    (void)state;
    struct result *result = computed(0.1, 0);
    for (int j = 0; j < V; j++)
        assert_true(result->dbias[j] == 0);
    free(result);
}

static double loss_of(const real *row_bias, int count, int target)
{
    real zeros[8] = {0}, state = 0;
    struct output output = {zeros, row_bias, count, 1};
    struct arena arena;
    arena_init(&arena);
    double loss;
    output_loss(&output, &state, (int32_t[]){target}, 1, 0, &loss, NULL, NULL, NULL, &arena);
    arena_release(&arena);
    return loss;
}

static void losses_survive_huge_logits(void **state)
{
    (void)state;
    real huge[3] = {1e4f, -1e4f, 9999};
    assert_true(fabs(loss_of(huge, 3, 0) - log(1 + exp(-1))) < 1e-6);
    assert_true(fabs(loss_of(huge, 3, 1) - (20000 + log(1 + exp(-1)))) < 1e-3);
}

static void a_nan_or_infinite_logit_gives_a_loss_that_shows_it(void **state)
{
    (void)state;
    for (int place = 0; place < 3; place++) {
        real logits[3] = {1, 2, 3};
        logits[place] = NAN;
        assert_true(isnan(loss_of(logits, 3, 0)));
        logits[place] = INFINITY;
        assert_false(isfinite(loss_of(logits, 3, 1)));
    }
}

static void logits_are_the_product(void **state)
{
    (void)state;
    real *logits = malloc(7 * V * sizeof(real));
    output_logits(&OUTPUT, NULL, states, 7, logits);
    for (int i = 0; i < 7; i++)
        for (int j = 0; j < V; j++) {
            double logit = 0;
            for (int k = 0; k < R; k++)
                logit += (double)weights[j * R + k] * states[i * R + k];
            assert_true(fabs(logits[i * V + j] - logit) < 1e-5);
        }
    free(logits);
}

static int likeliest(const struct output *output, const real *logits, int first)
{
    struct likely likely;
    return output_likeliest(output, logits, first, 1, &likely, 0) ? likely.symbol : -1;
}

static void the_likeliest_symbol_is_found_wherever_it_stands(void **state)
{
    (void)state;
    enum { MOST = 700 };
    real logits[MOST], zero_bias[MOST] = {0};
    for (int count = 1; count <= MOST; count += count < 40 ? 1 : 33)
        for (int first = 0; first < 3 && first < count; first++)
            for (int place = 0; place < count; place += count < 40 ? 1 : 7) {
                struct output output = {NULL, zero_bias, count, 0};
                for (int j = 0; j < count; j++)
                    logits[j] = (real)(-1 - j % 5);
                logits[place] = 3;
                if (place % 2)
                    logits[count - 1] = 3; // a later one that is equal
                int found = likeliest(&output, logits, first);
                if (place >= first)
                    assert_int_equal(found, place);
            }
}

static void the_bias_counts_for_the_likeliest(void **state)
{
    (void)state;
    real logits[300] = {0}, some_bias[300] = {0};
    struct output output = {NULL, some_bias, 300, 0};
    logits[4] = 2;
    some_bias[290] = 3;
    assert_int_equal(likeliest(&output, logits, 0), 290);
    some_bias[4] = 1;
    assert_int_equal(likeliest(&output, logits, 0), 4);
    for (int j = 0; j < 300; j++)
        some_bias[j] = -INFINITY;
    assert_int_equal(likeliest(&output, logits, 2), -1);
}

// Few values, so that many are equal: as a stable sort has them.
static void the_likeliest_symbols_come_in_order(void **state)
{
    (void)state;
    enum { COUNT = 600, FIRST = 2, MOST = 40 };
    real logits[COUNT], zero_bias[COUNT] = {0};
    struct output output = {NULL, zero_bias, COUNT, 0};
    struct random_key key = {.seed = 8};
    for (int distinct = 2; distinct < 500; distinct *= 3) {
        for (int j = 0; j < COUNT; j++)
            logits[j] = (real)random_below(&key, (uint64_t)j, (uint64_t)distinct);
        for (int most = 1; most <= MOST; most += 13) {
            struct likely likely[MOST] = {{0, logits[0]}}; // one that is there already
            assert_int_equal(output_likeliest(&output, logits, FIRST, most, likely, 1), most);
            int n = 0;
            for (int value = distinct - 1; value >= 0; value--)
                for (int j = 0; j < COUNT && n < most; j++)
                    if ((j == 0 || j >= FIRST) && logits[j] == (real)value) {
                        assert_int_equal(likely[n].symbol, j);
                        assert_true(likely[n++].value == (real)value);
                    }
            assert_int_equal(n, most);
        }
    }
}

static void a_value_less_the_log_sum_is_the_loss(void **state)
{
    (void)state;
    real logits[V];
    double losses[ROWS];
    struct arena arena;
    arena_init(&arena);
    output_loss(&OUTPUT, states, targets, ROWS, 0, losses, NULL, NULL, NULL, &arena);
    for (int i = 0; i < ROWS; i += 29) {
        output_logits(&OUTPUT, NULL, states + (ptrdiff_t)i * R, 1, logits);
        double value = logits[targets[i]] + bias[targets[i]];
        assert_true(fabs(output_log_sum(&OUTPUT, logits) - value - losses[i]) < 2e-5);
    }
    arena_release(&arena);
}

// 20,000 draws against the probabilities: chi-square of 299 degrees of freedom is above 400 once in
// 10,000; what is added up exactly cannot be far off at the numbers that it is tried with here.
static void symbols_are_drawn_as_often_as_they_are_likely(void **state)
{
    (void)state;
    enum { COUNT = 302, FIRST = 2, DRAWS = 20000 };
    real logits[COUNT];
    struct output output = {NULL, bias, COUNT, 0};
    struct random_key key = {.seed = 9, .purpose = RANDOM_DRAW};
    fill_uniform(5, 1.5, logits, COUNT);
    logits[0] = logits[1] = 50; // not among them
    for (double temperature = 0.5; temperature < 3; temperature *= 2) {
        int drawn[COUNT] = {0};
        double total = 0, chi = 0;
        for (int i = 0; i < DRAWS; i++) {
            double uniform = random_uniform(&key, (uint64_t)i);
            drawn[output_draw(&output, logits, FIRST, temperature, uniform)]++;
        }
        assert_int_equal(drawn[0] + drawn[1], 0);
        for (int j = FIRST; j < COUNT; j++)
            total += exp((logits[j] + bias[j]) / temperature);
        for (int j = FIRST; j < COUNT; j++) {
            double expected = DRAWS * exp((logits[j] + bias[j]) / temperature) / total;
            chi += (drawn[j] - expected) * (drawn[j] - expected) / expected;
        }
        assert_true(chi > 200 && chi < 400);
        key.update++;
    }
    assert_int_equal(output_draw(&output, logits, FIRST, 1, 0), FIRST);
    assert_int_equal(output_draw(&output, logits, FIRST, 1, 1 - 1e-12), COUNT - 1);
    assert_int_equal(output_draw(&output, logits, FIRST, 1e-30, 0.5),
                     likeliest(&output, logits, FIRST));
}

static void softmax_is_right_and_may_be_in_place(void **state)
{
    (void)state;
    real x[4] = {-3, 2, -1, 0};
    softmax(x, x, 4);
    const double wanted[4] = {0.0057, 0.8390, 0.0418, 0.1135};
    for (int i = 0; i < 4; i++)
        assert_true(fabs(x[i] - wanted[i]) < 5.1e-5);
}

static void softmax_survives_huge_numbers(void **state)
{
    (void)state;
    real x[40], y[40];
    for (int i = 0; i < 40; i++)
        x[i] = i == 33 ? 1e4f : -1e4f;
    softmax(x, y, 40);
    for (int i = 0; i < 40; i++)
        assert_true(y[i] == (i == 33));
    x[7] = 1e4f;
    softmax(x, y, 40);
    assert_true(y[7] == 0.5f && y[33] == 0.5f && y[0] == 0);
}

static void softmax_of_any_length_sums_to_one(void **state)
{
    (void)state;
    for (int count = 1; count <= 600; count += count < 40 ? 1 : 93) {
        real y[600];
        double sum = 0;
        softmax(states, y, count);
        for (int i = 0; i < count; i++)
            sum += y[i];
        assert_true(fabs(sum - 1) < 1e-6);
        assert_true(fabs(y[count - 1] / y[0] - exp(states[count - 1] - states[0])) < 1e-5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loss_and_gradient_are_those_of_the_formula),
        cmocka_unit_test(smoothing_shares_the_target_over_all_symbols),
        cmocka_unit_test(gradients_are_added_to_what_was_there),
        cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
        cmocka_unit_test(without_dr_losses_are_the_same_and_no_gradient_is_taken),
        cmocka_unit_test(no_rows_add_nothing),
        cmocka_unit_test(losses_survive_huge_logits),
        cmocka_unit_test(a_nan_or_infinite_logit_gives_a_loss_that_shows_it),
        cmocka_unit_test(logits_are_the_product),
        cmocka_unit_test(the_likeliest_symbol_is_found_wherever_it_stands),
        cmocka_unit_test(the_bias_counts_for_the_likeliest),
        cmocka_unit_test(the_likeliest_symbols_come_in_order),
        cmocka_unit_test(a_value_less_the_log_sum_is_the_loss),
        cmocka_unit_test(symbols_are_drawn_as_often_as_they_are_likely),
        cmocka_unit_test(softmax_is_right_and_may_be_in_place),
        cmocka_unit_test(softmax_survives_huge_numbers),
        cmocka_unit_test(softmax_of_any_length_sums_to_one),
    };
    return cmocka_run_group_tests(tests, fill, NULL);
}
