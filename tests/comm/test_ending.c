/* How a job on ranks ends when something is wrong, seen from outside: this program runs itself
 * under mpirun with the name of a misfortune, and reads what is printed and the status. */
#include "comm/base/die.h"
#include "comm/comm.h"
#include "comm/watch.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void one_in_trouble(void)
{
    comm_agree(comm_rank() == 2 ? "corpus 'x': gone" : NULL, STATUS_FAILED, 0);
}

static void two_in_trouble(void)
{
    comm_agree(comm_rank() >= 1 ? "corpus 'x': gone" : NULL, STATUS_FAILED, 0);
}

static void wrong_usage(void)
{
    comm_agree(comm_rank() == 0 ? "1 wrong setting\n    lanes: 0" : NULL, STATUS_USAGE, 0);
}

static void death_in_a_sum(void)
{
    double value = 1;
    if (comm_rank() == 1)
        die("quota exceeded");
    comm_sum_reals(&value, 1);
}

static void kill_in_a_sum(void)
{
    double value = 1;
    if (comm_rank() == 1)
        raise(SIGKILL);
    comm_sum_reals(&value, 1);
}

/* Each rank waits for the next one. */
static void wait_in_a_chain(void)
{
    char byte = 0;
    if (comm_rank() < 2)
        comm_receive(comm_rank() + 1, &byte, 1);
    if (comm_rank() > 0)
        comm_send(comm_rank() - 1, &byte, 1);
}

static void stop_in_a_chain(void)
{
    watch_start(4, NULL);
    if (comm_rank() == 2)
        raise(SIGSTOP);
    wait_in_a_chain();
}

static void two_stops_in_a_chain(void)
{
    watch_start(4, NULL);
    if (comm_rank() != 1)
        raise(SIGSTOP);
    wait_in_a_chain();
}

static void nothing_wrong(void)
{
    comm_agree(NULL, STATUS_FAILED, 0);
}

static const struct {
    const char *name;
    void (*happen)(void);
} MISFORTUNES[] = {
    {"one-in-trouble", one_in_trouble},   {"two-in-trouble", two_in_trouble},
    {"wrong-usage", wrong_usage},         {"death-in-a-sum", death_in_a_sum},
    {"kill-in-a-sum", kill_in_a_sum},     {"nothing-wrong", nothing_wrong},
    {"stop-in-a-chain", stop_in_a_chain}, {"two-stops-in-a-chain", two_stops_in_a_chain},
};

static int suffer(const char *name)
{
    comm_start();
    for (size_t i = 0; i < sizeof MISFORTUNES / sizeof *MISFORTUNES; i++)
        if (strcmp(MISFORTUNES[i].name, name) == 0)
            MISFORTUNES[i].happen();
    comm_stop();
    return comm_rank() == 0 ? STATUS_STOPPED : STATUS_DONE;
}

static char said[65536];

/* Three ranks suffer it, in less than a minute; returns the status. What they say is in `said`. */
static int status_of(const char *misfortune)
{
    char self[4096], command[8192];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    assert_true(length > 0);
    self[length] = '\0';
    snprintf(command, sizeof command, "timeout 60 '%s/tests/mpirun.sh' 3 '%s' %s 2>&1",
             getenv("CHORUS_SOURCE"), self, misfortune);
    FILE *output = popen(command, "r");
    assert_non_null(output);
    said[fread(said, 1, sizeof said - 1, output)] = '\0';
    int status = pclose(output);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* Exactly one line starts with "fatal:"; the launcher's own notices do not count. */
static void assert_said(int rank, const char *text)
{
    char host[256] = "", line[1024];
    gethostname(host, sizeof host - 1);
    snprintf(line, sizeof line, "fatal: rank %d of 3 (%s): %s\n", rank, host, text);
    const char *first = strstr(said, "fatal: ");
    assert_non_null(first);
    assert_true(first == said || first[-1] == '\n');
    assert_memory_equal(first, line, strlen(line));
    assert_null(strstr(first + 1, "fatal: "));
}

static void the_troubled_rank_speaks(void **state)
{
    (void)state;
    assert_int_equal(status_of("one-in-trouble"), STATUS_FAILED);
    assert_said(2, "corpus 'x': gone");
}

static void of_several_the_lowest_speaks(void **state)
{
    (void)state;
    assert_int_equal(status_of("two-in-trouble"), STATUS_FAILED);
    assert_said(1, "corpus 'x': gone");
}

static void wrong_usage_has_its_status(void **state)
{
    (void)state;
    assert_int_equal(status_of("wrong-usage"), STATUS_USAGE);
    assert_said(0, "1 wrong setting\n    lanes: 0");
}

static void a_death_ends_those_who_wait(void **state)
{
    (void)state;
    assert_int_equal(status_of("death-in-a-sum"), STATUS_FAILED);
    assert_said(1, "quota exceeded");
}

static void a_killed_rank_ends_those_who_wait(void **state)
{
    (void)state;
    assert_int_equal(status_of("kill-in-a-sum"), 128 + SIGKILL);
}

static void assert_said_of(int rank, int silent)
{
    char host[256] = "", text[1024];
    gethostname(host, sizeof host - 1);
    snprintf(text, sizeof text,
             "watchdog: rank %d (%s) gives no sign of life for 4 s: rank %d waits in the message",
             silent, host, rank);
    assert_said(rank, text);
}

static void a_stopped_rank_is_named_not_who_waits_for_it(void **state)
{
    (void)state;
    assert_int_equal(status_of("stop-in-a-chain"), STATUS_FAILED);
    assert_said_of(0, 2);
}

static void the_lowest_that_lives_speaks_of_two_stopped(void **state)
{
    (void)state;
    assert_int_equal(status_of("two-stops-in-a-chain"), STATUS_FAILED);
    assert_said_of(1, strstr(said, "watchdog: rank 0") ? 0 : 2);
}

static void a_regular_end_is_silent_with_the_status_of_rank_0(void **state)
{
    (void)state;
    assert_int_equal(status_of("nothing-wrong"), STATUS_STOPPED);
    assert_string_equal(said, "");
}

int main(int count, char **arguments)
{
    if (count > 1)
        return suffer(arguments[1]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_troubled_rank_speaks),
        cmocka_unit_test(of_several_the_lowest_speaks),
        cmocka_unit_test(wrong_usage_has_its_status),
        cmocka_unit_test(a_death_ends_those_who_wait),
        cmocka_unit_test(a_killed_rank_ends_those_who_wait),
        cmocka_unit_test(a_stopped_rank_is_named_not_who_waits_for_it),
        cmocka_unit_test(the_lowest_that_lives_speaks_of_two_stopped),
        cmocka_unit_test(a_regular_end_is_silent_with_the_status_of_rank_0),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
