/* Symbols and their numbers: 0 unknown, 1 begin, 2 end, then the rest. Strings may hold any bytes.
 */
#ifndef VOCABULARY_H
#define VOCABULARY_H

#include "comm/base/reason.h"
#include <stddef.h>
#include <stdint.h>

enum { ID_UNKNOWN, ID_BEGIN, ID_END, IDS_RESERVED };

struct vocabulary_slot {
    uint32_t hash; // of the string; hardly ever another's
    int32_t entry; // id + 1, or 0
};
struct vocabulary {
    char *bytes;      // of all strings, joined
    int64_t *offsets; // (size + 1)
    struct vocabulary_slot *table;
    int size, slots;
    int64_t capacity, byte_capacity;
};

/* With the three reserved symbols "<unk>", "<s>", "</s>". */
void vocabulary_init(struct vocabulary *vocabulary);
void vocabulary_release(struct vocabulary *vocabulary);
/* The id of a new string; it must not be there yet, nor be a reserved one (require). */
int vocabulary_add(struct vocabulary *vocabulary, const char *bytes, size_t length);
/* Is it the string of a reserved symbol? Text may hold it, but no other symbol has it. */
bool vocabulary_reserved(const char *bytes, size_t length);
/* ID_UNKNOWN if it is not there; the reserved symbols are never found by their string. */
int vocabulary_find(const struct vocabulary *vocabulary, const char *bytes, size_t length);
/* vocabulary_find of several strings, which takes less time than one by one. count: at most
 * VOCABULARY_AT_ONCE. */
enum { VOCABULARY_AT_ONCE = 32 };
struct vocabulary_key {
    const char *bytes;
    size_t length;
};
void vocabulary_find_all(const struct vocabulary *vocabulary, const struct vocabulary_key *keys,
                         int count, int32_t *ids);
const char *vocabulary_string(const struct vocabulary *vocabulary, int id, size_t *length);
/* From foreign bytes: checks that offsets rise within the bytes, the reserved ones are there, no
 * string twice. */
bool vocabulary_restore(struct vocabulary *vocabulary, const char *bytes, int64_t byte_count,
                        const int64_t *offsets, int64_t count, struct reason *why);

#endif
