#include "plan_quality.h"

/* About as Multi30k: 13 tokens and 4 up or down, sides that go together. */
static struct text_lengths made_up(int count)
{
    struct random_key key = {.seed = 21, .purpose = RANDOM_WEIGHTS};
    struct text_lengths lengths = {.count = count};
    lengths.list = calloc((size_t)count, sizeof *lengths.list);
    for (int i = 0; i < count; i++) {
        double draws[3]; // both sides', each side's own
        random_normals(&key, 3 * (uint64_t)i, 3, draws);
        for (int side = 0; side < SIDES; side += TARGET) {
            double own = draws[1 + (side == TARGET)];
            int length = (int)lround(12.5 * exp(0.28 * draws[0] + 0.14 * own));
            lengths.list[i][side] = length < 2 ? 2 : length;
        }
    }
    return lengths;
}

static void made_up_lengths_balance_and_mix(void **state)
{
    (void)state;
    struct text_lengths lengths = made_up(29000);
    assert_good_plan(&lengths);
    free(lengths.list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(made_up_lengths_balance_and_mix)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
