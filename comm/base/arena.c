#include "comm/base/die.h"
#include "comm/base/memory.h"
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISONED
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define ARENA_POISONED
#endif

#ifdef ARENA_POISONED
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(start, bytes) ((void)(start), (void)(bytes))
#define ASAN_UNPOISON_MEMORY_REGION(start, bytes) ((void)(start), (void)(bytes))
#endif

enum { ALIGNMENT = 64, SMALLEST_BLOCK = 64 * 1024 };

struct arena_block {
    struct arena_block *next;
    size_t capacity, used;
    _Alignas(ALIGNMENT) char bytes[];
};

static void add_block(struct arena *arena, size_t capacity)
{
    struct arena_block *block = memory_grow(NULL, 0, sizeof *block + capacity);
    block->capacity = capacity;
    ASAN_POISON_MEMORY_REGION(block->bytes, capacity);
    if (arena->current)
        arena->current->next = block;
    else
        arena->first = block;
    arena->current = block;
    arena->total += capacity;
}

static void free_blocks(struct arena *arena)
{
    for (struct arena_block *block = arena->first, *next; block; block = next) {
        next = block->next;
        ASAN_UNPOISON_MEMORY_REGION(block->bytes, block->capacity);
        memory_free(block);
    }
    arena_init(arena);
}

void arena_init(struct arena *arena)
{
    *arena = (struct arena){0};
}

/* A quarter more than what there is keeps the number of blocks small until the arena has settled.
 */
static size_t next_capacity(const struct arena *arena, size_t bytes)
{
    size_t capacity = arena->total / 4 / ALIGNMENT * ALIGNMENT;
    if (capacity < SMALLEST_BLOCK)
        capacity = SMALLEST_BLOCK;
    return capacity > bytes ? capacity : bytes;
}

void *arena_take(struct arena *arena, size_t count, size_t element_bytes)
{
    require(!count || element_bytes <= (SIZE_MAX - ALIGNMENT) / count);
    size_t exact = count * element_bytes;
    size_t bytes = (exact + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (!arena->current || bytes > arena->current->capacity - arena->current->used)
        add_block(arena, next_capacity(arena, bytes));
    struct arena_block *block = arena->current;
    void *taken = block->bytes + block->used;
    block->used += bytes;
    arena->used += bytes;
    ASAN_UNPOISON_MEMORY_REGION(taken, exact);
    return taken;
}

void *arena_take_zeroed(struct arena *arena, size_t count, size_t element_bytes)
{
    void *taken = arena_take(arena, count, element_bytes);
    return memset(taken, 0, count * element_bytes);
}

/* After a micro-batch that needed more than one block, one block of their total takes their place.
 */
void arena_reset(struct arena *arena)
{
    if (arena->first != arena->current) {
        size_t total = arena->total;
        free_blocks(arena);
        add_block(arena, total);
    }
    arena->used = 0;
    if (arena->current) {
        arena->current->used = 0;
        ASAN_POISON_MEMORY_REGION(arena->current->bytes, arena->current->capacity);
    }
}

void arena_release(struct arena *arena)
{
    free_blocks(arena);
}
