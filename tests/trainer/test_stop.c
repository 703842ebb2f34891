/* Requests to stop, each in a process of its own: handlers and flags are the process's. */
#include "trainer/stop.h"
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signal_is_remembered_by_name),
        cmocka_unit_test(repetitions_are_ignored),
        cmocka_unit_test(a_second_interrupt_ends_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
