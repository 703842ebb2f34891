// The additive score in float, which is made from exponentials, against tanh in double; and where
// they would overflow.
#include "model/decoder/attention.h"
#include "model/encoder/encoder.h"
#include "tests/model/fixture.h"
#include <math.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { S = 3, T = 2, H = 4, M = 4, A = 37 };

struct additive {
    struct attention attention;
    struct parameters parameters;
    struct fixture fixture;
    struct batch batch;
    struct steps steps;
    struct bank bank;
    struct attention_states states;
    struct arena arena;
    real *block, *gradient;
    real memory[S * M], query[T * H], c[T * M], dc[T * M], dquery[T * H];
};

/* One sentence; keys and queries of about `size`. */
static void additive_init(struct additive *it, double size)
{
    static const int lengths[1] = {S};
    struct shape shape = {
        SIDES_OF(9, 9),        .hidden = H,         .attention = ATTENTION_ADDITIVE,
        .attention_hidden = A, .encoder_layers = 1, .encoder_hidden = M};
    shape.side[SOURCE].end = 0;
    *it = (struct additive){.dc = {1, -1, 0.5, 2, -1, 1, 1, 0.25}};
    struct reason why;
    assert_true(product_start(PRODUCTS_AUTO, &why));
    parameters_init(&it->parameters);
    attention_init(&it->attention, &shape, SOURCE, &it->parameters);
    fixture_sentences(&it->fixture, 1, lengths, lengths, 9, 9, 1);
    batch_init(&it->batch);
    batch_pack(&it->batch, &shape, it->fixture.sentences, 1);
    arena_init(&it->arena);
    it->block = fixture_block(&it->parameters);
    it->gradient = fixture_block(&it->parameters);
    fixture_weights(&it->parameters, 1, 1, it->block);
    for (int i = 0; i < S * M; i++)
        it->memory[i] = (real)(size * sin(i + 1));
    for (int i = 0; i < T * H; i++)
        it->query[i] = (real)(size * cos(2 * i));
    it->steps = encoder_steps(&it->batch.source[SOURCE], it->batch.B, &it->arena);
    bank_init(&it->bank, &it->steps, it->batch.source[SOURCE].row, M, it->memory, 0, NULL, 0,
              &it->arena);
    attention_start(&it->attention, it->block, &it->bank, T, &it->arena, &it->states);
    attention_forward(&it->attention, it->block, &it->states, 0, T, it->query, it->c, M);
}

static void additive_release(struct additive *it)
{
    memory_free(it->block);
    memory_free(it->gradient);
    arena_release(&it->arena);
    batch_release(&it->batch);
    fixture_release(&it->fixture);
    parameters_release(&it->parameters);
}

static double dot(const real *x, const real *y, int count)
{
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += (double)x[i] * (double)y[i];
    return sum;
}

static double score(const struct additive *it, int t, int s)
{
    const struct attention *attention = &it->attention;
    double sum = 0;
    for (int j = 0; j < A; j++) {
        double k = dot(it->block + attention->key.place + (ptrdiff_t)j * M, it->memory + s * M, M);
        double q = dot(it->block + attention->query.place + (ptrdiff_t)j * H, it->query + t * H, H);
        sum += (double)it->block[attention->score + j] *
               tanh(k + (double)it->block[attention->bias + j] + q);
    }
    return sum;
}

static void the_score_is_that_of_tanh(void **state)
{
    (void)state;
    const double sizes[] = {0.01, 0.3, 1, 4, 10};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct additive it;
        additive_init(&it, sizes[i]);
        for (int t = 0; t < T; t++) {
            double wanted[S], all = 0;
            for (int s = 0; s < S; s++)
                all += wanted[s] = exp(score(&it, t, s));
            for (int s = 0; s < S; s++) {
                double a = (double)it.states.weights[t * S + s];
                if (!(fabs(a - wanted[s] / all) <= 4e-6))
                    fail_msg("size %g: weight %.9g, not %.9g", sizes[i], a, wanted[s] / all);
            }
        }
        additive_release(&it);
    }
}

static void large_keys_and_queries_leave_everything_finite(void **state)
{
    (void)state;
    for (double size = 20; size < 1e6; size *= 3) {
        struct additive it;
        additive_init(&it, size);
        bank_start_backward(&it.bank, &it.arena);
        attention_start_backward(&it.attention, it.block, &it.arena, &it.states);
        attention_backward(&it.attention, it.block, &it.states, 0, T, it.dc, M, it.dquery);
        attention_finish(&it.attention, it.block, it.gradient, &it.states, it.dc, M, it.query);
        for (int i = 0; i < T * S; i++)
            assert_true(isfinite(it.states.weights[i]));
        for (int i = 0; i < T * H; i++)
            assert_true(isfinite(it.dquery[i]));
        for (int64_t i = 0; i < it.parameters.total; i++)
            assert_true(isfinite(it.gradient[i]));
        additive_release(&it);
    }
}

static void what_is_not_a_number_stays_one(void **state)
{
    (void)state;
    struct additive it;
    additive_init(&it, 1);
    it.query[H] = NAN;
    attention_forward(&it.attention, it.block, &it.states, 0, T, it.query, it.c, M);
    for (int i = 0; i < T * S; i++)
        assert_int_equal(isnan(it.states.weights[i]) != 0, i >= S);
    additive_release(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_score_is_that_of_tanh),
        cmocka_unit_test(large_keys_and_queries_leave_everything_finite),
        cmocka_unit_test(what_is_not_a_number_stays_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
