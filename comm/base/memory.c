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

static _Atomic int64_t allocations, held, peak;

static void count_taken(int64_t bytes)
{
    atomic_fetch_add(&allocations, 1);
    int64_t now = atomic_fetch_add(&held, bytes) + bytes;
    int64_t most = atomic_load(&peak);
    while (now > most && !atomic_compare_exchange_weak(&peak, &most, now))
        ;
}

/* Not posix's multiple-of-64 aligned_alloc: the end stays exact, for AddressSanitizer. */
static void *take(size_t bytes)
{
    void *start = NULL;
    bool huge = bytes >= HUGE_LEAST;
    if (bytes > (size_t)INT64_MAX - PREFIX ||
        posix_memalign(&start, huge ? HUGE_PAGE : PREFIX, PREFIX + bytes))
        die("memory: %zu bytes cannot be had (%lld are held)", bytes,
            (long long)atomic_load(&held));
    if (huge)
        (void)madvise(start, PREFIX + bytes, MADV_HUGEPAGE); // a system that cannot does without
    *(size_t *)start = bytes;
    count_taken((int64_t)bytes);
    return (char *)start + PREFIX;
}

void *memory_take(size_t bytes)
{
    return memset(take(bytes), 0, bytes);
}

void *memory_grow(void *old, size_t old_bytes, size_t new_bytes)
{
    char *grown = take(new_bytes);
    size_t kept = old_bytes < new_bytes ? old_bytes : new_bytes;
    if (kept)
        memcpy(grown, old, kept);
    memset(grown + kept, 0, new_bytes - kept);
    memory_free(old);
    return grown;
}

void memory_gone(void)
{
    die("memory: no more can be had (%lld bytes are held)", (long long)atomic_load(&held));
}

void memory_free(void *pointer)
{
    if (!pointer)
        return;
    char *start = (char *)pointer - PREFIX;
    atomic_fetch_sub(&held, (int64_t) * (size_t *)start);
    free(start);
}

char *memory_copy_text(const char *text)
{
    size_t bytes = strlen(text) + 1;
    return memcpy(take(bytes), text, bytes);
}

struct memory_count memory_count(void)
{
    return (struct memory_count){
        .allocations = atomic_load(&allocations),
        .bytes = atomic_load(&held),
        .peak = atomic_load(&peak),
    };
}

int64_t memory_peak_resident(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (int64_t)usage.ru_maxrss * 1024;
}
