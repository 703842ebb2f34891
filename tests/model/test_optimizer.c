#include "model/optimizer/optimizer.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { COUNT = 40007, STEPS = 5 };

static const struct optimizer ADAM = {&optimizer_adam, 0.9, 0.999, 1e-8, 0, 0};
static const struct optimizer ADAM_DECAY = {&optimizer_adam, 0.8, 0.99, 1e-3, 0, 0.1};
static const struct optimizer ADAMW = {&optimizer_adamw, 0.9, 0.98, 1e-6, 0, 0.1};
static const struct optimizer SGD = {.kind = &optimizer_sgd, .weight_decay = 0.01};
static const struct optimizer MOMENTUM = {
    .kind = &optimizer_sgd, .momentum = 0.9, .weight_decay = 0.01};
static const struct optimizer *const ALL[] = {&ADAM, &ADAM_DECAY, &ADAMW, &SGD, &MOMENTUM};

/* What holds for every row of the table is tried with all of these numbers. */
static struct optimizer optimizer_of(const struct optimizer_kind *kind)
{
    return (struct optimizer){kind, 0.9, 0.99, 1e-8, 0.9, 0.01};
}

struct run {
    real weights[COUNT], gradient[COUNT], first[COUNT], second[COUNT];
};

static real gradient_at(int step, int64_t i)
{
    return (real)((i * 7 + step * 13) % 101 - 50) / 10;
}

static struct run *begin(void)
{
    struct run *run = calloc(1, sizeof(*run));
    for (int i = 0; i < COUNT; i++)
        run->weights[i] = (real)(i % 17 - 8) / 4;
    return run;
}

/* Steps over parts of the given length. */
static struct run *steps(const struct optimizer *optimizer, int64_t part)
{
    struct run *run = begin();
    for (int step = 1; step <= STEPS; step++) {
        for (int i = 0; i < COUNT; i++)
            run->gradient[i] = gradient_at(step, i);
        for (int64_t i = 0; i < COUNT; i += part)
            optimizer_step(optimizer, 0.01, step, 0.5,
                           &(struct stretch){COUNT - i < part ? COUNT - i : part, 0,
                                             run->weights + i, run->gradient + i, run->first + i,
                                             run->second + i});
    }
    return run;
}

/* One weight through the same steps in double, as the papers have it. */
static double plainly(const struct optimizer *o, int64_t i)
{
    double w = (double)(i % 17 - 8) / 4, m = 0, v = 0, rate = 0.01;
    for (int step = 1; step <= STEPS; step++) {
        double g = 0.5 * gradient_at(step, i);
        if (o->kind == &optimizer_adamw)
            w -= rate * o->weight_decay * w;
        else
            g += o->weight_decay * w;
        if (o->kind == &optimizer_sgd) {
            m = o->momentum * m + g;
            w -= rate * m;
            continue;
        }
        m = o->beta1 * m + (1 - o->beta1) * g;
        v = o->beta2 * v + (1 - o->beta2) * g * g;
        double m_hat = m / (1 - pow(o->beta1, step)), v_hat = v / (1 - pow(o->beta2, step));
        w -= rate * m_hat / (sqrt(v_hat) + o->epsilon);
    }
    return w;
}

static void steps_are_those_of_the_formulas(void **state)
{
    (void)state;
    for (int k = 0; k < 5; k++) {
        struct run *run = steps(ALL[k], COUNT);
        for (int i = 0; i < 2000; i++)
            if (fabs(run->weights[i] - plainly(ALL[k], i)) > 1e-6)
                fail_msg("optimizer %d: weight %d is %g, not %g", k, i, (double)run->weights[i],
                         plainly(ALL[k], i));
        free(run);
    }
}

/* torch.optim.Adam(lr = 0.1, betas = (0.9, 0.999), eps = 0.1), w = 1, gradients 2 and -1. By hand:
 * step 1: m = 0.2, v = 0.004, w = 1 - 0.1 * 2 / (2 + 0.1) = 0.904762; step 2: m = 0.08, v =
 * 0.004996, m_hat = 0.421053, v_hat = 2.499250, w = 0.904762 - 0.1 * 0.421053 / (1.580902 + 0.1) =
 * 0.879713. */
