/* Messages under way between ranks, and where a rank waits for another (but for the watchdog's last
 * word, watch.c). Only for the files of comm. A list is filled by messages_send and
 * messages_receive, which return at once, and emptied by messages_wait, which polls. The data stays
 * the callers' and untouched until then. Messages between two ranks arrive in the order in which
 * they were sent. */
#ifndef MESSAGES_H
#define MESSAGES_H

#include <mpi.h>
#include <stddef.h>

/* A call of MPI: one that fails ends the program and is named, with what this rank waits for then
 * (which messages.c keeps). */
#define checked(call) messages_check(call, #call)
void messages_check(int result, const char *call);

enum { MESSAGE_BYTES = 64 << 20 }; // the longest; more is cut

struct messages {
    MPI_Request *requests;
    int *peers; // the other end of each
    int count, capacity;
};
void messages_init(struct messages *list, int capacity);
void messages_release(struct messages *list);

/* At most MESSAGE_BYTES. */
void messages_send(struct messages *list, int to, const void *data, size_t bytes);
void messages_receive(struct messages *list, int from, void *data, size_t bytes);
/* Until all of the list are through. `what` says in words what they carry. */
void messages_wait(struct messages *list, const char *what);

/* One message out and one in, of any length, at the same time. No bytes, no message. */
struct outgoing {
    int to;
    const void *data;
    size_t bytes;
};
struct incoming {
    int from;
    void *data;
    size_t bytes;
};
void messages_swap(struct outgoing out, struct incoming in, const char *what);

#endif
