/* die() is tested from outside: a child process dies, its standard error and its status are read.
 */
#include "comm/base/die.h"
#include <pthread.h>
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

static char said[65536];

/* Runs the function in a child that is expected to die in it; returns its status. */
static int status_of(void (*function)(void))
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        function();
        _exit(99);
    }
    close(ends[1]);
    size_t length = 0;
    for (ssize_t more; (more = read(ends[0], said + length, sizeof said - 1 - length)) > 0;)
        length += (size_t)more;
    said[length] = '\0';
    close(ends[0]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void die_alone(void)
{
    die("corpus '%s': %s", "news", "No such file or directory");
}

static void one_line_is_said_and_the_status_is_1(void **state)
{
    (void)state;
    assert_int_equal(status_of(die_alone), STATUS_FAILED);
    assert_string_equal(said, "fatal: corpus 'news': No such file or directory\n");
}

static void die_as_rank(void)
{
    char host[] = "node17";
    die_speaker(2, 8, host);
    host[0] = 'X';
    die("it broke");
}

static void a_rank_says_who_and_where_it_is(void **state)
{
    (void)state;
    assert_int_equal(status_of(die_as_rank), STATUS_FAILED);
    assert_string_equal(said, "fatal: rank 2 of 8 (node17): it broke\n");
}

static void die_as_only_rank(void)
{
    die_speaker(0, 1, "node17");
    die("it broke");
}

static void an_only_rank_says_no_rank(void **state)
{
    (void)state;
    status_of(die_as_only_rank);
    assert_string_equal(said, "fatal: it broke\n");
}

static void die_of_settings(void)
{
    die_usage("2 wrong settings%s%s", "\n    --lanes 0: below 1", "\n    --cell lstn: unknown");
}

static void wrong_usage_has_status_2_and_further_lines(void **state)
{
    (void)state;
    assert_int_equal(status_of(die_of_settings), STATUS_USAGE);
    assert_string_equal(said, "fatal: 2 wrong settings\n    --lanes 0: below 1\n"
                              "    --cell lstn: unknown\n");
}

static void die_in_silence(void)
{
    die_silent(NULL);
    die("it broke");
}

static void the_silent_say_nothing_but_fail(void **state)
{
    (void)state;
    assert_int_equal(status_of(die_in_silence), STATUS_FAILED);
    assert_string_equal(said, "");
}

static void tell(int status, const char *words)
{
    die_speaker(3, 4, "d");
    die("status %d: %s", status, words);
}

static void die_in_silence_alone(void)
{
    die_silent(tell);
    die_usage("it %s", "broke");
}

static void what_the_silent_met_alone_is_told_late(void **state)
{
    (void)state;
    assert_int_equal(status_of(die_in_silence_alone), STATUS_FAILED);
    assert_string_equal(said, "fatal: rank 3 of 4 (d): status 2: it broke\n");
}

static void die_after_silence(void)
{
    die_silent(NULL);
    die_speaker(1, 2, "a");
    die("it broke");
}

static void a_speaker_is_silent_no_more(void **state)
{
    (void)state;
    status_of(die_after_silence);
    assert_string_equal(said, "fatal: rank 1 of 2 (a): it broke\n");
}

static void end_with_more(int status)
{
    _exit(status + 40);
}

static void die_with_another_ending(void)
{
    die_ending(end_with_more);
    die("it broke");
}

static void the_ending_can_be_replaced(void **state)
{
    (void)state;
    assert_int_equal(status_of(die_with_another_ending), 41);
    assert_string_equal(said, "fatal: it broke\n");
}

static void end_by_dying_again(int status)
{
    (void)status;
    die("the ending broke too");
}

static void die_twice(void)
{
    die_ending(end_by_dying_again);
    die("it broke");
}

static void an_ending_that_dies_says_nothing_more(void **state)
{
    (void)state;
    assert_int_equal(status_of(die_twice), STATUS_FAILED);
    assert_string_equal(said, "fatal: it broke\n");
}

static void *die_in_thread(void *barrier)
{
    pthread_barrier_wait(barrier);
    die("a thread broke");
}

static void die_in_threads(void)
{
    enum { THREADS = 8 };
    pthread_t threads[THREADS];
    pthread_barrier_t barrier;
    pthread_barrier_init(&barrier, NULL, THREADS);
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, die_in_thread, &barrier);
    pthread_join(threads[0], NULL);
}

static void of_many_threads_one_speaks(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        assert_int_equal(status_of(die_in_threads), STATUS_FAILED);
        assert_string_equal(said, "fatal: a thread broke\n");
    }
}

static void die_at_length(void)
{
    char *words = malloc(100000);
    memset(words, 'a', 99999);
    words[99999] = '\0';
    die("%s", words);
}

static void a_text_without_end_is_cut_and_still_a_line(void **state)
{
    (void)state;
    assert_int_equal(status_of(die_at_length), STATUS_FAILED);
    assert_in_range(strlen(said), 10000, 20000);
    assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
}

static void break_a_claim(void)
{
    require(1 + 1 == 2);
    require(1 + 1 == 3);
}

static void a_broken_claim_is_said_with_its_place(void **state)
{
    (void)state;
    assert_int_equal(status_of(break_a_claim), STATUS_FAILED);
    assert_non_null(strstr(said, "fatal: test_die.c:"));
    assert_non_null(strstr(said, ": broken claim: 1 + 1 == 3\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_line_is_said_and_the_status_is_1),
        cmocka_unit_test(a_rank_says_who_and_where_it_is),
        cmocka_unit_test(an_only_rank_says_no_rank),
        cmocka_unit_test(wrong_usage_has_status_2_and_further_lines),
        cmocka_unit_test(the_silent_say_nothing_but_fail),
        cmocka_unit_test(what_the_silent_met_alone_is_told_late),
        cmocka_unit_test(a_speaker_is_silent_no_more),
        cmocka_unit_test(the_ending_can_be_replaced),
        cmocka_unit_test(an_ending_that_dies_says_nothing_more),
        cmocka_unit_test(of_many_threads_one_speaks),
        cmocka_unit_test(a_text_without_end_is_cut_and_still_a_line),
        cmocka_unit_test(a_broken_claim_is_said_with_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
