#include "comm/base/points.h"
#include <stdatomic.h>
#include <stdbool.h>

void (*points_hook)(const char *name, int64_t number, void *data, size_t bytes);

static _Thread_local bool computes;
static void (*listener)(void);
static _Atomic(const char *) last = "start";
static atomic_int_fast64_t update = -1;
static atomic_uint_fast64_t passed, beside;

void point_alive(void)
{
    atomic_fetch_add(computes ? &passed : &beside, 1);
    if (computes && listener)
        listener();
}

void point_at(const char *name, int64_t number, void *data, size_t bytes)
{
    if (computes)
        atomic_store(&last, name);
    point_alive();
    if (points_hook)
        points_hook(name, number, data, bytes);
}

void points_start(void (*new_listener)(void))
{
    computes = true;
    listener = new_listener;
}

void points_update(int64_t now)
{
    atomic_store(&update, now);
}

struct place points_place(void)
{
    return (struct place){atomic_load(&last), atomic_load(&update), atomic_load(&passed)};
}

uint64_t points_beside(void)
{
    return atomic_load(&beside);
}
