// What a decoder reads, by its form: which parameters there are, and what its readouts depend on.
#include "model/decoder/decoder.h"
#include "tests/model/models.h"
#include "tests/model/trial.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct parameter *find(const struct trial *trial, const char *name)
{
    return parameters_find(&trial->model.parameters, name);
}

static void a_symbol_that_is_not_fed_has_an_embedding_only_where_the_output_shares_it(void **state)
{
    (void)state;
    for (int tied = 0; tied < 2; tied++) {
        struct shape shape = models_shape(4);
        shape.without_previous = 1;
        shape.tied_embeddings = tied;
        struct trial trial;
        trial_init(&trial, &shape);
        assert_int_equal(find(&trial, "target.embedding") != NULL, tied);
        // [c; r_{t-1}] and [h; c]
        assert_int_equal(find(&trial, "decoder.0.input")->columns, 20 + 24);
        assert_int_equal(find(&trial, "readout.weight")->columns, 40 + 20);
        trial_release(&trial);
    }
}

static void a_step_that_reads_nothing_has_no_input_and_runs_on_its_state(void **state)
{
    (void)state;
    struct shape shape = models_shape(3); // context-use first
    shape.without_previous = 1;
    struct trial trial;
    double losses[TRIAL_SENTENCES];
    trial_init(&trial, &shape);
    assert_null(find(&trial, "decoder.0.input"));
    assert_non_null(find(&trial, "decoder.0.recurrent"));
    trial_pack(&trial, 0, TRIAL_SENTENCES);
    trial_losses(&trial, losses);
    for (int i = 0; i < TRIAL_SENTENCES; i++)
        assert_true(losses[i] > 0);
    trial_release(&trial);
}

static void without_a_readout_the_output_reads_the_state(void **state)
{
    (void)state;
    struct shape shape = models_shape(9);
    struct trial trial;
    trial_init(&trial, &shape);
    assert_null(find(&trial, "readout.weight"));
    assert_int_equal(find(&trial, "output.weight")->columns, shape.hidden);
    trial_release(&trial);
}

/* Losses of the fixture's targets when its sources are rotated by `by`. */
static void losses_of_other_sources(const struct shape *shape, int by, double *losses)
{
    struct trial trial;
    trial_init(&trial, shape);
    struct sentence *sentences = trial.fixture.sentences, sources[TRIAL_SENTENCES];
    memcpy(sources, sentences, sizeof sources);
    for (int i = 0; i < TRIAL_SENTENCES; i++)
        sentences[i].side[SOURCE] = sources[(i + by) % TRIAL_SENTENCES].side[SOURCE];
    trial_pack(&trial, 0, TRIAL_SENTENCES);
    trial_losses(&trial, losses);
    trial_release(&trial);
}

static void only_without_a_source_does_nothing_depend_on_it(void **state)
{
    (void)state;
    for (int use = 0; use < CONTEXT_USES; use++) {
        struct shape shape = models_shape(7);
        double losses[TRIAL_SENTENCES], others[TRIAL_SENTENCES];
        shape.context_use = (enum context_use)use;
        if (use == CONTEXT_USE_NONE)
            shape.side[SOURCE].form = FORM_NONE;
        losses_of_other_sources(&shape, 0, losses);
        losses_of_other_sources(&shape, 1, others);
        int same = 0;
        for (int i = 0; i < TRIAL_SENTENCES; i++)
            same += fabs(losses[i] - others[i]) < 1e-5 * losses[i];
        assert_int_equal(same, use == CONTEXT_USE_NONE ? TRIAL_SENTENCES : 0);
    }
}

static double distance(const real *x, const real *y, int width)
{
    double largest = 0;
    for (int j = 0; j < width; j++)
        largest = fmax(largest, fabs((double)x[j] - (double)y[j]));
    return largest;
}

