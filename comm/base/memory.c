#include "comm/base/memory.h"
#include "comm/base/die.h"
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

/* Stands before each piece, so that freeing it can be counted. */
enum { PREFIX = 64 };
/* Of the pages that Linux gives where it is asked to, and from where on it pays. With small pages a
 * product of large matrices has more of them in use than the processor can keep track of: the shape
 * reference trains 1.04 times as fast. */
enum { HUGE_PAGE = 2 << 20, HUGE_LEAST = 2 * HUGE_PAGE };
#ifdef __SANITIZE_ADDRESS__ // the end of a piece stays exact
enum { HUGE = 0 };
#else
enum { HUGE = 1 };
#endif

static _Atomic int64_t allocations, held, peak;

static void count_taken(int64_t bytes)
{
    atomic_fetch_add(&allocations, 1);
    int64_t now = atomic_fetch_add(&held, bytes) + bytes;
    int64_t most = atomic_load(&peak);
    while (now > most && !atomic_compare_exchange_weak(&peak, &most, now))
        ;
}

/* For the prefix. */
struct piece {
    void *start; // what the C library gave
    size_t bytes;
};

/* Large and zero without being touched, where the C library has it fresh from the system. */
static void *take_huge(size_t bytes, void **start)
{
    *start = calloc(1, HUGE_PAGE + PREFIX + bytes);
    char *aligned = *start ? (char *)*start + HUGE_PAGE - (uintptr_t)*start % HUGE_PAGE : NULL;
    if (aligned)
        (void)madvise(aligned, PREFIX + bytes, MADV_HUGEPAGE); // a system that cannot does without
    return aligned;
}

/* Not posix's multiple-of-64 aligned_alloc: the end stays exact, for AddressSanitizer. */
static void *take(size_t bytes)
{
    void *start = NULL, *prefix = NULL;
    if (bytes <= (size_t)INT64_MAX - PREFIX - HUGE_PAGE) {
        if (HUGE && bytes >= HUGE_LEAST)
            prefix = take_huge(bytes, &start);
        else if (posix_memalign(&start, PREFIX, PREFIX + bytes) == 0)
            prefix = start;
    }
    if (!prefix)
        die("memory: %zu bytes cannot be had (%lld are held)", bytes,
            (long long)memory_count().bytes);
    *(struct piece *)prefix = (struct piece){start, bytes};
    count_taken((int64_t)bytes);
    return (char *)prefix + PREFIX;
}

static void clear(char *piece, size_t bytes, size_t from)
{
    if (!HUGE || bytes < HUGE_LEAST)
        memset(piece + from, 0, bytes - from);
}

void *memory_take(size_t bytes)
{
    char *piece = take(bytes);
    clear(piece, bytes, 0);
    return piece;
}

void *memory_grow(void *old, size_t old_bytes, size_t new_bytes)
{
    char *grown = take(new_bytes);
    size_t kept = old_bytes < new_bytes ? old_bytes : new_bytes;
    if (kept)
        memcpy(grown, old, kept);
    clear(grown, new_bytes, kept);
    memory_free(old);
    return grown;
}

void *memory_room(void *list, size_t element_bytes, int64_t *capacity, int64_t count)
{
    enum { LEAST = 4096 }; // small lists would grow again and again by chance
    if (count <= *capacity)
        return list;
    int64_t old = *capacity;
    *capacity = 2 * (count > LEAST ? count : LEAST);
    return memory_grow(list, (size_t)old * element_bytes, (size_t)*capacity * element_bytes);
}

struct memory_count memory_count(void)
{
    return (struct memory_count){
        .allocations = atomic_load(&allocations),
        .bytes = atomic_load(&held),
        .peak = atomic_load(&peak),
    };
}

void memory_gone(void)
{
    die("memory: no more can be had (%lld bytes are held)", (long long)atomic_load(&held));
}

void memory_free(void *pointer)
{
    if (!pointer)
        return;
    struct piece *piece = (struct piece *)((char *)pointer - PREFIX);
    atomic_fetch_sub(&held, (int64_t)piece->bytes);
    free(piece->start);
}

char *memory_copy_text(const char *text)
{
    size_t bytes = strlen(text) + 1;
    return memcpy(take(bytes), text, bytes);
}

int64_t memory_peak_resident(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (int64_t)usage.ru_maxrss * 1024;
}
