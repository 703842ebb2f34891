// What holds for every model whatever its weights: padding, order, neighbours, threads and
// repetition change nothing that they should not, and each dropout does something.
#include "model/product/threads.h"
#include "tests/model/models.h"
#include "tests/model/trial.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static bool near(double x, double y, double tolerance)
{
    return fabs(x - y) <= tolerance * fabs(y);
}

static bool same_bits(const struct trial *trial, const real *expected)
{
    size_t bytes = (size_t)trial->model.parameters.total * sizeof(real);
    return memcmp(trial->gradient, expected, bytes) == 0;
}

static void a_sentence_costs_the_same_alone_and_in_any_batch(void **state)
{
    (void)state;
    for (int number = 0; number < MODELS_ALL; number++) {
        struct shape shape = models_shape(number);
        struct trial trial;
        trial_init(&trial, &shape);
        double together[TRIAL_SENTENCES], halved[TRIAL_SENTENCES], alone;
        trial_pack(&trial, 0, TRIAL_SENTENCES);
        trial_losses(&trial, together);
        int half = TRIAL_SENTENCES / 2;
        trial_pack(&trial, half, TRIAL_SENTENCES - half);
        trial_losses(&trial, halved + half);
        for (int i = 0; i < TRIAL_SENTENCES; i++) {
            trial_pack(&trial, i, 1);
            trial_losses(&trial, &alone);
            assert_true(alone > 0);
            assert_true(near(together[i], alone, 1e-5));
            assert_true(i < half || near(halved[i], alone, 1e-5));
        }
        trial_release(&trial);
    }
}

static void the_gradient_of_a_batch_is_the_sum_over_its_sentences(void **state)
{
    (void)state;
    for (int number = 0; number < MODELS_ALL; number++) {
        struct shape shape = models_shape(number);
        shape.label_smoothing = 0.1;
        struct trial trial;
        trial_init(&trial, &shape);
        trial_pack(&trial, 0, TRIAL_SENTENCES);
        double together = trial_gradient(&trial), alone = 0;
        real *expected = trial_copy(&trial);
        trial_clear(&trial);
        for (int i = 0; i < TRIAL_SENTENCES; i++) {
            trial_pack(&trial, i, 1);
            alone += trial_add_gradient(&trial);
        }
        assert_true(near(alone, together, 1e-5));
        assert_true(trial_distance(&trial, expected) <= 1e-5);
        memory_free(expected);
        trial_release(&trial);
    }
}

static void fill_padding(struct batch *batch, const struct side_shape *target, int32_t symbol)
{
    for (int b = 0; b < batch->B; b++)
        for (int t = batch->target_length[b]; t < batch->T; t++)
            if (target->form == FORM_SYMBOLS)
                batch->target[t * batch->B + b] = symbol;
            else
                batch->target_values[(t * batch->B + b) * target->dimension] = symbol;
}

static void what_stands_in_the_padding_changes_no_bit(void **state)
{
    (void)state;
    for (int number = 0; number < MODELS_ALL; number++) {
        struct shape shape = models_shape(number);
        struct trial trial;
        trial_init(&trial, &shape);
        trial_pack(&trial, 0, TRIAL_SENTENCES);
        double loss = trial_gradient(&trial), losses[2][TRIAL_SENTENCES];
        trial_losses(&trial, losses[0]);
        real *expected = trial_copy(&trial);
        fill_padding(&trial.batch, &shape.side[TARGET], 7);
        assert_true(trial_gradient(&trial) == loss);
        assert_true(same_bits(&trial, expected));
        trial_losses(&trial, losses[1]);
        assert_memory_equal(losses[0], losses[1], sizeof losses[0]);
        memory_free(expected);
        trial_release(&trial);
    }
}

