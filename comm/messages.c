#include "comm/messages.h"
#include "comm/base/clock.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "comm/comm.h"
#include "comm/watch.h"
#include <sched.h>
#include <stdbool.h>
#include <string.h>

/* What this rank waits for now, and which rank it comes from or goes to. */
static struct {
    const char *what;
    int peer;
} awaited;

void messages_check(int result, const char *call)
{
    if (result == MPI_SUCCESS)
        return;
    char reason[MPI_MAX_ERROR_STRING] = "unknown error";
    int length;
    MPI_Error_string(result, reason, &length);
    int name = (int)strcspn(call, "(");
    if (awaited.what)
        die("%s: %.*s while waiting for rank %d (%s): %s", awaited.what, name, call, awaited.peer,
            comm_host_of(awaited.peer), reason);
    die("%.*s: %s", name, call, reason);
}

void messages_init(struct messages *list, int capacity)
{
    list->requests = memory_take((size_t)capacity * sizeof(MPI_Request));
    list->peers = memory_take((size_t)capacity * sizeof *list->peers);
    list->count = 0;
    list->capacity = capacity;
}

void messages_release(struct messages *list)
{
    require(!list->count);
    memory_free(list->requests);
    memory_free(list->peers);
}

static MPI_Request *next_request(struct messages *list, int peer, size_t bytes)
{
    require(list->count < list->capacity && bytes <= MESSAGE_BYTES);
    list->peers[list->count] = peer;
    return &list->requests[list->count++];
}

void messages_send(struct messages *list, int to, const void *data, size_t bytes)
{
    MPI_Request *request = next_request(list, to, bytes);
    checked(MPI_Isend(data, (int)bytes, MPI_BYTE, to, 0, MPI_COMM_WORLD, request));
}

void messages_receive(struct messages *list, int from, void *data, size_t bytes)
{
    MPI_Request *request = next_request(list, from, bytes);
    checked(MPI_Irecv(data, (int)bytes, MPI_BYTE, from, 0, MPI_COMM_WORLD, request));
}

/* There are often more ranks than cores: a rank that waits gives its core away, soon for good. */
static void rest(int64_t polls, double since)
{
    const int64_t spins = 100;
    const double yielding = 1e-3;
    const struct timespec nap = {.tv_nsec = 50000};
    if (polls < spins)
        return;
    if (clock_seconds() - since < yielding)
        sched_yield();
    else
        nanosleep(&nap, NULL);
}

/* Polling one moves all of them on, so they may be looked at in turn. */
void messages_wait(struct messages *list, const char *what)
{
    double since = clock_seconds();
    awaited.what = what;
    for (int i = 0; i < list->count; i++) {
        awaited.peer = list->peers[i];
        watch_waiting(list->peers[i], what);
        int arrived = 0;
        for (int64_t polls = 0; !arrived; polls++) {
            rest(polls, since);
            watch_poll();
            checked(MPI_Test(&list->requests[i], &arrived, MPI_STATUS_IGNORE));
        }
    }
    awaited.what = NULL;
    watch_waiting(0, NULL);
    list->count = 0;
}

static size_t piece(size_t bytes)
{
    return bytes < MESSAGE_BYTES ? bytes : MESSAGE_BYTES;
}

/* Both ends cut in the same places, and a rank's n-th piece out goes with its n-th piece in: so
 * nobody waits for a piece that the other has not come to. */
void messages_swap(struct outgoing out, struct incoming in, const char *what)
{
    MPI_Request requests[2];
    int peers[2];
    struct messages list = {.requests = requests, .peers = peers, .capacity = 2};
    while (in.bytes || out.bytes) {
        size_t in_piece = piece(in.bytes), out_piece = piece(out.bytes);
        if (in_piece)
            messages_receive(&list, in.from, in.data, in_piece);
        if (out_piece)
            messages_send(&list, out.to, out.data, out_piece);
        messages_wait(&list, what);
        in.data = (char *)in.data + in_piece;
        in.bytes -= in_piece;
        out.data = (const char *)out.data + out_piece;
        out.bytes -= out_piece;
    }
}
