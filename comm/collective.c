/* The part of comm.h that moves data. Each step is one message out and one in; who they go to
 * follows from the ranks alone. Nothing is allocated except where texts grow. */
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "comm/comm.h"
#include "comm/messages.h"
#include <string.h>

static const struct outgoing NOTHING_OUT = {0};
static const struct incoming NOTHING_IN = {0};

void comm_send(int to, const void *data, size_t bytes)
{
    messages_swap((struct outgoing){to, data, bytes}, NOTHING_IN, "message");
}

void comm_receive(int from, void *data, size_t bytes)
{
    messages_swap(NOTHING_OUT, (struct incoming){from, data, bytes}, "message");
}

/* Binomial tree: a rank hears from the one whose number, counted from the root, lacks its lowest
 * bit, and tells those that it differs from in one lower bit, the most distant first. */
void comm_broadcast(void *data, size_t bytes, int root)
{
    const int size = comm_size();
    const int place = (comm_rank() - root + size) % size;
    int bit = 1;
    while (bit < size && !(place & bit))
        bit *= 2;
    if (place)
        messages_swap(NOTHING_OUT, (struct incoming){(place - bit + root) % size, data, bytes},
                      "broadcast");
    for (bit /= 2; bit; bit /= 2)
        if (place + bit < size)
            messages_swap((struct outgoing){(place + bit + root) % size, data, bytes}, NOTHING_IN,
                          "broadcast");
}

/* Replaces the text by bytes that arrive from elsewhere. */
static char *text_for(struct text *text, uint64_t length)
{
    text_clear(text);
    text->bytes = memory_grow(text->bytes, text->capacity, length + 1);
    text->capacity = length + 1;
    text->length = length;
    text->bytes[length] = '\0';
    return text->bytes;
}

void comm_broadcast_text(struct text *text, int root)
{
    uint64_t length = text->length;
    comm_broadcast(&length, sizeof length, root);
    char *bytes = comm_rank() == root ? text->bytes : text_for(text, length);
    comm_broadcast(bytes, length, root);
}

/* Dissemination (Bruck et al. 1997), in place: with the blocks of `known` ranks from its own on, a
 * rank sends them to the rank that lies as far below, and doubles them by those from as far above.
 * Ranks count in a circle, so a run of blocks may go on at the start: hence two pieces. */
void comm_all_gather(const void *mine, size_t bytes, void *all)
{
    const int size = comm_size(), rank = comm_rank();
    char *blocks = all;
    memcpy(blocks + (size_t)rank * bytes, mine, bytes);
    for (int known = 1; known < size; known *= 2) {
        const int to = (rank - known + size) % size, from = (rank + known) % size;
        const int run = known < size - known ? known : size - known;
        const int out = run < size - rank ? run : size - rank;
        const int in = run < size - from ? run : size - from;
        messages_swap((struct outgoing){to, blocks + (size_t)rank * bytes, (size_t)out * bytes},
                      (struct incoming){from, blocks + (size_t)from * bytes, (size_t)in * bytes},
                      "gathering");
        messages_swap((struct outgoing){to, blocks, (size_t)(run - out) * bytes},
                      (struct incoming){from, blocks, (size_t)(run - in) * bytes}, "gathering");
    }
}

void comm_gather_text(const struct text *mine, struct text *all, uint64_t *lengths)
{
    const uint64_t length = mine->length;
    if (comm_rank() != 0) {
        comm_send(0, &length, sizeof length);
        comm_send(0, mine->bytes, length);
        return;
    }
    lengths[0] = length;
    text_clear(all);
    text_add(all, mine->bytes, length);
    struct text theirs;
    text_init(&theirs);
    for (int rank = 1; rank < comm_size(); rank++) {
        comm_receive(rank, &lengths[rank], sizeof lengths[rank]);
        comm_receive(rank, text_for(&theirs, lengths[rank]), lengths[rank]);
        text_add(all, theirs.bytes, theirs.length);
    }
    text_release(&theirs);
}

enum { SUM_BUCKET = 2048 }; // numbers of 8 bytes that are summed at a time, on the stack

static void add_reals(void *restrict sum, const void *restrict more, int count)
{
    for (int i = 0; i < count; i++)
        ((double *)sum)[i] += ((const double *)more)[i];
}

static void add_integers(void *restrict sum, const void *restrict more, int count)
{
    for (int i = 0; i < count; i++)
        ((int64_t *)sum)[i] += ((const int64_t *)more)[i];
}

/* Up the binomial tree of comm_broadcast from rank 0, nearest first, so that rank 0 has the sum. */
static void sum_to_first(void *values, int count, void (*add)(void *, const void *, int))
{
    const int size = comm_size(), rank = comm_rank();
    const size_t bytes = (size_t)count * sizeof(int64_t);
    int64_t more[SUM_BUCKET];
    int bit = 1;
    for (; bit < size && !(rank & bit); bit *= 2) {
        if (rank + bit >= size)
            continue;
        messages_swap(NOTHING_OUT, (struct incoming){rank + bit, more, bytes}, "sum");
        add(values, more, count);
    }
    if (rank)
        messages_swap((struct outgoing){rank - bit, values, bytes}, NOTHING_IN, "sum");
}

static void sum(void *values, int64_t count, void (*add)(void *, const void *, int))
{
    for (int64_t i = 0; i < count; i += SUM_BUCKET) {
        const int64_t bucket = count - i < SUM_BUCKET ? count - i : SUM_BUCKET;
        sum_to_first((int64_t *)values + i, (int)bucket, add);
    }
    comm_broadcast(values, (size_t)count * sizeof(int64_t), 0);
}

void comm_sum_reals(double *values, int64_t count)
{
    sum(values, count, add_reals);
}

void comm_sum_integers(int64_t *values, int64_t count)
{
    sum(values, count, add_integers);
}
