/* How many threads a rank runs, and how fast. */
#define _GNU_SOURCE // sched_getaffinity
#include "tests/trainer/made_root.h"
#include "trainer/host/cores.h"
#include <sched.h>
#include <unistd.h>

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
    assert_int_equal(cores_offered(), 0); // ctest is no launcher
}

static void a_governor_is_slow_by_its_driver(void **state)
{
    (void)state;
    cpu_set_t mask;
    int cpu = 0;
    assert_int_equal(sched_getaffinity(0, sizeof mask, &mask), 0);
    while (!CPU_ISSET(cpu, &mask))
        cpu++;
    char folder[128];
    snprintf(folder, sizeof folder, "sys/devices/system/cpu/cpu%d/cpufreq", cpu);
    assert_false(cores_slow(made_folder));
    made_file(folder, "scaling_driver", "acpi-cpufreq\n");
    made_file(folder, "scaling_governor", "schedutil\n");
    assert_false(cores_slow(made_folder));
    made_file(folder, "scaling_governor", "powersave\n");
    assert_true(cores_slow(made_folder));
    made_file(folder, "scaling_driver", "intel_pstate\n");
    assert_false(cores_slow(made_folder));
    made_file(folder, "scaling_driver", "amd-pstate-epp\n");
    assert_false(cores_slow(made_folder));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks_share_their_cores),
        cmocka_unit_test(the_users_environment_wins),
        cmocka_unit_test(cores_are_at_most_the_hardware_threads),
        cmocka_unit_test(a_governor_is_slow_by_its_driver),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
