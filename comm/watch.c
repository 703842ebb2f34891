#include "comm/watch.h"
#include "comm/base/clock.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "comm/base/points.h"
#include "comm/comm.h"
#include "comm/launcher.h"
#include "comm/messages.h"
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Seconds between looks, and what counts of the time between two at most: more has passed where
 * this process was suspended, or did not come by a point. */
static const double LOOK = 0.1, COUNTED = 0.2;
enum { TAG = 1, NOBODY = -1 }; // messages.c has tag 0

struct beat {
    int64_t update;
    int32_t waits_for; // or NOBODY
    int16_t last;      // no more come from this rank
    int16_t speaks;    // it ends the job and says why
};

/* Another rank. Messages of two ranks keep their order: behind its last beat nothing is under way.
 */
struct peer {
    MPI_Request in, out;
    struct beat arriving, leaving; // of `in` and `out`
    struct beat known;             // heard last
    double heard;                  // when
    bool parted;                   // the last one to it was sent
};

static struct {
    double seconds;  // 0: no watchdog
    double beat;     // between two beats
    double patience; // of this rank's own thread
    double courtesy; // for another rank that speaks, until it has ended the job
    int (*ending)(void);
    pthread_t thread;
    atomic_bool closing;
    atomic_uint_fast64_t polls;
    /* Of the thread that computes. */
    struct peer *peers; // (size), NULL with one rank
    double looked, beaten;
    double now; // seconds that counted
    const char *what;
    int waits_for;
    double since;
    bool speaks;
    struct {
        const char *what;
        int rank;
        int64_t update;
        double seconds;
    } slow;
} watch = {.waits_for = NOBODY};

static double counted(double seconds)
{
    return fmin(seconds, COUNTED);
}

static double courtesy(void)
{
    return watch.ending && watch.ending() ? watch.courtesy : 0;
}

struct words {
    char text[48];
};

static struct words of_update(int64_t update)
{
    struct words words = {""};
    if (update >= 0)
        snprintf(words.text, sizeof words.text, " of update %lld", (long long)update);
    return words;
}

/* The thread that computes may hold a lock that exit() wants, of HDF5 say. */
static _Noreturn void die_still(double seconds)
{
    struct place place = points_place();
    if (!launcher_present())
        die_ending(_exit);
    die("watchdog: stands still for %.0f s behind '%s'%s", seconds, place.point,
        of_update(place.update).text);
}

static void *look_at_own(void *unused)
{
    const struct timespec nap = {.tv_nsec = (long)(LOOK * 1e9)};
    double still = 0, looked = clock_seconds();
    uint64_t seen = 0;
    while (!atomic_load(&watch.closing)) {
        nanosleep(&nap, NULL);
        double clock = clock_seconds();
        uint64_t signs = points_place().passed + atomic_load(&watch.polls);
        still = signs == seen ? still + counted(clock - looked) : 0;
        seen = signs;
        looked = clock;
        if (still >= watch.patience + courtesy())
            die_still(still);
    }
    return unused;
}

static void listen_to(int rank)
{
    struct peer *peer = &watch.peers[rank];
    checked(MPI_Irecv(&peer->arriving, sizeof peer->arriving, MPI_BYTE, rank, TAG, MPI_COMM_WORLD,
                      &peer->in));
}

static void hear(int rank)
{
    struct peer *peer = &watch.peers[rank];
    while (peer->in != MPI_REQUEST_NULL) {
        int arrived;
        checked(MPI_Test(&peer->in, &arrived, MPI_STATUS_IGNORE));
        if (!arrived)
            return;
        peer->known = peer->arriving;
        peer->heard = watch.now;
        if (peer->known.speaks)
            die_silent(NULL);
        if (!peer->known.last)
            listen_to(rank);
    }
}

static bool has_left(struct peer *peer)
{
    int left;
    checked(MPI_Test(&peer->out, &left, MPI_STATUS_IGNORE));
    return left;
}

/* Where one is still on its way, that rank does not listen, and misses nothing. */
static void tell(int rank, bool last)
{
    struct peer *peer = &watch.peers[rank];
    if (peer->parted || !has_left(peer))
        return;
    peer->parted = last;
    peer->leaving = (struct beat){points_place().update, watch.waits_for, last, watch.speaks};
    checked(MPI_Isend(&peer->leaving, sizeof peer->leaving, MPI_BYTE, rank, TAG, MPI_COMM_WORLD,
                      &peer->out));
}

static void tell_all(void)
{
    for (int rank = 0; rank < comm_size(); rank++)
        if (rank != comm_rank())
            tell(rank, false);
}

/* Along those who said, since this wait began, that they wait themselves. */
static int awaited_in_the_end(void)
{
    int rank = watch.waits_for;
    for (int steps = 0; steps < comm_size(); steps++) {
        const struct peer *peer = &watch.peers[rank];
        int next = peer->known.waits_for;
        if (peer->heard < watch.since || next == NOBODY || next == comm_rank())
            break;
        rank = next;
    }
    return rank;
}

static void note_a_slow_rank(void)
{
    double seconds = watch.now - watch.since;
    if (watch.waits_for == NOBODY || seconds < 2 * watch.beat || seconds < watch.slow.seconds)
        return;
    watch.slow.what = watch.what;
    watch.slow.rank = awaited_in_the_end();
    watch.slow.update = points_place().update;
    watch.slow.seconds = seconds;
}

