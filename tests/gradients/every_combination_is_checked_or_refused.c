// The models that the gradient tests go through: what is among them, and that nothing else can be.
#include "tests/gradients/combinations.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

// shape_check refuses what it has to, and nothing else.
static void every_other_combination_is_refused(void **state)
{
    (void)state;
    struct combination c;
    for (int row = 0; combination_row(row, &c); row++)
        for (c.switches = 0; c.switches < 1U << COMBINATION_SWITCHES; c.switches++) {
            struct shape shape = combination_shape(&c);
            struct reason why;
            if (shape_check(&shape, &why) == combination_refused(&c)) {
                char name[256];
                combination_name(&c, name);
                fail_msg("%s: %s", name, combination_refused(&c) ? "not refused" : why.text);
            }
        }
}

// The values that a combination has, a bit each: of the tables' rows, then off and on of each
// switch.
static uint64_t values_of(const struct combination *c)
{
    uint64_t values = 0;
    int bit = 0;
    for (int table = 0; table < COMBINATION_TABLES; bit += combination_rows(table++))
        values |= 1ULL << (bit + c->row[table]);
    for (int i = 0; i < COMBINATION_SWITCHES; i++, bit += 2)
        values |= 1ULL << (bit + (int)(c->switches >> i & 1));
    assert_in_range(bit, 1, 64);
    return values;
}

static void add_pairs(uint64_t values, uint64_t pairs[64])
{
    for (uint64_t rest = values; rest; rest &= rest - 1)
        pairs[__builtin_ctzll(rest)] |= values;
}

// Of all pairs that any combination has, of two switches or of a row and a switch.
static void every_pair_of_values_is_drawn(void **state)
{
    (void)state;
    uint64_t possible[64] = {0}, drawn[64] = {0};
    struct combination c;
    for (int row = 0; combination_row(row, &c); row++)
        for (c.switches = 0; c.switches < 1U << COMBINATION_SWITCHES; c.switches++)
            if (!combination_refused(&c))
                add_pairs(values_of(&c), possible);
    for (int number = 0; combination(number, &c); number++)
        add_pairs(values_of(&c), drawn);
    int pairs = 0;
    for (int value = 0; value < 64; value++) {
        assert_true(drawn[value] == possible[value]);
        pairs += __builtin_popcountll(drawn[value]);
    }
    print_message("%d pairs of values\n", pairs / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pair_of_values_is_drawn),
        cmocka_unit_test(every_other_combination_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
