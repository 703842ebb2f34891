#define XXH_STATIC_LINKING_ONLY // for the size of the state
#include "comm/base/hash.h"
#include "comm/base/memory.h"
#include <string.h>
#include <xxhash.h>
#ifdef CHORUS_HASH_DISPATCH // the widest vectors that the processor has; the values are the same
#include <xxh_x86dispatch.h>
#endif

uint64_t hash_bytes(const void *bytes, size_t count)
{
    return XXH3_64bits(bytes, count);
}

uint64_t hash_text(const char *text)
{
    return hash_bytes(text, strlen(text));
}

void hash_init(struct hash *hash)
{
    hash->state = memory_take(sizeof(XXH3_state_t));
    XXH3_64bits_reset(hash->state);
}

void hash_add(struct hash *hash, const void *bytes, size_t count)
{
    if (count) // NULL is fine for nothing
        XXH3_64bits_update(hash->state, bytes, count);
}

uint64_t hash_value(const struct hash *hash)
{
    return XXH3_64bits_digest(hash->state);
}

void hash_release(struct hash *hash)
{
    memory_free(hash->state);
    hash->state = NULL;
}