/* All others are told, so that none speaks too where the launcher is slow to end them. */
static _Noreturn void die_of(int rank, double seconds)
{
    watch.speaks = true;
    tell_all();
    struct place place = points_place();
    char where[96];
    if (watch.waits_for == NOBODY)
        snprintf(where, sizeof where, "is behind '%s'", place.point);
    else
        snprintf(where, sizeof where, "waits in the %s", watch.what);
    die("watchdog: rank %d (%s) gives no sign of life for %.0f s: rank %d %s%s", rank,
        comm_host_of(rank), seconds, comm_rank(), where, of_update(place.update).text);
}

/* A lower rank that still beats has seen the same, and speaks first. */
static void judge(void)
{
    int silent = NOBODY, lower = 0;
    double longest = 0;
    for (int rank = 0; rank < comm_size(); rank++) {
        const struct peer *peer = &watch.peers[rank];
        double silence = peer->in == MPI_REQUEST_NULL ? 0 : watch.now - peer->heard;
        lower += rank < comm_rank() && silence < 3 * watch.beat;
        if (silence <= longest)
            continue;
        longest = silence;
        silent = rank;
    }
    if (silent != NOBODY && longest >= watch.seconds + lower * watch.courtesy + courtesy())
        die_of(silent, longest);
}

/* By the thread that computes, at its points and polls. Beats leave by the clock, and are awaited
 * by the time that counts. */
static void look_at_others(void)
{
    double clock = clock_seconds();
    if (clock - watch.looked < LOOK)
        return;
    watch.now += counted(clock - watch.looked);
    watch.looked = clock;
    for (int rank = 0; rank < comm_size(); rank++)
        hear(rank);
    if (clock - watch.beaten >= watch.beat) {
        watch.beaten = clock;
        tell_all();
    }
    note_a_slow_rank();
    judge();
}

/* What one rank's end of the job needs to reach the others is much less than the courtesy; a rank's
 * own thread speaks before the others would: their silence began a beat earlier. */
static void choose_times(double seconds)
{
    const double slot = fmin(seconds / 10, 2);
    watch.seconds = seconds;
    watch.beat = fmin(seconds / 10, 10);
    watch.courtesy = fmin(0.4 * seconds, 10);
    watch.patience = fmin(0.5 * seconds + comm_rank() * slot, 0.8 * seconds);
}

void watch_start(double seconds, int (*ending)(void))
{
    require(!watch.seconds);
    points_start(seconds > 0 && comm_size() > 1 ? look_at_others : NULL);
    if (seconds <= 0)
        return;
    choose_times(seconds);
    watch.ending = ending;
    watch.now = watch.slow.seconds = 0;
    watch.looked = watch.beaten = clock_seconds();
    if (comm_size() > 1)
        watch.peers = memory_take((size_t)comm_size() * sizeof *watch.peers);
    for (int rank = 0; rank < comm_size() && watch.peers; rank++) {
        struct peer *peer = &watch.peers[rank];
        peer->in = peer->out = MPI_REQUEST_NULL;
        peer->known.waits_for = NOBODY;
        if (rank != comm_rank())
            listen_to(rank);
    }
    atomic_store(&watch.closing, false);
    int trouble = pthread_create(&watch.thread, NULL, look_at_own, NULL);
    if (trouble)
        die("cannot start the watchdog's thread: %s", strerror(trouble));
}

/* True when nothing is under way between this rank and that one, and nothing more will be. */
static bool part_from(int rank)
{
    struct peer *peer = &watch.peers[rank];
    tell(rank, true);
    hear(rank);
    return peer->parted && has_left(peer) && peer->in == MPI_REQUEST_NULL;
}

/* The others may be late, or stand still: they are watched until they part. */
static void part(void)
{
    const struct timespec nap = {.tv_nsec = 50000};
    for (bool parted = false; !parted; nanosleep(&nap, NULL)) {
        parted = true;
        for (int rank = 0; rank < comm_size(); rank++)
            parted &= rank == comm_rank() || part_from(rank);
        watch_poll();
    }
    memory_free(watch.peers);
    watch.peers = NULL;
}

void watch_stop(void)
{
    if (watch.seconds <= 0)
        return;
    points_start(NULL);
    if (watch.peers)
        part();
    atomic_store(&watch.closing, true);
    pthread_join(watch.thread, NULL);
    watch.seconds = 0;
}

bool watch_slow(struct reason *words)
{
    if (!watch.slow.seconds)
        return false;
    fail(words, "waited %.1f s for rank %d (%s) in the %s%s", watch.slow.seconds, watch.slow.rank,
         comm_host_of(watch.slow.rank), watch.slow.what, of_update(watch.slow.update).text);
    watch.slow.seconds = 0;
    return true;
}

void watch_waiting(int peer, const char *what)
{
    watch.what = what;
    watch.waits_for = what ? peer : NOBODY;
    watch.since = watch.now;
}

void watch_poll(void)
{
    atomic_fetch_add(&watch.polls, 1);
    if (watch.peers)
        look_at_others();
}
