/* Memory. Everything of ours comes from here, so that it can be counted (invariant 8 of README.md:
 * nothing is allocated inside the update loop after the first updates). Memory that cannot be had
 * ends the program with the bytes wanted. An arena holds what lives for one micro-batch: chained
 * blocks that settle at the peak size, 64-byte aligned, reset once a micro-batch, poisoned for
 * AddressSanitizer after reset. Calling sequence: arena_init, (arena_take ..., arena_reset) ...,
 * arena_release. An arena belongs to one thread; the counted functions may be called from any. */
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>
#include <stdint.h>

/* Zeroed, 64-byte aligned. bytes = 0 is allowed and gives a pointer that may be freed. Of large
 * pieces the host gives memory as they are used. */
void *memory_take(size_t bytes);
/* As realloc, with the new part zeroed; the old pointer may be NULL with old_bytes 0. */
void *memory_grow(void *old, size_t old_bytes, size_t new_bytes);
/* Room for count elements in a list that is kept: twice what is needed, and not little, so that it
 * settles. */
void *memory_room(void *list, size_t element_bytes, int64_t *capacity, int64_t count);
/* Ends the program: a library of ours has none left. */
void memory_gone(void);
/* NULL is allowed. */
void memory_free(void *pointer);
char *memory_copy_text(const char *text);

struct memory_count {
    int64_t allocations; // calls of memory_take and memory_grow, and new blocks of arenas, since
                         // the start
    int64_t bytes;       // held now
    int64_t peak;        // most that was ever held
};
struct memory_count memory_count(void);
/* Peak resident set of this process in bytes (getrusage). */
int64_t memory_peak_resident(void);

struct arena {
    struct arena_block *first, *current;
    size_t used, total; // of the micro-batch so far; of all blocks
};
void arena_init(struct arena *arena);
/* count elements of element_bytes each, not cleared. */
void *arena_take(struct arena *arena, size_t count, size_t element_bytes);
void *arena_take_zeroed(struct arena *arena, size_t count, size_t element_bytes);
void arena_reset(struct arena *arena);
void arena_release(struct arena *arena);

#endif