static void adam_puts_epsilon_outside_the_root_after_the_correction(void **state)
{
    (void)state;
    struct optimizer adam = {&optimizer_adam, 0.9, 0.999, 0.1, 0, 0};
    real w = 1, m = 0, v = 0, g = 2;
    const struct stretch one = {1, 0, &w, &g, &m, &v};
    optimizer_step(&adam, 0.1, 1, 1, &one);
    assert_true(fabs(w - 0.904762) < 1e-6);
    g = -1;
    optimizer_step(&adam, 0.1, 2, 1, &one);
    assert_true(fabs(w - 0.879713) < 1e-6);
    assert_true(fabs(m - 0.08) < 1e-7 && fabs(v - 0.004996) < 1e-7);
}

static void any_cut_into_parts_gives_the_same_bits(void **state)
{
    (void)state;
    const int64_t parts[] = {1, 7, 16, 1000, 16385};
    for (int k = 0; optimizer_table[k]; k++) {
        const struct optimizer optimizer = optimizer_of(optimizer_table[k]);
        if (optimizer.kind->whole)
            continue;
        struct run *whole = steps(&optimizer, COUNT);
        for (int p = 0; p < 5; p++) {
            struct run *cut = steps(&optimizer, parts[p]);
            assert_memory_equal(whole, cut, sizeof(*whole));
            free(cut);
        }
        free(whole);
    }
}

static double distance(const real *weights, const real *goal, int count)
{
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += pow((double)(weights[i] - goal[i]), 2);
    return sqrt(sum);
}

/* Half the square of the distance to a goal, whose gradient is the way from there. */
static void every_kind_comes_nearer_to_the_least(void **state)
{
    (void)state;
    enum { ROWS = 4, COLUMNS = 5, ALL_OF = ROWS * COLUMNS };
    for (int k = 0; optimizer_table[k]; k++) {
        struct optimizer optimizer = optimizer_of(optimizer_table[k]);
        optimizer.weight_decay = 0;
        real goal[ALL_OF], w[ALL_OF] = {0}, g[ALL_OF], m[ALL_OF] = {0}, v[ALL_OF] = {0};
        for (int i = 0; i < ALL_OF; i++)
            goal[i] = (real)(i % 7 + 1);
        double start = distance(w, goal, ALL_OF);
        for (int step = 1; step <= 500; step++) {
            for (int i = 0; i < ALL_OF; i++)
                g[i] = w[i] - goal[i];
            const struct stretch stretch = {ROWS, COLUMNS, w, g, m, v};
            optimizer_step(&optimizer, 0.05, step, 1, &stretch);
        }
        if (!(distance(w, goal, ALL_OF) < start / 10))
            fail_msg("%s: from %g to %g", optimizer_table[k]->name, start,
                     distance(w, goal, ALL_OF));
    }
}

static void kinds_keep_the_moments_that_they_need(void **state)
{
    (void)state;
    assert_int_equal(optimizer_moments(&ADAM), 2);
    assert_int_equal(optimizer_moments(&ADAMW), 2);
    assert_int_equal(optimizer_moments(&SGD), 0);
    assert_int_equal(optimizer_moments(&MOMENTUM), 1);
    real w = 1, g = 2, v = 0;
    optimizer_step(&SGD, 0.5, 1, 1, &(struct stretch){1, 0, &w, &g, NULL, NULL});
    optimizer_step(&MOMENTUM, 0.5, 1, 1, &(struct stretch){1, 0, &w, &g, &v, NULL});
    assert_true(v > 1);
}

/* What lies in the gaps between parameters; one that is whole has none in it. */
static void zeros_stay_zero(void **state)
{
    (void)state;
    for (int k = 0; optimizer_table[k]; k++) {
        const struct optimizer optimizer = optimizer_of(optimizer_table[k]);
        if (optimizer.kind->whole)
            continue;
        real w[20] = {0}, g[20] = {0}, m[20] = {0}, v[20] = {0};
        for (int step = 1; step <= 3; step++)
            optimizer_step(&optimizer, 0.1, step, 0.01, &(struct stretch){4, 5, w, g, m, v});
        for (int i = 0; i < 20; i++)
            assert_true(w[i] == 0 && m[i] == 0 && v[i] == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_are_those_of_the_formulas),
        cmocka_unit_test(adam_puts_epsilon_outside_the_root_after_the_correction),
        cmocka_unit_test(any_cut_into_parts_gives_the_same_bits),
        cmocka_unit_test(every_kind_comes_nearer_to_the_least),
        cmocka_unit_test(kinds_keep_the_moments_that_they_need),
        cmocka_unit_test(zeros_stay_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
