// What a running text carries from update to update: whose it is, and when it is zero.
#include "comm/base/memory.h"
#include "comm/comm.h"
#include "trainer/run/carried.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { LANES = 4, ROWS = 3, LAYERS = 2, HIDDEN = 6 };

static struct settings settings = {.lanes = LANES, .batch_tokens = 65, .bptt = 20};
static struct corpus corpus = {.stream = 1};

static void start(struct run *run)
{
    const struct shape shape = {.side[TARGET] = {.form = FORM_SYMBOLS, .vocabulary = 9, .end = 1},
                                .head = HEAD_DECODE,
                                .embedding = 4,
                                .hidden = HIDDEN,
                                .decoder_layers = LAYERS,
                                .context_use = CONTEXT_USE_NONE};
    *run = (struct run){.settings = &settings, .corpus = &corpus};
    model_init(&run->model, &shape);
    carried_init(run);
    for (int64_t i = 0; i < LANES * carried_of_lane(run); i++)
        run->carried[i] = (float)i + 1;
}

static void end(struct run *run)
{
    memory_free(run->carried);
    model_release(&run->model);
}

static void a_lane_has_h_and_c_of_each_layer_and_row(void **state)
{
    (void)state;
    struct run run;
    start(&run);
    assert_int_equal(carried_rows(&settings), ROWS);
    assert_int_equal(carried_of_lane(&run), LAYERS * 2 * ROWS * HIDDEN);
    for (int i = 0; i < LANES; i++)
        assert_true(carried_lane(&run, i)[0] == (float)(i * LAYERS * 2 * ROWS * HIDDEN + 1));
    end(&run);
}

static void it_is_zero_at_the_start_of_an_epoch_alone(void **state)
{
    (void)state;
    struct run run;
    start(&run);
    carried_begin(&run, 3);
    assert_true(run.carried[5] == 6);
    carried_begin(&run, 0);
    for (int64_t i = 0; i < LANES * carried_of_lane(&run); i++)
        assert_true(run.carried[i] == 0);
    end(&run);
}

static void of_what_is_not_finite_the_lane_alone_begins_anew(void **state)
{
    (void)state;
    struct run run;
    start(&run);
    int64_t lane = carried_of_lane(&run);
    run.carried[lane + 7] = NAN;
    for (int i = 0; i < LANES; i++)
        carried_mend(&run, i);
    for (int64_t i = 0; i < LANES * lane; i++)
        assert_true(run.carried[i] == (i / lane == 1 ? 0 : (float)i + 1));
    end(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lane_has_h_and_c_of_each_layer_and_row),
        cmocka_unit_test(it_is_zero_at_the_start_of_an_epoch_alone),
        cmocka_unit_test(of_what_is_not_finite_the_lane_alone_begins_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
