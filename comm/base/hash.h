/* Checksums of what is kept and of what ranks must agree on: XXH3, 64 bits (xxHash). Not
 * cryptographic. */
#ifndef HASH_H
#define HASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t hash_bytes(const void *bytes, size_t count);
uint64_t hash_text(const char *text);

/* The same over several pieces: any cut of the bytes gives hash_bytes() of the whole. */
struct hash {
    void *state;
};
void hash_init(struct hash *hash);
void hash_add(struct hash *hash, const void *bytes, size_t count);
uint64_t hash_value(const struct hash *hash);
void hash_release(struct hash *hash);

#endif