static void training_without_dropout_and_smoothing_has_the_plain_loss(void **state)
{
    (void)state;
    for (int number = 0; number < MODELS_ALL; number++) {
        struct shape plain = models_shape(number), smooth = plain, dropped;
        smooth.label_smoothing = 0.1;
        dropped = models_shape_in_training(number);
        double loss[3], sum[3];
        const struct shape *shapes[3] = {&plain, &smooth, &dropped};
        for (int i = 0; i < 3; i++) {
            struct trial trial;
            trial_init(&trial, shapes[i]);
            trial_pack(&trial, 0, TRIAL_SENTENCES);
            loss[i] = trial_gradient(&trial);
            double losses[TRIAL_SENTENCES];
            trial_losses(&trial, losses);
            sum[i] = 0;
            for (int j = 0; j < TRIAL_SENTENCES; j++)
                sum[i] += losses[j];
            trial_release(&trial);
        }
        assert_true(near(loss[0], sum[0], 1e-6));
        if (plain.side[TARGET].form == FORM_SYMBOLS)
            assert_false(near(loss[1], sum[1], 1e-4));
        assert_false(near(loss[2], sum[2], 1e-4));
        // The plain loss knows neither.
        assert_true(sum[1] == sum[0] && sum[2] == sum[0]);
    }
}

static void lengths_of_1_and_400_stand_side_by_side(void **state)
{
    (void)state;
    static const int sources[3] = {1, 400, 3}, seconds[3] = {2, 1, 400}, targets[3] = {400, 1, 0};
    static const int *const lengths[SIDES] = {sources, seconds, targets};
    for (int number = 0; number < MODELS; number++) {
        struct shape shape = models_shape(number);
        shape.side[SOURCE].end = shape.side[SECOND].end = 0;
        struct trial trial;
        trial_init(&trial, &shape);
        fixture_release(&trial.fixture);
        fixture_of_shape(&trial.fixture, &shape, 3, lengths, 8);
        batch_pack(&trial.batch, &shape, trial.fixture.sentences, 3);
        double loss = trial_gradient(&trial), losses[3], alone;
        trial_losses(&trial, losses);
        assert_true(near(losses[0] + losses[1] + losses[2], loss, 1e-5));
        double norm = trial_distance(&trial, trial.gradient);
        assert_true(norm == 0); // not a NaN
        for (int i = 0; i < 3; i++) {
            batch_pack(&trial.batch, &shape, trial.fixture.sentences + i, 1);
            trial_losses(&trial, &alone);
            assert_true(near(losses[i], alone, 1e-5));
        }
        trial_release(&trial);
    }
}

static void an_empty_batch_costs_nothing_and_adds_nothing(void **state)
{
    (void)state;
    for (int number = 0; number < MODELS_ALL; number++) {
        struct shape shape = models_shape_in_training(number);
        struct trial trial;
        trial_init(&trial, &shape);
        for (int64_t i = 0; i < trial.model.parameters.total; i++)
            trial.gradient[i] = (real)(i % 7) - 3;
        real *expected = trial_copy(&trial);
        trial_pack(&trial, 0, 0);
        assert_true(trial_add_gradient(&trial) == 0);
        assert_true(same_bits(&trial, expected));
        trial_losses(&trial, NULL);
        assert_true(model_cost(&trial.model, 0, trial.lengths) == 0);
        memory_free(expected);
        trial_release(&trial);
    }
}

static void the_gradient_is_added_to_what_is_there(void **state)
{
    (void)state;
    for (int number = 0; number < MODELS_ALL; number++) {
        struct shape shape = models_shape_in_training(number);
        struct trial trial;
        trial_init(&trial, &shape);
        trial_pack(&trial, 0, TRIAL_SENTENCES);
        trial_gradient(&trial);
        real *expected = trial_copy(&trial);
        for (int64_t i = 0; i < trial.model.parameters.total; i++)
            expected[i] *= 2;
        trial_add_gradient(&trial);
        assert_true(trial_distance(&trial, expected) <= 1e-6);
        memory_free(expected);
        trial_release(&trial);
    }
}

