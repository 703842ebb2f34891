#include "comm/comm.h"
#include "comm/base/clock.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "comm/launcher.h"
#include "comm/messages.h"
#include "comm/watch.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HOST_BYTES = 256 };

/* What a rank says in comm_agree. */
struct report {
    int32_t troubled, status, flags;
};

static struct {
    int rank, size;
    char host[HOST_BYTES];
    char (*hosts)[HOST_BYTES]; // of all ranks
    struct report *reports;    // of all ranks; taken once, for comm_agree is part of every update
} world = {.size = 1};

/* A launcher that cannot be reached, for the link to it is cut, never answers. */
static void abort_job(int status)
{
    const unsigned patience = 20;
    alarm(patience);
    MPI_Abort(MPI_COMM_WORLD, status);
}

static void start_mpi(void)
{
    int provided;
    checked(MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided));
    die_ending(abort_job);
    checked(MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN));
    checked(MPI_Comm_rank(MPI_COMM_WORLD, &world.rank));
    checked(MPI_Comm_size(MPI_COMM_WORLD, &world.size));
    die_speaker(world.rank, world.size, world.host);
    if (provided < MPI_THREAD_FUNNELED)
        die("%s: does not allow threads beside the one that calls it", comm_library());
    if (world.size == 1 && comm_launcher_size() > 1)
        die("%s: sees 1 rank, but the launcher started %d: it belongs to another MPI",
            comm_library(), comm_launcher_size());
}

static void start(const char *trouble, int status)
{
    if (gethostname(world.host, HOST_BYTES - 1))
        memcpy(world.host, "unknown", sizeof "unknown");
    if (launcher_present())
        start_mpi();
    else
        die_speaker(0, 1, world.host);
    world.hosts = memory_take((size_t)world.size * sizeof *world.hosts);
    world.reports = memory_take((size_t)world.size * sizeof *world.reports);
    comm_all_gather(world.host, HOST_BYTES, world.hosts);
    comm_agree(trouble, status, 0);
}

void comm_start(void)
{
    start(NULL, STATUS_DONE);
}

void comm_tell(int status, const char *trouble)
{
    start(trouble, status);
    _exit(status); // comm_agree has ended the program
}

/* Without MPI there is no one to abort, so die() may exit again. */
void comm_stop(void)
{
    comm_agree(NULL, 0, 0); // MPI_Finalize hangs if a rank aborts meanwhile: nobody may have
                            // anything left to say
    watch_stop();
    if (launcher_present()) {
        checked(MPI_Finalize());
        die_ending(exit);
    }
    memory_free(world.hosts);
    memory_free(world.reports);
    world.hosts = NULL;
    world.reports = NULL;
}

void comm_leave(int status)
{
    comm_agree(NULL, 0, 0);
    watch_stop();
    fflush(stdout);
    _exit(status);
}

int comm_rank(void)
{
    return world.rank;
}

int comm_size(void)
{
    return world.size;
}

const char *comm_host(void)
{
    return world.host;
}

const char *comm_host_of(int rank)
{
    require(rank >= 0 && rank < world.size);
    return world.hosts ? world.hosts[rank] : "unknown";
}

int comm_hosts(void)
{
    int different = 0;
    for (int i = 0; i < world.size; i++) {
        int same = 0;
        while (strcmp(world.hosts[same], world.hosts[i]) != 0)
            same++;
        different += same == i;
    }
    return different;
}

/* Another rank ends the job and this process with it. MPI_Finalize would hang; a launcher that does
 * not kill us leaves us to end by ourselves, silently, for the other rank has said why. */
static _Noreturn void wait_for_the_end(void)
{
    const double patience = 10, end = clock_seconds() + patience;
    const struct timespec nap = {.tv_nsec = 10000000};
    die_silent(NULL); // nor does the watchdog say that this rank stands still
    while (clock_seconds() < end)
        nanosleep(&nap, NULL);
    _exit(STATUS_FAILED);
}

static _Noreturn void end_with(const char *trouble, int status)
{
    if (status == STATUS_USAGE)
        die_usage("%s", trouble);
    die("%s", trouble);
}

int comm_agree(const char *trouble, int status, int flags)
{
    require(!trouble || status == STATUS_FAILED || status == STATUS_USAGE);
    struct report mine = {.troubled = trouble != NULL, .status = status, .flags = flags};
    comm_all_gather(&mine, sizeof mine, world.reports);
    int together = 0;
    for (int i = 0; i < world.size; i++) {
        if (world.reports[i].troubled && i == world.rank)
            end_with(trouble, status);
        if (world.reports[i].troubled)
            wait_for_the_end();
        together |= world.reports[i].flags;
    }
    return together;
}
