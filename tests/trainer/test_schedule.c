#include "trainer/run/schedule.h"
#include "trainer/settings/schedules.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct settings settings_of(const char *schedule)
{
    int row = 0;
    while (strcmp(schedule_table[row].name, schedule) != 0)
        row++;
    return (struct settings){.schedule = row,
                             .learning_rate = 0.1,
                             .warmup = 10,
                             .decay_updates = 110,
                             .plateau_factor = 0.5,
                             .plateau_patience = 2,
                             .patience = 3};
}

static void warmup_is_linear_before_every_schedule(void **state)
{
    (void)state;
    struct train_state at = {.rate_factor = 1};
    for (int row = 0; schedule_table[row].name; row++) {
        struct settings settings = settings_of(schedule_table[row].name);
        assert_true(fabs(schedule_rate(&settings, &at, 1) - 0.01) < 1e-15);
        assert_true(fabs(schedule_rate(&settings, &at, 5) - 0.05) < 1e-15);
        assert_true(fabs(schedule_rate(&settings, &at, 10) - 0.1) < 1e-15);
    }
}

static void rates_follow_their_schedule(void **state)
{
    (void)state;
    struct train_state at = {.rate_factor = 0.25};
    struct settings s = settings_of("constant");
    assert_true(schedule_rate(&s, &at, 1000) == 0.1);
    s = settings_of("plateau");
    assert_true(schedule_rate(&s, &at, 1000) == 0.025);
    s = settings_of("inverse-sqrt");
    assert_true(fabs(schedule_rate(&s, &at, 40) - 0.05) < 1e-15);
    s.warmup = 0;
    assert_true(fabs(schedule_rate(&s, &at, 4) - 0.05) < 1e-15);
    s = settings_of("linear");
    assert_true(fabs(schedule_rate(&s, &at, 60) - 0.05) < 1e-15);
    assert_true(schedule_rate(&s, &at, 110) == 0);
    assert_true(schedule_rate(&s, &at, 200) == 0);
}

static int validated(const struct settings *settings, struct train_state *at, double loss)
{
    at->update += 100;
    at->validation_due = 1;
    at->sum_tokens = 5;
    int best = schedule_validated(settings, at, loss, loss);
    assert_int_equal(at->validation_due, 0);
    assert_int_equal(at->sum_tokens, 0);
    return best;
}

static void plateau_halves_after_bad_validations_and_patience_ends(void **state)
{
    (void)state;
    struct settings s = settings_of("plateau");
    struct train_state at = {.rate_factor = 1};
    assert_true(validated(&s, &at, 2.0));
    assert_true(validated(&s, &at, 1.5));
    assert_false(validated(&s, &at, 1.5)); // no better is bad
    assert_true(at.rate_factor == 1);
    assert_false(validated(&s, &at, 1.6));
    assert_true(at.rate_factor == 0.5);
    assert_int_equal(schedule_ending(&s, &at), ENDING_NONE);
    assert_false(validated(&s, &at, 1.7));
    assert_int_equal(schedule_ending(&s, &at), ENDING_PATIENCE);
    assert_int_equal(at.best_update, 200);
    assert_true(at.best_loss == 1.5);
    assert_true(validated(&s, &at, 1.4));
    assert_int_equal(schedule_ending(&s, &at), ENDING_NONE);
}

