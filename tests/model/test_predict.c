// What tags, classes and values are predicted: what the loss says, sentence by sentence in their
// order, alone or in a batch, by any number of threads.
#include "model/product/threads.h"
#include "tests/model/models.h"
#include "tests/model/trial.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { FIRST = MODELS, LAST = MODELS + 4 }; // those that decode nothing

static struct prediction predict(struct trial *trial, int first, int count)
{
    trial_pack(trial, first, count);
    arena_reset(&trial->arena);
    return model_predict(&trial->model, trial->block, &trial->batch, 1, &trial->arena);
}

static void start(struct trial *trial, int number)
{
    struct shape shape = models_shape(number);
    trial_init(trial, &shape);
    fixture_weights(&trial->model.parameters, 31, 0.6, trial->block);
}

// Of one sentence's places, from the prediction's numbers: what model_loss gives.
static double loss_of(const struct trial *trial, const struct prediction *prediction, int sentence,
                      int64_t first)
{
    const struct shape *shape = &trial->model.shape;
    const struct sequence *target = &trial->fixture.sentences[sentence].side[TARGET];
    const int V = prediction->outputs;
    double loss = 0;
    for (int64_t i = 0; i < (int64_t)target->length * V; i++) {
        const int64_t place = first * V + i;
        if (shape->side[TARGET].form == FORM_VECTORS) {
            double off = (double)prediction->values[place] - ((const float *)target->cells)[i];
            loss += off * off / 2;
        } else if (i % V + SYMBOLS_RESERVED == ((const int32_t *)target->cells)[i / V])
            loss -= log((double)prediction->probabilities[place]);
    }
    return loss;
}

static void predictions_are_what_the_loss_says_in_the_order_of_the_sentences(void **state)
{
    (void)state;
    for (int number = FIRST; number <= LAST; number++) {
        struct trial trial;
        double losses[TRIAL_SENTENCES], said[TRIAL_SENTENCES];
        start(&trial, number);
        struct prediction prediction = predict(&trial, 0, TRIAL_SENTENCES);
        assert_int_equal(prediction.first[0], 0);
        for (int i = 0; i < TRIAL_SENTENCES; i++) {
            assert_int_equal(prediction.first[i + 1] - prediction.first[i],
                             trial.lengths[TARGET][i]);
            said[i] = loss_of(&trial, &prediction, i, prediction.first[i]);
        }
        trial_losses(&trial, losses);
        for (int i = 0; i < TRIAL_SENTENCES; i++)
            assert_true(fabs(said[i] - losses[i]) <= 1e-4 * losses[i]);
        trial_release(&trial);
    }
}

static void the_symbol_is_the_most_probable_of_the_classes(void **state)
{
    (void)state;
    int unlike = 0;
    for (int number = FIRST; number <= LAST; number++) {
        struct trial trial;
        start(&trial, number);
        struct prediction prediction = predict(&trial, 0, TRIAL_SENTENCES);
        const int V = prediction.outputs;
        assert_true((prediction.symbols == NULL) == (prediction.values != NULL));
        for (int64_t p = 0; prediction.symbols && p < prediction.first[TRIAL_SENTENCES]; p++) {
            const real *probabilities = prediction.probabilities + p * V;
            const int chosen = prediction.symbols[p] - SYMBOLS_RESERVED;
            double sum = 0;
            assert_in_range(chosen, 0, V - 1);
            for (int v = 0; v < V; v++) {
                assert_true(probabilities[v] <= probabilities[chosen]);
                sum += (double)probabilities[v];
            }
            assert_true(fabs(sum - 1) < 1e-5);
            unlike += prediction.symbols[p] != prediction.symbols[0];
        }
        assert_int_equal(V, shape_outputs(&trial.model.shape));
        trial_release(&trial);
    }
    assert_true(unlike > 20);
}

static void of_equal_classes_the_lowest(void **state)
{
    (void)state;
    struct trial trial;
    start(&trial, MODELS);
    memset(trial.block, 0, (size_t)trial.model.parameters.total * sizeof(real));
    struct prediction prediction = predict(&trial, 0, 2);
    for (int64_t p = 0; p < prediction.first[2]; p++)
        assert_int_equal(prediction.symbols[p], SYMBOLS_RESERVED);
    trial_release(&trial);
}

static void a_prediction_depends_on_no_other_sentence_on_no_target_and_on_no_thread(void **state)
{
    (void)state;
    for (int number = FIRST; number <= LAST; number++) {
        struct trial trial;
        start(&trial, number);
        threads_set(2);
        struct prediction all = predict(&trial, 0, TRIAL_SENTENCES);
        const int64_t places = all.first[TRIAL_SENTENCES];
        const int64_t count = places * (all.values ? all.outputs : 1);
        double *together = memory_take((size_t)count * sizeof *together);
        for (int64_t i = 0; i < count; i++)
            together[i] = all.values ? (double)all.values[i] : all.symbols[i];
        threads_set(1);
        int64_t at = 0;
        for (int i = 0; i < TRIAL_SENTENCES; i++) {
            trial.fixture.sentences[i].side[TARGET] = (struct sequence){NULL, 0};
            struct prediction one = predict(&trial, i, 1);
            for (int64_t k = 0; k < one.first[1] * (one.values ? one.outputs : 1); k++, at++)
                assert_true(one.values ? fabs((double)one.values[k] - together[at]) < 1e-5
                                       : one.symbols[k] == together[at]);
        }
        assert_int_equal(at, count);
        memory_free(together);
        trial_release(&trial);
    }
}

static void an_empty_batch_has_no_places(void **state)
{
    (void)state;
    struct trial trial;
    start(&trial, MODELS);
    assert_null(predict(&trial, 0, 0).symbols);
    trial_release(&trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(predictions_are_what_the_loss_says_in_the_order_of_the_sentences),
        cmocka_unit_test(the_symbol_is_the_most_probable_of_the_classes),
        cmocka_unit_test(of_equal_classes_the_lowest),
        cmocka_unit_test(a_prediction_depends_on_no_other_sentence_on_no_target_and_on_no_thread),
        cmocka_unit_test(an_empty_batch_has_no_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
