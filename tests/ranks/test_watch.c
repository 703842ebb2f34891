#include "tests/ranks/ranks.h"

#include "comm/base/memory.h"
#include "comm/base/points.h"
#include "comm/watch.h"
#include <string.h>
#include <time.h>

static void sleep_for(double seconds)
{
    struct timespec nap = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
    nanosleep(&nap, NULL);
}

static int asked_to_end(void)
{
    return 0;
}

/* A rank is late by more than a beat, each in turn; then the next watch hears nothing of this
 * one. */
static void a_watch_stops_with_nothing_under_way_and_starts_again(void **state)
{
    (void)state;
    for (int late = 0; late < comm_size(); late++) {
        struct memory_count before = memory_count();
        double value = 1;
        watch_start(2, asked_to_end);
        sleep_for(comm_rank() == late ? 0.3 : 0);
        comm_sum_reals(&value, 1);
        sleep_for(comm_rank() == late ? 0.3 : 0);
        watch_stop();
        assert_everywhere(memory_count().bytes == before.bytes);
    }
}

/* For longer than `seconds`, with points in between. */
static void who_computes_and_passes_points_lives(void **state)
{
    (void)state;
    struct memory_count before;
    watch_start(2, asked_to_end);
    before = memory_count();
    for (int i = 0; i < 100 && comm_rank() == 0; i++) {
        sleep_for(0.03);
        point_alive();
    }
    assert_everywhere(memory_count().allocations == before.allocations);
    watch_stop();
}

/* Each rank waits for the next, and the last one sleeps. */
static void the_slow_one_is_found_along_the_chain(void **state)
{
    (void)state;
    const int rank = comm_rank(), last = comm_size() - 1;
    char byte = 0, name[32];
    struct reason words = {""};
    watch_start(8, asked_to_end);
    points_update(12);
    bool early = watch_slow(&words);
    if (rank == last)
        sleep_for(3.2);
    else
        comm_receive(rank + 1, &byte, 1);
    if (rank)
        comm_send(rank - 1, &byte, 1);
    snprintf(name, sizeof name, " s for rank %d (", last);
    bool slow = watch_slow(&words), again = watch_slow(&words);
    assert_everywhere(!early && !again);
    assert_everywhere(rank == last || slow);
    assert_everywhere(!slow || (strstr(words.text, name) && strstr(words.text, "waited ") &&
                                strstr(words.text, ") in the message of update 12")));
    watch_stop();
    points_update(-1);
}

static void without_seconds_there_is_no_watch(void **state)
{
    (void)state;
    struct memory_count before = memory_count();
    watch_start(0, asked_to_end);
    assert_everywhere(memory_count().allocations == before.allocations);
    struct reason words;
    assert_everywhere(!watch_slow(&words));
    watch_stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_watch_stops_with_nothing_under_way_and_starts_again),
        cmocka_unit_test(who_computes_and_passes_points_lives),
        cmocka_unit_test(the_slow_one_is_found_along_the_chain),
        cmocka_unit_test(without_seconds_there_is_no_watch),
    };
    return ranks_run(tests);
}
