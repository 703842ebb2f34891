// Decoded vectors: what is emitted is what teacher forcing says of it, each until its own end.
#include "model/search/search_values.h"
#include "tests/model/models.h"
#include "tests/model/trial.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { DECODES = MODELS + 5, LIMIT = 9, DIMENSION = 6 };

static void start(struct trial *trial, int second)
{
    struct shape shape = models_shape(DECODES);
    if (second) {
        shape.side[SECOND] = (struct side_shape){.form = FORM_SYMBOLS, .vocabulary = 30};
        shape.context = CONTEXT_MEAN;
    }
    trial_init(trial, &shape);
    fixture_weights(&trial->model.parameters, 41, 0.7, trial->block);
}

static struct search_values search(struct trial *trial, int first, int count, const int *limits)
{
    trial_pack(trial, first, count);
    arena_reset(&trial->arena);
    return search_values(&trial->model, trial->block, &trial->batch, limits, &trial->arena);
}

static const int limits[TRIAL_SENTENCES] = {LIMIT, LIMIT, LIMIT, LIMIT, LIMIT, LIMIT,
                                            LIMIT, LIMIT, LIMIT, LIMIT, LIMIT, LIMIT};

struct emitted {
    float values[TRIAL_SENTENCES][LIMIT * DIMENSION];
    int lengths[TRIAL_SENTENCES], limited[TRIAL_SENTENCES];
};

static void emit(struct trial *trial, int first, int count, struct emitted *emitted)
{
    memset(emitted, 0, sizeof *emitted);
    struct search_values found = search(trial, first, count, limits);
    assert_int_equal(found.D, DIMENSION);
    assert_int_equal(found.width, LIMIT);
    for (int i = 0; i < count; i++) {
        emitted->lengths[i] = found.lengths[i];
        emitted->limited[i] = found.limited[i];
        for (int k = 0; k < found.lengths[i] * DIMENSION; k++)
            emitted->values[i][k] = (float)found.values[(int64_t)i * LIMIT * DIMENSION + k];
    }
}

// With what was emitted as target no value is wrong, and of the cross-entropy of the stop no step
// has more than log 2: each is on the side on which the search took it to be.
static void check_what_is_emitted(int second)
{
    struct trial trial;
    struct emitted emitted;
    start(&trial, second);
    emit(&trial, 0, TRIAL_SENTENCES, &emitted);
    int ended = 0, longest = 0;
    for (int i = 0; i < TRIAL_SENTENCES; i++) {
        double loss;
        if (emitted.limited[i])
            continue;
        trial.fixture.sentences[i].side[TARGET] =
            (struct sequence){emitted.values[i], emitted.lengths[i]};
        trial_pack(&trial, i, 1);
        trial_losses(&trial, &loss);
        assert_true(loss > 0 && loss <= emitted.lengths[i] * log(2) + 1e-5);
        ended++;
        longest = emitted.lengths[i] > longest ? emitted.lengths[i] : longest;
    }
    assert_true(ended > 2 && longest > 1);
    trial_release(&trial);
}

static void what_is_emitted_is_what_teacher_forcing_says(void **state)
{
    (void)state;
    check_what_is_emitted(0);
    check_what_is_emitted(1);
}

static void check_by_itself(int second)
{
    struct trial trial;
    struct emitted together, alone;
    start(&trial, second);
    emit(&trial, 0, TRIAL_SENTENCES, &together);
    int lengths = 0;
    for (int i = 0; i < TRIAL_SENTENCES; i++) {
        trial.fixture.sentences[i].side[TARGET] = (struct sequence){NULL, 0};
        emit(&trial, i, 1, &alone);
        assert_int_equal(alone.lengths[0], together.lengths[i]);
        assert_int_equal(alone.limited[0], together.limited[i]);
        for (int k = 0; k < LIMIT * DIMENSION; k++)
            assert_true(fabsf(alone.values[0][k] - together.values[i][k]) < 1e-4F);
        lengths += alone.lengths[0] != together.lengths[0];
    }
    assert_true(lengths > 0); // rows leave at different steps
    trial_release(&trial);
}

static void it_depends_on_no_other_sentence_and_on_no_target(void **state)
{
    (void)state;
    check_by_itself(0);
    check_by_itself(1);
}

static void each_sentence_has_its_own_limit(void **state)
{
    (void)state;
    struct trial trial;
    static const int own[3] = {2, 0, 4};
    start(&trial, 0);
    const struct parameter *bias = parameters_find(&trial.model.parameters, "output.bias");
    trial.block[bias->first + DIMENSION] = -100; // never the last
    struct search_values found = search(&trial, 0, 3, own);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(found.lengths[i], own[i]);
        assert_int_equal(found.limited[i], 1);
    }
    trial.block[bias->first + DIMENSION] = 100; // the first is
    found = search(&trial, 0, 3, own);
    assert_int_equal(found.lengths[0], 1);
    assert_int_equal(found.limited[0], 0);
    assert_int_equal(found.lengths[1], 0);
    assert_int_equal(search(&trial, 0, 0, own).width, 0);
    trial_release(&trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_emitted_is_what_teacher_forcing_says),
        cmocka_unit_test(it_depends_on_no_other_sentence_and_on_no_target),
        cmocka_unit_test(each_sentence_has_its_own_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