// Wide enough that products, rows and the output layer are cut into several pieces.
static struct shape wide(int number)
{
    struct shape shape = models_shape_in_training(number);
    shape.side[SOURCE].vocabulary = shape.side[TARGET].vocabulary = 1500;
    shape.embedding = 80;
    shape.hidden = 160;
    shape.encoder_hidden = 80;
    shape.attention_hidden = 160;
    shape.readout = shape.attention_state == ATTENTION_CURRENT ? 160 : 112;
    return shape;
}

static void one_two_and_four_threads_give_the_same_bits(void **state)
{
    (void)state;
    for (int number = 0; number < MODELS_ALL; number++) {
        struct shape shape = wide(number);
        struct trial trial;
        trial_init(&trial, &shape);
        trial_pack(&trial, 0, TRIAL_SENTENCES);
        threads_set(1);
        double loss = trial_gradient(&trial), losses[2][TRIAL_SENTENCES];
        trial_losses(&trial, losses[0]);
        real *expected = trial_copy(&trial);
        for (int count = 2; count <= 4; count += 2) {
            threads_set(count);
            assert_true(trial_gradient(&trial) == loss);
            assert_true(same_bits(&trial, expected));
            trial_losses(&trial, losses[1]);
            assert_memory_equal(losses[0], losses[1], sizeof losses[0]);
        }
        threads_set(1);
        memory_free(expected);
        trial_release(&trial);
    }
}

static void masks_follow_from_seed_update_and_lane(void **state)
{
    (void)state;
    for (int number = 0; number < MODELS_ALL; number++) {
        struct shape shape = models_shape_in_training(number);
        struct trial trial;
        trial_init(&trial, &shape);
        trial_pack(&trial, 0, TRIAL_SENTENCES);
        const struct random_key key = trial.key;
        double loss = trial_gradient(&trial);
        real *expected = trial_copy(&trial);
        trial.key.update++;
        assert_true(trial_gradient(&trial) != loss);
        trial.key = key;
        trial.key.lane++;
        assert_true(trial_gradient(&trial) != loss);
        trial.key = key;
        trial.key.seed++;
        assert_true(trial_gradient(&trial) != loss);
        trial.key = key;
        trial.key.purpose = RANDOM_TIES; // the caller's purpose is not looked at
        assert_true(trial_gradient(&trial) == loss);
        assert_true(same_bits(&trial, expected));
        memory_free(expected);
        trial_release(&trial);
    }
}

static double loss_of(const struct shape *shape, struct random_key key)
{
    struct trial trial;
    trial_init(&trial, shape);
    trial_pack(&trial, 0, TRIAL_SENTENCES);
    trial.key = key;
    double loss = trial_gradient(&trial);
    trial_release(&trial);
    return loss;
}

static void each_dropout_by_itself_changes_the_loss_with_seed_update_and_lane(void **state)
{
    (void)state;
    static const struct random_key keys[] = {
        {.seed = 1, .update = 1, .lane = 1},
        {.seed = 2, .update = 1, .lane = 1},
        {.seed = 1, .update = 2, .lane = 1},
        {.seed = 1, .update = 1, .lane = 2},
    };
    for (int number = 1; number <= 2; number++) { // two layers: dropout between them too
        struct shape plain = models_shape(number);
        double loss = loss_of(&plain, keys[0]);
        assert_true(loss_of(&plain, keys[1]) == loss);
        struct shape shapes[8] = {plain, plain, plain, plain, plain, plain, plain, plain};
        double losses[8];
        shapes[0].dropout_embedding = 0.2;
        shapes[1].dropout_layer = 0.2;
        shapes[2].dropout_encoder = 0.2;
        shapes[3].dropout_output = 0.2;
        shapes[4].unknown_dropout = 0.2;
        shapes[5].dropout_embedding = shapes[6].dropout_layer = shapes[7].dropout_state = 0.2;
        shapes[5].variational = shapes[6].variational = 1;
        for (int i = 0; i < 8; i++) {
            double dropped = losses[i] = loss_of(&shapes[i], keys[0]);
            assert_true(dropped != loss);
            for (int j = 0; j < i; j++)
                assert_true(dropped != losses[j]);
            for (int k = 1; k < 4; k++)
                assert_true(loss_of(&shapes[i], keys[k]) != dropped);
        }
    }
}

