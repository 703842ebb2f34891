/* The second program that tests run: `chorus` with its hook filled from the environment.
 *     CHORUS_HOOK="POINT NUMBER RANK ACTION [; ...]"   POINT may end in @K: its K-th passing
 * at the first time that this rank comes by the point with that number (-1: any number; rank -1:
 * every rank):
 *     SIGUSR1, SIGTERM, SIGINT, SIGHUP, SIGKILL, SIGSTOP   sends itself the signal
 *     launcher   kills the process that started it (mpirun) with SIGKILL and waits for its own end
 *     flip       flips the lowest bit of the last byte of the data
 *     nan        makes the first float of the data a NaN
 *     spin       computes for ever
 *     block      reads from a pipe that nobody writes
 *     slow       sleeps for 2 seconds, at every time
 *     settle     waits until the checkpoints that were begun are on disk (on rank 0)
 *     die        ends as die() does, with "fatal: hook"
 *     count      prints "allocations N ragged M" (so far: ours; products cut into three pieces or
 *                more with a ragged last one) on standard error, at every time
 * CHORUS_HOOK_LOG=FILE: what was done is appended, a line "POINT NUMBER RANK ACTION" each. */
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "comm/base/points.h"
#include "comm/comm.h"
#include "model/product/product.h"
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { ORDERS = 8 };

static struct order {
    char point[64], action[16];
    long long number;
    int rank, passing; // of its passings, the first is 1
    int passed, done;
} orders[ORDERS];

static atomic_int begun, saved; // checkpoints

static int this_rank(void)
{
    return comm_launcher_rank();
}

static void note(const struct order *order, int64_t number)
{
    char line[256];
    const char *log = getenv("CHORUS_HOOK_LOG");
    int file = log ? open(log, O_WRONLY | O_CREAT | O_APPEND, 0666) : -1;
    if (file < 0)
        return;
    int length = snprintf(line, sizeof line, "%s %lld %d %s\n", order->point, (long long)number,
                          this_rank(), order->action);
    if (write(file, line, (size_t)length) != length)
        die("hook: cannot write '%s'", log);
    close(file);
}

static void send_signal(const char *action)
{
    static const struct {
        const char *name;
        int number;
    } signals[] = {{"SIGUSR1", SIGUSR1}, {"SIGTERM", SIGTERM}, {"SIGINT", SIGINT},
                   {"SIGHUP", SIGHUP},   {"SIGKILL", SIGKILL}, {"SIGSTOP", SIGSTOP}};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (strcmp(action, signals[i].name) == 0)
            kill(getpid(), signals[i].number);
    if (strcmp(action, "launcher") == 0) {
        kill(getppid(), SIGKILL);
        sleep(60);
    }
}

static void stand_still(const char *action)
{
    int ends[2];
    char byte;
    for (volatile bool spinning = strcmp(action, "spin") == 0; spinning;)
        continue;
    if (strcmp(action, "block") == 0 && pipe(ends) == 0)
        while (read(ends[0], &byte, 1) < 1)
            continue;
    if (strcmp(action, "slow") == 0)
        sleep(2);
    while (strcmp(action, "settle") == 0 && atomic_load(&saved) < atomic_load(&begun))
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

static void act(struct order *order, int64_t number, void *data, size_t bytes)
{
    const char *action = order->action;
    const bool repeated =
        strcmp(action, "count") == 0 || strcmp(action, "slow") == 0 || strcmp(action, "nap") == 0;
    order->done = !repeated;
    note(order, number);
    send_signal(action);
    stand_still(action);
    if (strcmp(action, "flip") == 0)
        ((unsigned char *)data)[bytes - 1] ^= 1;
    else if (strcmp(action, "nan") == 0)
        *(float *)data = NAN;
    else if (strcmp(action, "die") == 0)
        die("hook");
    else if (strcmp(action, "count") == 0)
        fprintf(stderr, "%s %lld allocations %lld resident %lld ragged %lld\n", order->point,
                (long long)number, (long long)memory_count().allocations,
                (long long)memory_peak_resident(), (long long)atomic_load(&product_ragged));
}

static void at(const char *point, int64_t number, void *data, size_t bytes)
{
    if (strcmp(point, "snapshot.begin") == 0)
        atomic_fetch_add(&begun, 1);
    if (strcmp(point, "saver.end") == 0)
        atomic_fetch_add(&saved, 1);
    for (int i = 0; i < ORDERS; i++) {
        struct order *order = &orders[i];
        if (!order->done && strcmp(order->point, point) == 0 &&
            (order->number < 0 || order->number == number) &&
            (order->rank < 0 || order->rank == this_rank()) && ++order->passed >= order->passing)
            act(order, number, data, bytes);
    }
}

__attribute__((constructor)) static void fill(void)
{
    const char *text = getenv("CHORUS_HOOK");
    for (int i = 0; text && i < ORDERS; i++) {
        struct order *order = &orders[i];
        if (sscanf(text, " %63s %lld %d %15[A-Za-z0-9]", order->point, &order->number, &order->rank,
                   order->action) != 4)
            break;
        char *passing = strchr(order->point, '@');
        order->passing = passing ? atoi(passing + 1) : 1;
        if (passing)
            *passing = '\0';
        text = strchr(text, ';');
        text = text ? text + 1 : NULL;
    }
    if (getenv("CHORUS_HOOK"))
        points_hook = at;
}
