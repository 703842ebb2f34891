/* The limits of control groups on time, from folders that stand for the root. */
#include "tests/trainer/made_root.h"
#include "trainer/host/cgroup.h"

static void without_a_quota_nothing_is_limited(void **state)
{
    (void)state;
    assert_true(cgroup_cores(made_folder) == 0);
    made_file("proc/self", "cgroup", "9:name=systemd:/x\n0::/job/step\n");
    made_file("sys/fs/cgroup/job/step", "cpu.max", "max 100000\n");
    assert_true(cgroup_cores(made_folder) == 0);
}

static void the_smallest_quota_of_a_group_and_what_it_is_in_counts(void **state)
{
    (void)state;
    made_file("sys/fs/cgroup/job", "cpu.max", "400000 100000\n");
    assert_true(cgroup_cores(made_folder) == 4);
    made_file("sys/fs/cgroup/job/step", "cpu.max", "75000 50000\n");
    assert_true(cgroup_cores(made_folder) == 1.5);
    made_file("sys/fs/cgroup/job/step", "cpu.max", "900000 100000\n");
    assert_true(cgroup_cores(made_folder) == 4);
}

static void quotas_of_the_first_version_count_as_well(void **state)
{
    (void)state;
    made_file("proc/self", "cgroup", "5:cpuset:/job\n4:cpu,cpuacct:/not/seen/from/here\n");
    made_file("sys/fs/cgroup/cpu", "cpu.cfs_quota_us", "-1\n");
    made_file("sys/fs/cgroup/cpu", "cpu.cfs_period_us", "100000\n");
    assert_true(cgroup_cores(made_folder) == 0);
    made_file("sys/fs/cgroup/cpu", "cpu.cfs_quota_us", "250000\n");
    assert_true(cgroup_cores(made_folder) == 2.5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_quota_nothing_is_limited),
        cmocka_unit_test(the_smallest_quota_of_a_group_and_what_it_is_in_counts),
        cmocka_unit_test(quotas_of_the_first_version_count_as_well),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
