/* What is said of hosts that could do better, and that nothing is said of those that could not. */
#include "trainer/host/performance.h"
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char *host_of(int rank)
{
    return rank < 2 ? "node01" : "node02";
}

/* Two hosts with two ranks each, every rank bound to 4 of 8 cores. */
static struct performance_rank ranks[4];
static struct performance performance;

static int well_set(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++)
        ranks[i] = (struct performance_rank){.host = 1 + i / 2,
                                             .mask = 1 + i % 2,
                                             .threads = 4,
                                             .cores = 4,
                                             .offered = 8,
                                             .quota = i < 2 ? 0 : 8,
                                             .widest = "SkylakeX"};
    performance = (struct performance){.ranks = ranks,
                                       .size = 4,
                                       .host_of = host_of,
                                       .kernel = "SkylakeX",
                                       .choosable = true,
                                       .optimised = true};
    return 0;
}

static void says(const char *expected)
{
    struct text lines = {0};
    text_add(&lines, "", 0);
    performance_words(&performance, &lines);
    assert_string_equal(lines.bytes, expected);
    text_release(&lines);
}

static void a_well_set_machine_is_quiet(void **state)
{
    (void)state;
    says("");
    performance.kernel = "Sapphirerapids";
    says("");
    performance.kernel = "Haswell";
    for (int i = 0; i < 4; i++)
        strcpy(ranks[i].widest, "Haswell");
    says("");
}

static void ranks_that_share_cores_are_counted(void **state)
{
    (void)state;
    assert_int_equal(performance_sharers(ranks, 4, 0), 1);
    ranks[3].mask = ranks[2].mask;
    assert_int_equal(performance_sharers(ranks, 4, 3), 2);
    assert_int_equal(performance_sharers(ranks, 4, 0), 1);
}

static void more_threads_than_cores_are_remarked_once(void **state)
{
    (void)state;
    ranks[1].threads = 6;
    ranks[2].threads = 9;
    ranks[2].quota = ranks[3].quota = 0;
    says("warning: 1 rank of 6 threads shares 4 cores on host 'node01': fewer --threads, or more "
         "cores for it: mpirun --map-by slot:PE=6 --bind-to core\n");
    ranks[1].threads = ranks[0].threads = 3;
    ranks[1].mask = ranks[0].mask;
    ranks[2].threads = 4;
    says("warning: 2 ranks of 3 threads share 4 cores on host 'node01': fewer ranks or --threads, "
         "or for each its own cores: mpirun --map-by slot:PE=3 --bind-to core\n");
}

static void a_quota_below_the_threads_is_remarked(void **state)
{
    (void)state;
    ranks[2].quota = ranks[3].quota = 7.5;
    says(""); // the eighth thread has half a core's time
    ranks[2].quota = ranks[3].quota = 2.5;
    says("warning: 8 threads on host 'node02' have the time of 2.5 cores, by the quota of a "
         "control group (cpu.max): fewer --threads, or a larger quota\n");
}

static void cores_that_mpirun_leaves_idle_are_remarked(void **state)
{
    (void)state;
    ranks[0].offered = ranks[1].offered = 0; // not started by mpirun
    ranks[2].offered = ranks[3].offered = 15;
    says("");
    ranks[2].offered = ranks[3].offered = 16;
    says("warning: mpirun bound its ranks to 8 of 16 cores on host 'node02': mpirun --map-by "
         "slot:PE=8 --bind-to core\n");
    ranks[2].threads = 5; // the same cure is not said twice
    ranks[2].quota = ranks[3].quota = 0;
    says("warning: 1 rank of 5 threads shares 4 cores on host 'node02': fewer --threads, or more "
         "cores for it: mpirun --map-by slot:PE=5 --bind-to core\n");
}

static void ranks_that_are_not_bound_leave_no_core_idle(void **state)
{
    (void)state;
    ranks[0].mask = ranks[1].mask = 9;
    ranks[0].cores = ranks[1].cores = 8;
    says("");
}

static void a_governor_that_saves_power_is_remarked(void **state)
{
    (void)state;
    ranks[2].slow = ranks[3].slow = 1;
    says("warning: the governor 'powersave' keeps the cores of host 'node02' at their lowest "
         "frequency: cpupower frequency-set --governor performance\n");
}

static void a_kernel_below_the_processors_is_remarked(void **state)
{
    (void)state;
    performance.kernel = "Haswell";
    says("warning: kernel Haswell is made of AVX2 and FMA, and the processors have AVX-512: "
         "--kernel SkylakeX would be faster\n");
    performance.asked = "--kernel";
    says("warning: kernel Haswell is made of AVX2 and FMA, and the processors have AVX-512: "
         "without --kernel it would be faster\n");
    performance.choosable = false;
    says("warning: kernel Haswell is made of AVX2 and FMA, and the processors have AVX-512: an "
         "OpenBLAS built for them, or with DYNAMIC_ARCH, would be faster\n");
    performance.kernel = "Prescott";
    performance.choosable = true;
    strcpy(ranks[3].widest, "Sandybridge"); // the least of the ranks is what they can agree on
    says("warning: kernel Prescott is made of SSE, and the processors have AVX: without --kernel "
         "it would be faster\n");
    strcpy(ranks[2].widest, "Prescott");
    says("");
}

static void the_generic_kernel_of_aarch64_is_remarked(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++)
        strcpy(ranks[i].widest, "NEOVERSEV1");
    performance.kernel = "neoversen1";
    says("");
    performance.kernel = "armv8";
    says("warning: OpenBLAS does not know this processor and took its generic kernel armv8: a "
         "newer OpenBLAS, or another --kernel, may be faster\n");
    performance.asked = "--kernel";
    says("");
}

static void a_build_without_optimisation_is_remarked(void **state)
{
    (void)state;
    performance.optimised = false;
    says("warning: chorus was built without optimisation and is many times slower: cmake --preset "
         "release\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_well_set_machine_is_quiet, well_set),
        cmocka_unit_test_setup(ranks_that_share_cores_are_counted, well_set),
        cmocka_unit_test_setup(more_threads_than_cores_are_remarked_once, well_set),
        cmocka_unit_test_setup(a_quota_below_the_threads_is_remarked, well_set),
        cmocka_unit_test_setup(cores_that_mpirun_leaves_idle_are_remarked, well_set),
        cmocka_unit_test_setup(ranks_that_are_not_bound_leave_no_core_idle, well_set),
        cmocka_unit_test_setup(a_governor_that_saves_power_is_remarked, well_set),
        cmocka_unit_test_setup(a_kernel_below_the_processors_is_remarked, well_set),
        cmocka_unit_test_setup(the_generic_kernel_of_aarch64_is_remarked, well_set),
        cmocka_unit_test_setup(a_build_without_optimisation_is_remarked, well_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