/* As with a metric that is better the more there is of it: its cost falls while the loss rises. */
static void best_goes_by_the_cost_and_divergence_by_the_loss(void **state)
{
    (void)state;
    struct reason why;
    struct settings s = {.divergence = 3, .valid_metric = "bleu", .patience = 1};
    struct train_state at = {.update = 100};
    assert_true(schedule_validated(&s, &at, 2.0, -10));
    at.update = 200;
    assert_true(schedule_validated(&s, &at, 4.0, -20));
    assert_int_equal(at.best_update, 200);
    assert_true(at.best_loss == -20 && at.lowest_loss == 2);
    at.update = 300;
    assert_false(schedule_validated(&s, &at, 1.5, -20));
    assert_int_equal(schedule_ending(&s, &at), ENDING_PATIENCE);
    assert_true(at.best_loss == -20 && at.lowest_loss == 1.5);
    assert_true(schedule_sound(&s, &at, 4.5, log(1000), &why));
    assert_false(schedule_sound(&s, &at, 5, log(1000), &why));
    assert_string_equal(why.text,
                        "validation loss 5 at update 300 is more than 3 nats above 1.5, its "
                        "lowest: training diverges (start anew with a lower --learning-rate, or "
                        "--divergence 0 to go on)");
}

static void divergence_is_a_loss_far_above_the_best(void **state)
{
    (void)state;
    struct reason why;
    struct settings s = {.divergence = 3, .valid_metric = "perplexity"};
    struct train_state at = {.update = 200};
    assert_true(schedule_sound(&s, &at, 9.9, log(1000), &why)); // nothing was better yet
    assert_false(schedule_sound(&s, &at, 10, log(1000), &why));
    assert_string_equal(why.text,
                        "validation loss 10 at update 200 is more than 3 nats above 6.908, that of "
                        "guessing: training diverges (start anew with a lower --learning-rate, or "
                        "--divergence 0 to go on)");
    assert_false(schedule_sound(&s, &at, NAN, log(1000), &why));
    schedule_validated(&s, &at, 4.0, 4.0);
    at.update = 800;
    assert_true(schedule_sound(&s, &at, 7.0, log(1000), &why));
    assert_false(schedule_sound(&s, &at, 7.25, log(1000), &why));
    assert_string_equal(why.text,
                        "validation loss 7.25 at update 800 is more than 3 nats above 4, its best "
                        "at update 200: training diverges (start anew with a lower "
                        "--learning-rate, or --divergence 0 to go on)");
    s.divergence = 0;
    assert_true(schedule_sound(&s, &at, 1e30, log(1000), &why));
    assert_false(schedule_sound(&s, &at, INFINITY, log(1000), &why));
    assert_string_equal(why.text,
                        "validation loss at update 800 is not finite: training diverges (start "
                        "anew with a lower --learning-rate)");
}

static void guessing_is_of_what_the_target_is_made(void **state)
{
    (void)state;
    struct shape shape = {.head = HEAD_DECODE,
                          .side = {[TARGET] = {.form = FORM_SYMBOLS, .vocabulary = 1000}}};
    assert_true(schedule_guessing(&shape) == log(1000));
    shape.side[TARGET] = (struct side_shape){.form = FORM_VECTORS, .dimension = 3};
    assert_true(schedule_guessing(&shape) == 1.5 + log(2));
    shape.head = HEAD_STEP;
    assert_true(schedule_guessing(&shape) == 1.5);
}

static void limits_end_a_run(void **state)
{
    (void)state;
    struct settings s = {.updates = 10};
    struct train_state at = {.update = 9, .epoch = 99};
    assert_int_equal(schedule_ending(&s, &at), ENDING_NONE);
    at.update = 10;
    assert_int_equal(schedule_ending(&s, &at), ENDING_UPDATES);
    s = (struct settings){.epochs = 100};
    assert_int_equal(schedule_ending(&s, &at), ENDING_NONE);
    at.epoch = 100;
    assert_int_equal(schedule_ending(&s, &at), ENDING_EPOCHS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(warmup_is_linear_before_every_schedule),
        cmocka_unit_test(rates_follow_their_schedule),
        cmocka_unit_test(plateau_halves_after_bad_validations_and_patience_ends),
        cmocka_unit_test(best_goes_by_the_cost_and_divergence_by_the_loss),
        cmocka_unit_test(divergence_is_a_loss_far_above_the_best),
        cmocka_unit_test(guessing_is_of_what_the_target_is_made),
        cmocka_unit_test(limits_end_a_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