// Its states go on from nobody's: neither sizes of a source are needed, nor an encoder.
static void a_decoder_without_a_source_is_started_with_none(void **state)
{
    (void)state;
    struct shape shape = models_shape(3);
    shape.context_use = CONTEXT_USE_NONE;
    shape.side[SOURCE] = (struct side_shape){.form = FORM_NONE};
    shape.encoder_hidden = shape.encoder_layers = 0;
    shape.readout = 0;
    struct model model;
    struct arena arena;
    struct decoder_states states;
    struct reason why;
    assert_true(shape_check(&shape, &why));
    model_init(&model, &shape);
    for (int i = 0; i < model.parameters.count; i++)
        assert_null(strstr(model.parameters.list[i].name, "source"));
    arena_init(&arena);
    real *block = fixture_block(&model.parameters);
    fixture_weights(&model.parameters, 1, 0.3, block);
    decoder_start(&model.decoder, block, NULL, NULL, 3, 2, NULL, &arena, &states);
    const int32_t symbols[6] = {1, 1, 1, 4, 5, 4};
    real x[6 * 24];
    input_apply(&model.before, block, &(struct input_places){6, symbols, NULL}, x);
    decoder_run(&model.decoder, block, &states, x);
    const real *r = states.r; // (2, 3, H): the first and the last sentence are alike
    const int H = shape.hidden;
    assert_true(distance(r, r + 2 * H, H) < 1e-5);
    assert_true(distance(r + 3 * H, r + 5 * H, H) < 1e-5);
    assert_true(distance(r + 3 * H, r + 4 * H, H) > 1e-2);
    memory_free(block);
    arena_release(&arena);
    model_release(&model);
}

/* The readouts (3, R) of two steps of the first three sentences, one by one; of the second step the
 * rows 0 and 2 only where the others were left out before it. */
static void two_steps(struct trial *trial, int leave, real *r)
{
    const struct model *model = &trial->model;
    const struct shape *shape = &model->shape;
    const int keep[2] = {0, 2};
    const int32_t symbols[3] = {1, 4, 7};
    struct encoder_states encoder[SOURCES];
    struct decoder_states states;
    real x[3 * 24];
    arena_reset(&trial->arena);
    trial_pack(trial, 0, 3);
    model_encode(model, trial->block, &trial->batch, &trial->arena, encoder);
    struct bank sentences[SOURCES];
    for (int k = 0; k < SOURCES; k++) {
        sentences[k] = encoder[k].bank;
        bank_share(&encoder[k].bank, 1, &trial->arena);
    }
    decoder_start(&model->decoder, trial->block, model->encoder, encoder, 3, 1, NULL, &trial->arena,
                  &states);
    input_apply(&model->before, trial->block, &(struct input_places){3, symbols, NULL}, x);
    decoder_run(&model->decoder, trial->block, &states, x);
    if (leave) {
        decoder_pick(&model->decoder, &states, keep, 2);
        for (int k = 0; k < SOURCES; k++)
            bank_attend(&encoder[k].bank, &sentences[k], keep, 2);
        memmove(x + 24, x + 48, 24 * sizeof(real));
    }
    decoder_run(&model->decoder, trial->block, &states, x);
    memcpy(r, states.r, (size_t)(states.B * shape_readout_width(shape)) * sizeof(real));
}

static void rows_that_go_on_read_what_is_theirs(void **state)
{
    (void)state;
    for (int number = 0; number < MODELS; number++) {
        struct shape shape = models_shape(number);
        struct trial trial;
        real all[3 * 64], kept[2 * 64];
        trial_init(&trial, &shape);
        fixture_weights(&trial.model.parameters, 11, 0.6, trial.block);
        two_steps(&trial, 0, all);
        two_steps(&trial, 1, kept);
        int R = shape_readout_width(&shape);
        assert_true(distance(kept, all, R) < 1e-5);
        assert_true(distance(kept + R, all + 2 * R, R) < 1e-5);
        assert_true(distance(kept + R, all + R, R) > 1e-3);
        trial_release(&trial);
    }
}

static void what_cannot_be_built_is_refused_in_words(void **state)
{
    (void)state;
    struct reason why;
    struct shape shape = models_shape(3);
    shape.decoder = DECODER_CONDITIONAL;
    assert_false(shape_check(&shape, &why));
    assert_string_equal(why.text, "decoder conditional needs context-use attention");
    shape = models_shape(0);
    shape.readout = 0;
    assert_false(shape_check(&shape, &why));
    assert_string_equal(why.text, "readout is 0: with attention it must be at least 1");
    shape = models_shape(3);
    shape.context_use = CONTEXT_USE_EVERY;
    assert_false(shape_check(&shape, &why));
    assert_string_equal(why.text, "context affine makes first states, and with context-use every "
                                  "there are none: choose last or mean");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_symbol_that_is_not_fed_has_an_embedding_only_where_the_output_shares_it),
        cmocka_unit_test(a_step_that_reads_nothing_has_no_input_and_runs_on_its_state),
        cmocka_unit_test(without_a_readout_the_output_reads_the_state),
        cmocka_unit_test(only_without_a_source_does_nothing_depend_on_it),
        cmocka_unit_test(a_decoder_without_a_source_is_started_with_none),
        cmocka_unit_test(rows_that_go_on_read_what_is_theirs),
        cmocka_unit_test(what_cannot_be_built_is_refused_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
