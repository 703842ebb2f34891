/* The second program that tests run: `chorus` with its hooks filled from the environment.
 *     CHORUS_HOOK="POINT NUMBER RANK ACTION [; ...]"
 * at the first time that this rank comes by the point with that number (-1: any number; rank -1:
 * every rank): SIGUSR1, SIGTERM, SIGINT, SIGKILL   sends itself the signal flip      flips the
 * lowest bit of the last byte of the data nan       makes the first float of the data a NaN count
 * prints "allocations N ragged M" (so far: ours; products cut into three pieces or more with a
 * ragged last one) on standard error, at every time die       ends as die() does, with "fatal:
 * hook" */
#include "comm/base/hooks.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "model/product.h"
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ORDERS = 8 };

static struct order {
    char point[64], action[16];
    long long number;
    int rank, done;
} orders[ORDERS];

static int this_rank(void)
{
    const char *rank = getenv("OMPI_COMM_WORLD_RANK");
    return rank ? atoi(rank) : 0;
}

static void act(struct order *order, int64_t number, void *data, size_t bytes)
{
    static const struct {
        const char *name;
        int number;
    } signals[] = {
        {"SIGUSR1", SIGUSR1}, {"SIGTERM", SIGTERM}, {"SIGINT", SIGINT}, {"SIGKILL", SIGKILL}};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (strcmp(order->action, signals[i].name) == 0)
            raise(signals[i].number);
    if (strcmp(order->action, "flip") == 0)
        ((unsigned char *)data)[bytes - 1] ^= 1;
    else if (strcmp(order->action, "nan") == 0)
        *(float *)data = NAN;
    else if (strcmp(order->action, "die") == 0)
        die("hook");
    else if (strcmp(order->action, "count") == 0)
        fprintf(stderr, "%s %lld allocations %lld resident %lld ragged %lld\n", order->point,
                (long long)number, (long long)memory_count().allocations,
                (long long)memory_peak_resident(), (long long)product_ragged());
    order->done = strcmp(order->action, "count") != 0;
}

static void at(const char *point, int64_t number, void *data, size_t bytes)
{
    for (int i = 0; i < ORDERS; i++) {
        struct order *order = &orders[i];
        if (!order->done && strcmp(order->point, point) == 0 &&
            (order->number < 0 || order->number == number) &&
            (order->rank < 0 || order->rank == this_rank()))
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
        text = strchr(text, ';');
        text = text ? text + 1 : NULL;
    }
    if (getenv("CHORUS_HOOK"))
        hooks.at = at;
}
