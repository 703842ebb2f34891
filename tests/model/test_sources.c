// What holds for every model of two sources.
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

// Two sources are sorted by length each by itself: here in many ways, the second's sentences going
// round among the first's.
static void each_source_has_its_own_order(void **state)
{
    (void)state;
    int two = 0;
    for (int number = 0; number < MODELS_ALL; number++) {
        struct shape shape = models_shape(number);
        if (shape_sources(&shape) < 2)
            continue;
        struct trial trial;
        trial_init(&trial, &shape);
        struct sentence *sentences = trial.fixture.sentences, given[TRIAL_SENTENCES];
        memcpy(given, sentences, sizeof given);
        double before[TRIAL_SENTENCES] = {0}, together[TRIAL_SENTENCES], alone;
        for (int by = 0; by < TRIAL_SENTENCES; by++) {
            for (int i = 0; i < TRIAL_SENTENCES; i++)
                sentences[i].side[SECOND] = given[(i + by) % TRIAL_SENTENCES].side[SECOND];
            trial_pack(&trial, 0, TRIAL_SENTENCES);
            trial_losses(&trial, together);
            for (int i = 0; i < TRIAL_SENTENCES; i++) {
                trial_pack(&trial, i, 1);
                trial_losses(&trial, &alone);
                assert_true(near(together[i], alone, 1e-5));
                assert_false(near(together[i], before[i], 1e-6));
                before[i] = together[i];
            }
        }
        trial_release(&trial);
        two++;
    }
    assert_int_equal(two, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_source_has_its_own_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
