/* Without a launcher's environment comm is one rank, and MPI is never called. */
#include "comm/comm.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char *const VARIABLES[] = {
    "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "PMIX_RANK",
    "PMIX_NAMESPACE",       "SLURM_NTASKS",         "SLURM_STEP_NUM_TASKS"};

static int forget_launcher(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof VARIABLES / sizeof *VARIABLES; i++)
        unsetenv(VARIABLES[i]);
    return 0;
}

static void assert_launcher(int rank, int size)
{
    assert_int_equal(comm_launcher_rank(), rank);
    assert_int_equal(comm_launcher_size(), size);
}

static void without_a_launcher_there_is_one_rank(void **state)
{
    (void)state;
    assert_launcher(0, 1);
    assert_string_equal(comm_library(), "none");
}

static void a_job_of_slurm_is_no_launcher(void **state)
{
    (void)state;
    setenv("SLURM_NTASKS", "16", 1);
    assert_launcher(0, 1);
}

static void mpirun_is_read(void **state)
{
    (void)state;
    setenv("OMPI_COMM_WORLD_RANK", "5", 1);
    setenv("OMPI_COMM_WORLD_SIZE", "8", 1);
    assert_launcher(5, 8);
    assert_memory_equal(comm_library(), "Open MPI ", 9);
}

static void srun_with_pmix_is_read(void **state)
{
    (void)state;
    setenv("PMIX_RANK", "3", 1);
    assert_launcher(0, 1);
    setenv("PMIX_NAMESPACE", "slurm.pmix.12.0", 1);
    assert_launcher(3, 1);
    setenv("SLURM_NTASKS", "16", 1);
    assert_launcher(3, 16);
    setenv("SLURM_STEP_NUM_TASKS", "6", 1);
    assert_launcher(3, 6);
}

static void all_of_comm_works_alone(void **state)
{
    (void)state;
    char host[256] = "";
    gethostname(host, sizeof host - 1);
    comm_start();
    assert_int_equal(comm_rank(), 0);
    assert_int_equal(comm_size(), 1);
    assert_int_equal(comm_hosts(), 1);
    assert_string_equal(comm_host(), host);
    assert_string_equal(comm_host_of(0), host);
    assert_int_equal(comm_agree(NULL, 0, 6), 6);
    double real = 0.1;
    int64_t integer = 7;
    int gathered = 0;
    comm_sum_reals(&real, 1);
    comm_sum_integers(&integer, 1);
    comm_broadcast(&integer, sizeof integer, 0);
    comm_all_gather(&(int){5}, sizeof(int), &gathered);
    assert_true(real == 0.1 && integer == 7 && gathered == 5);
    comm_stop();
}

static void texts_are_gathered_alone(void **state)
{
    (void)state;
    struct text mine, all;
    uint64_t length;
    text_init(&mine);
    text_init(&all);
    text_add(&mine, "word", 4);
    comm_start();
    comm_broadcast_text(&mine, 0);
    comm_gather_text(&mine, &all, &length);
    comm_stop();
    assert_string_equal(mine.bytes, "word");
    assert_string_equal(all.bytes, "word");
    assert_int_equal(length, 4);
    text_release(&mine);
    text_release(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(without_a_launcher_there_is_one_rank, forget_launcher),
        cmocka_unit_test_setup(a_job_of_slurm_is_no_launcher, forget_launcher),
        cmocka_unit_test_setup(mpirun_is_read, forget_launcher),
        cmocka_unit_test_setup(srun_with_pmix_is_read, forget_launcher),
        cmocka_unit_test_setup(all_of_comm_works_alone, forget_launcher),
        cmocka_unit_test_setup(texts_are_gathered_alone, forget_launcher),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
