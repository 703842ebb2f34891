// A running text: what is forced through the model has the probabilities of training.
#include "model/search/drawing.h"
#include "tests/model/models.h"
#include "tests/model/trial.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { DIMENSION = 6 };

/* -log p of the symbol that comes next. */
static double loss_of(const struct drawing *drawing, int32_t symbol)
{
    const struct output *output = &drawing->output.output;
    double sum = 0, most = -INFINITY;
    for (int v = 0; v < output->V; v++)
        most = fmax(most, (double)(drawing->logits[v] + output->bias[v]));
    for (int v = 0; v < output->V; v++)
        sum += exp((double)(drawing->logits[v] + output->bias[v]) - most);
    return log(fmax(sum, 1)) + most - (double)(drawing->logits[symbol] + output->bias[symbol]);
}

/* What training loses on each sentence: of(), which is told its target and forces that through the
 * model, place by place. */
static void assert_forced(const struct shape *shape,
                          double (*of)(struct drawing *drawing, const struct sequence *target))
{
    struct trial trial;
    double losses[TRIAL_SENTENCES];
    trial_init(&trial, shape);
    trial_pack(&trial, 0, TRIAL_SENTENCES);
    trial_losses(&trial, losses);
    for (int i = 0; i < TRIAL_SENTENCES; i++) {
        struct drawing drawing;
        arena_reset(&trial.arena);
        drawing_start(&drawing, &trial.model, trial.block, &trial.arena);
        double sum = of(&drawing, &trial.fixture.sentences[i].side[TARGET]);
        assert_true(fabs(sum - losses[i]) < 1e-4 * losses[i]);
    }
    trial_release(&trial);
}

static double force_symbols(struct drawing *drawing, const struct sequence *target)
{
    double sum = 0;
    for (int t = 0; t < target->length; t++) {
        sum += loss_of(drawing, ((const int32_t *)target->cells)[t]);
        drawing_take(drawing, ((const int32_t *)target->cells)[t]);
    }
    return sum + loss_of(drawing, SYMBOL_END);
}

static void what_is_forced_has_the_losses_of_training(void **state)
{
    (void)state;
    const struct shape shape = models_running(CELL_GRU);
    assert_forced(&shape, force_symbols);
}

static void the_likeliest_comes_without_temperature_and_all_in_turn_with_it(void **state)
{
    (void)state;
    const struct shape shape = models_running(CELL_GRU);
    struct trial trial;
    struct drawing drawing;
    trial_init(&trial, &shape);
    drawing_start(&drawing, &trial.model, trial.block, &trial.arena);
    int32_t first = drawing_next(&drawing, 0, 0.9), before = SYMBOL_END;
    for (int v = SYMBOL_END; v < shape.side[TARGET].vocabulary; v++)
        assert_true(loss_of(&drawing, first) <= loss_of(&drawing, v));
    for (double uniform = 0; uniform < 1; uniform += 0.001) {
        int32_t symbol = drawing_next(&drawing, 1, uniform);
        assert_true(symbol == before || symbol == before + 1);
        before = symbol;
    }
    assert_int_equal(before, shape.side[TARGET].vocabulary - 1);
    trial_release(&trial);
}

static double squares(const real *a, const float *b, int count)
{
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += ((double)a[i] - (double)b[i]) * ((double)a[i] - (double)b[i]);
    return sum;
}

static double force_vectors(struct drawing *drawing, const struct sequence *target)
{
    double sum = 0;
    for (int t = 0; t < target->length; t++) {
        const float *frame = (const float *)target->cells + (int64_t)t * DIMENSION;
        int last, is_last = t == target->length - 1;
        const real *next = drawing_next_values(drawing, &last);
        const int stops = shape_stops(&drawing->model->shape);
        const double logit = stops ? (double)next[DIMENSION] : 0;
        assert_int_equal(last, logit > 0);
        sum += squares(next, frame, DIMENSION) / 2;
        sum += stops ? log1p(exp(is_last ? -logit : logit)) : 0;
        real taken[DIMENSION];
        for (int k = 0; k < DIMENSION; k++)
            taken[k] = frame[k];
        drawing_take_values(drawing, taken);
    }
    return sum;
}

/* running: one series, in which none says whether it is the last. */
static void check_vectors(int running)
{
    struct shape shape = models_running(CELL_GRU);
    models_of_vectors(&shape, DIMENSION);
    shape.running = running;
    assert_forced(&shape, force_vectors);
}

static void vectors_that_are_forced_have_the_losses_of_training(void **state)
{
    (void)state;
    check_vectors(0);
    check_vectors(1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_forced_has_the_losses_of_training),
        cmocka_unit_test(vectors_that_are_forced_have_the_losses_of_training),
        cmocka_unit_test(the_likeliest_comes_without_temperature_and_all_in_turn_with_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