static double row_norm(const struct trial *trial, const char *name, int row)
{
    const struct parameter *parameter = parameters_find(&trial->model.parameters, name);
    const real *gradient = trial->gradient + parameter->first + (int64_t)row * parameter->columns;
    double sum = 0;
    for (int j = 0; j < parameter->columns; j++)
        sum += (double)gradient[j] * (double)gradient[j];
    return sum;
}

static void unknown_dropout_teaches_the_unknown_source_word_only(void **state)
{
    (void)state;
    struct shape shape =
        models_shape(4); // not tied: an embedding's gradient comes from its words alone
    shape.unknown_dropout = 1 - 1e-9;
    struct trial trial;
    trial_init(&trial, &shape);
    trial_pack(&trial, 0, TRIAL_SENTENCES);
    trial_gradient(&trial);
    assert_true(row_norm(&trial, "source.embedding", SYMBOL_UNKNOWN) > 0);
    for (int row = SYMBOLS_RESERVED; row < shape.side[SOURCE].vocabulary; row++)
        assert_true(row_norm(&trial, "source.embedding", row) == 0);
    int taught = 0;
    for (int row = SYMBOLS_RESERVED; row < shape.side[TARGET].vocabulary; row++)
        taught += row_norm(&trial, "target.embedding", row) > 0;
    assert_true(taught > 20);
    trial_release(&trial);
}

static void cost_and_memory_grow_with_what_there_is_to_do(void **state)
{
    (void)state;
    for (int number = 0; number < MODELS_ALL; number++) {
        struct shape shape = models_shape_in_training(number);
        struct trial trial;
        trial_init(&trial, &shape);
        int64_t before = 0;
        for (int count = 1; count <= TRIAL_SENTENCES; count++) {
            int64_t cost = model_cost(&trial.model, count, trial.lengths);
            assert_true(cost > before);
            before = cost;
        }
        trial_pack(&trial, 0, TRIAL_SENTENCES);
        const struct sentence longest = trial.fixture.sentences[5];
        if (shape.head != HEAD_DECODE) // there is no padding
            batch_pack(&trial.batch, &shape,
                       (struct sentence[]){longest, longest, longest, longest}, 4);
        trial_gradient(&trial);
        const struct batch *batch = &trial.batch;
        const int steps[SIDES] = {batch->source[SOURCE].S, batch->source[SECOND].S, batch->T};
        double estimate = (double)model_memory(&trial.model, batch->B, steps);
        assert_true(estimate > 0.5 * (double)trial.arena.used);
        assert_true(estimate < 2.0 * (double)trial.arena.used);
        trial_release(&trial);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sentence_costs_the_same_alone_and_in_any_batch),
        cmocka_unit_test(the_gradient_of_a_batch_is_the_sum_over_its_sentences),
        cmocka_unit_test(what_stands_in_the_padding_changes_no_bit),
        cmocka_unit_test(training_without_dropout_and_smoothing_has_the_plain_loss),
        cmocka_unit_test(lengths_of_1_and_400_stand_side_by_side),
        cmocka_unit_test(an_empty_batch_costs_nothing_and_adds_nothing),
        cmocka_unit_test(the_gradient_is_added_to_what_is_there),
        cmocka_unit_test(one_two_and_four_threads_give_the_same_bits),
        cmocka_unit_test(masks_follow_from_seed_update_and_lane),
        cmocka_unit_test(each_dropout_by_itself_changes_the_loss_with_seed_update_and_lane),
        cmocka_unit_test(unknown_dropout_teaches_the_unknown_source_word_only),
        cmocka_unit_test(cost_and_memory_grow_with_what_there_is_to_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
