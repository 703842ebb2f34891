/* Requests to stop, each in a process of its own: handlers and flags are the process's. */
#include "trainer/process/stop.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Sends the signals in order; status 0 if then a stop is requested, by the first of them. */
static int status_after(const int *signals, const char *name)
{
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        stop_start();
        int early = stop_requested();
        for (; *signals; signals++)
            raise(*signals);
        _exit(early || !stop_requested() || stop_requested() & ~STOP_FLAG ||
              strcmp(stop_words() + strlen("stopped by "), name) != 0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void a_signal_is_remembered_by_name(void **state)
{
    (void)state;
    assert_int_equal(status_after((const int[]){SIGUSR1, 0}, "SIGUSR1"), 0);
    assert_int_equal(status_after((const int[]){SIGTERM, 0}, "SIGTERM"), 0);
    assert_int_equal(status_after((const int[]){SIGINT, 0}, "SIGINT"), 0);
    assert_int_equal(status_after((const int[]){SIGHUP, 0}, "SIGHUP"), 0);
}

static void repetitions_are_ignored(void **state)
{
    (void)state;
    const int twice[] = {SIGUSR1, SIGTERM, SIGTERM, SIGUSR1, SIGHUP, SIGINT, 0};
    assert_int_equal(status_after(twice, "SIGUSR1"), 0);
}

static void a_second_interrupt_ends_at_once(void **state)
{
    (void)state;
    assert_int_equal(status_after((const int[]){SIGTERM, SIGINT, SIGINT, 0}, "SIGTERM"), 130);
}

/* In a process of its own: with `needed` seconds before the end, is a stop requested, and why? */
static const char *words_late(const char *after, double job_left, double needed)
{
    static char words[128];
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        char end[32];
        snprintf(end, sizeof end, "%lld", (long long)time(NULL) + (long long)job_left);
        if (job_left > 0)
            setenv("SLURM_JOB_END_TIME", end, 1);
        else
            unsetenv("SLURM_JOB_END_TIME");
        stop_start();
        stop_deadline(after);
        stop_if_late(needed);
        const char *said = stop_requested() ? stop_words() : "";
        _exit(write(ends[1], said, strlen(said)) != (ssize_t)strlen(said));
    }
    close(ends[1]);
    ssize_t length = read(ends[0], words, sizeof words - 1);
    words[length > 0 ? length : 0] = '\0';
    close(ends[0]);
    waitpid(child, NULL, 0);
    return words;
}

static void time_is_over_when_less_is_left_than_needed(void **state)
{
    (void)state;
    static const char job[] = "stopped: the job's time is over (SLURM_JOB_END_TIME)";
    static const char after[] = "stopped: --stop-after 1h is over";
    assert_string_equal(words_late(NULL, 0, 1e12), "");
    assert_string_equal(words_late("1h", 0, 3000), "");
    assert_string_equal(words_late("1h", 0, 4000), after);
    assert_string_equal(words_late(NULL, 5000, 4000), "");
    assert_string_equal(words_late(NULL, 5000, 6000), job);
    assert_string_equal(words_late("1h", 5000, 4000), after);
    assert_string_equal(words_late("1h", 5000, 6000), after);
    assert_string_equal(words_late("1h", 2000, 3000), job);
    assert_string_equal(words_late("2h", 5000, 4000), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signal_is_remembered_by_name),
        cmocka_unit_test(repetitions_are_ignored),
        cmocka_unit_test(a_second_interrupt_ends_at_once),
        cmocka_unit_test(time_is_over_when_less_is_left_than_needed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
