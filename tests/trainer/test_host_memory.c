/* What memory there is, from folders that stand for the root. */
#include "tests/trainer/made_root.h"
#include "trainer/host/host_memory.h"

static void what_is_not_known_limits_nothing(void **state)
{
    (void)state;
    assert_true(host_memory(made_folder) == INT64_MAX);
}

static void what_is_available_is_the_hosts(void **state)
{
    (void)state;
    made_file("proc", "meminfo", "MemTotal: 9000 kB\nMemFree: 10 kB\nMemAvailable:  4000 kB\n");
    assert_int_equal(host_memory(made_folder), 4000 * 1024);
}

static void the_smallest_limit_of_a_group_and_what_it_is_in_counts(void **state)
{
    (void)state;
    made_file("proc/self", "cgroup", "9:name=systemd:/x\n0::/job/step\n");
    made_file("sys/fs/cgroup/job/step", "memory.max", "max\n");
    assert_int_equal(host_memory(made_folder), 4000 * 1024);
    made_file("sys/fs/cgroup/job", "memory.max", "3000000\n");
    assert_int_equal(host_memory(made_folder), 3000000);
    made_file("sys/fs/cgroup/job/step", "memory.max", "2000000\n");
    assert_int_equal(host_memory(made_folder), 2000000);
}

static void what_a_group_uses_already_is_not_left_but_for_pages_of_files(void **state)
{
    (void)state;
    made_file("sys/fs/cgroup/job", "memory.current", "1900000\n");
    assert_int_equal(host_memory(made_folder), 1100000);
    made_file("sys/fs/cgroup/job", "memory.stat", "anon 5\ninactive_file 800000\nslab 7\n");
    assert_int_equal(host_memory(made_folder), 1900000);
    made_file("sys/fs/cgroup/job", "memory.current", "9000000\n");
    assert_int_equal(host_memory(made_folder), 0);
}

static void limits_of_the_first_version_count_as_well(void **state)
{
    (void)state;
    made_file("proc/self", "cgroup", "4:memory:/not/seen/from/here\n3:cpu:/job\n");
    made_file("sys/fs/cgroup/memory", "memory.limit_in_bytes", "9223372036854771712\n");
    assert_int_equal(host_memory(made_folder), 4000 * 1024);
    made_file("sys/fs/cgroup/memory", "memory.limit_in_bytes", "1000000\n");
    assert_int_equal(host_memory(made_folder), 1000000);
    made_file("sys/fs/cgroup/memory", "memory.usage_in_bytes", "500000\n");
    made_file("sys/fs/cgroup/memory", "memory.stat",
              "inactive_file 1\ntotal_inactive_file 100000\n");
    assert_int_equal(host_memory(made_folder), 600000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_known_limits_nothing),
        cmocka_unit_test(what_is_available_is_the_hosts),
        cmocka_unit_test(the_smallest_limit_of_a_group_and_what_it_is_in_counts),
        cmocka_unit_test(what_a_group_uses_already_is_not_left_but_for_pages_of_files),
        cmocka_unit_test(limits_of_the_first_version_count_as_well),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
