// A running text: what is forced through the model has the probabilities of training.
#include "model/drawing.h"
#include "tests/model/models.h"
#include "tests/model/trial.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct shape language_model(void)
{
    struct shape shape = models_shape(3);
    shape.side[SOURCE] = (struct side_shape){0};
    shape.context = CONTEXT_LAST;
    shape.context_use = CONTEXT_USE_NONE;
    shape.bidirectional = shape.encoder_hidden = shape.encoder_layers = shape.input_feeding = 0;
    shape.decoder_layers = 2;
    shape.readout = 0;
    return shape;
}

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

static void what_is_forced_has_the_losses_of_training(void **state)
{
    (void)state;
    const struct shape shape = language_model();
    struct trial trial;
    double losses[TRIAL_SENTENCES];
    trial_init(&trial, &shape);
    trial_pack(&trial, 0, TRIAL_SENTENCES);
    trial_losses(&trial, losses);
    for (int i = 0; i < TRIAL_SENTENCES; i++) {
        const struct sequence *target = &trial.fixture.sentences[i].side[TARGET];
        struct drawing drawing;
        double sum = 0;
        arena_reset(&trial.arena);
        drawing_start(&drawing, &trial.model, trial.block, &trial.arena);
        for (int t = 0; t < target->length; t++) {
            sum += loss_of(&drawing, ((const int32_t *)target->cells)[t]);
            drawing_take(&drawing, ((const int32_t *)target->cells)[t]);
        }
        sum += loss_of(&drawing, SYMBOL_END);
        assert_true(fabs(sum - losses[i]) < 1e-4 * losses[i]);
    }
    trial_release(&trial);
}

static void the_likeliest_comes_without_temperature_and_all_in_turn_with_it(void **state)
{
    (void)state;
    const struct shape shape = language_model();
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

/* running: one series, in which none says whether it is the last. */
static void check_vectors(int running)
{
    struct shape shape = language_model();
    shape.side[TARGET] = (struct side_shape){.form = FORM_VECTORS, .dimension = 6};
    shape.tied_embeddings = 0;
    shape.label_smoothing = 0;
    shape.running = running;
    struct trial trial;
    double losses[TRIAL_SENTENCES];
    trial_init(&trial, &shape);
    trial_pack(&trial, 0, TRIAL_SENTENCES);
    trial_losses(&trial, losses);
    for (int i = 0; i < TRIAL_SENTENCES; i++) {
        const struct sequence *target = &trial.fixture.sentences[i].side[TARGET];
        struct drawing drawing;
        double sum = 0;
        arena_reset(&trial.arena);
        drawing_start(&drawing, &trial.model, trial.block, &trial.arena);
        for (int t = 0; t < target->length; t++) {
            const float *frame = (const float *)target->cells + (int64_t)t * 6;
            int last, is_last = t == target->length - 1;
            const real *next = drawing_next_values(&drawing, &last);
            assert_int_equal(last, !running && next[6] > 0);
            sum += squares(next, frame, 6) / 2;
            if (!running)
                sum += log1p(exp(is_last ? -(double)next[6] : (double)next[6]));
            real taken[6];
            for (int k = 0; k < 6; k++)
                taken[k] = frame[k];
            drawing_take_values(&drawing, taken);
        }
        assert_true(fabs(sum - losses[i]) < 1e-4 * losses[i]);
    }
    trial_release(&trial);
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
