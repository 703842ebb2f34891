/* How many threads a rank runs. */
#include "trainer/cores.h"
#include <stdlib.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void ranks_share_their_cores(void **state)
{
    (void)state;
    assert_int_equal(cores_threads(NULL, 8, 1), 8);
    assert_int_equal(cores_threads(NULL, 8, 3), 2);
    assert_int_equal(cores_threads(NULL, 2, 5), 1);
}

static void the_users_environment_wins(void **state)
{
    (void)state;
    assert_int_equal(cores_threads("3", 8, 2), 3);
    assert_int_equal(cores_threads("3,2", 8, 2), 3);
    assert_int_equal(cores_threads("", 8, 2), 4);
    assert_int_equal(cores_threads("0", 8, 2), 4);
    assert_int_equal(cores_threads("many", 8, 2), 4);
    assert_int_equal(cores_threads("2x", 8, 2), 4);
}

static void cores_are_at_most_the_hardware_threads(void **state)
{
    (void)state;
    assert_in_range(cores_count(), 1, (int)sysconf(_SC_NPROCESSORS_CONF));
    assert_true(cores_mask() == cores_mask());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks_share_their_cores),
        cmocka_unit_test(the_users_environment_wins),
        cmocka_unit_test(cores_are_at_most_the_hardware_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
