#include "io/tokenizer/vocabulary.h"
#include "comm/base/die.h"
#include "comm/base/hash.h"
#include "comm/base/memory.h"
#include <limits.h>
#include <string.h>

static const char *const reserved_strings[IDS_RESERVED] = {"<unk>", "<s>", "</s>"};

enum { FIRST_SLOTS = 128 };

static void append(struct vocabulary *vocabulary, const char *bytes, size_t length)
{
    require(vocabulary->size < INT_MAX / 4);
    int size = vocabulary->size;
    vocabulary->offsets = memory_room(vocabulary->offsets, sizeof *vocabulary->offsets,
                                      &vocabulary->capacity, size + 2);
    int64_t start = vocabulary->offsets[size], end = start + (int64_t)length;
    vocabulary->bytes = memory_room(vocabulary->bytes, 1, &vocabulary->byte_capacity, end);
    if (length)
        memcpy(vocabulary->bytes + start, bytes, length);
    vocabulary->offsets[size + 1] = end;
    vocabulary->size = size + 1;
}

void vocabulary_init(struct vocabulary *vocabulary)
{
    *vocabulary = (struct vocabulary){0};
    vocabulary->slots = FIRST_SLOTS;
    vocabulary->table = memory_take((size_t)vocabulary->slots * sizeof *vocabulary->table);
    for (int id = 0; id < IDS_RESERVED; id++)
        append(vocabulary, reserved_strings[id], strlen(reserved_strings[id]));
}

void vocabulary_release(struct vocabulary *vocabulary)
{
    memory_free(vocabulary->bytes);
    memory_free(vocabulary->offsets);
    memory_free(vocabulary->table);
    *vocabulary = (struct vocabulary){0};
}

bool vocabulary_reserved(const char *bytes, size_t length)
{
    for (int id = 0; id < IDS_RESERVED; id++)
        if (length == strlen(reserved_strings[id]) && !memcmp(bytes, reserved_strings[id], length))
            return true;
    return false;
}

static bool holds(const struct vocabulary *vocabulary, int id, const char *bytes, size_t length)
{
    size_t other_length;
    const char *other = vocabulary_string(vocabulary, id, &other_length);
    return other_length == length && (!length || !memcmp(other, bytes, length));
}

/* The slot that holds the string, or the empty one where it would go. */
static struct vocabulary_slot *find_slot(const struct vocabulary *vocabulary, const char *bytes,
                                         size_t length, uint32_t hash)
{
    uint32_t mask = (uint32_t)vocabulary->slots - 1, at = hash & mask;
    struct vocabulary_slot *slot;
    for (; (slot = &vocabulary->table[at])->entry; at = (at + 1) & mask)
        if (slot->hash == hash && holds(vocabulary, slot->entry - 1, bytes, length))
            break;
    return slot;
}

static void grow_table(struct vocabulary *vocabulary)
{
    struct vocabulary_slot *old = vocabulary->table;
    int old_slots = vocabulary->slots;
    vocabulary->slots *= 2;
    vocabulary->table = memory_take((size_t)vocabulary->slots * sizeof *vocabulary->table);
    uint32_t mask = (uint32_t)vocabulary->slots - 1;
    for (int i = 0; i < old_slots; i++) {
        uint32_t at = old[i].hash & mask;
        while (old[i].entry && vocabulary->table[at].entry)
            at = (at + 1) & mask;
        if (old[i].entry)
            vocabulary->table[at] = old[i];
    }
    memory_free(old);
}

int vocabulary_add(struct vocabulary *vocabulary, const char *bytes, size_t length)
{
    require(!vocabulary_reserved(bytes, length));
    if (2 * vocabulary->size >= vocabulary->slots)
        grow_table(vocabulary);
    uint32_t hash = (uint32_t)hash_bytes(bytes, length);
    struct vocabulary_slot *slot = find_slot(vocabulary, bytes, length, hash);
    require(!slot->entry);
    append(vocabulary, bytes, length);
    *slot = (struct vocabulary_slot){hash, vocabulary->size};
    return vocabulary->size - 1;
}

static int32_t id_in(const struct vocabulary_slot *slot)
{
    return slot->entry ? slot->entry - 1 : ID_UNKNOWN;
}

int vocabulary_find(const struct vocabulary *vocabulary, const char *bytes, size_t length)
{
    uint32_t hash = (uint32_t)hash_bytes(bytes, length);
    return id_in(find_slot(vocabulary, bytes, length, hash));
}

/* A slot leads to an offset, and that to the bytes: memory is asked for each before it is needed,
 * so that it is waited for once for many keys. What is asked for may be another string's. */
void vocabulary_find_all(const struct vocabulary *vocabulary, const struct vocabulary_key *keys,
                         int count, int32_t *ids)
{
    require(count <= VOCABULARY_AT_ONCE);
    uint32_t hashes[VOCABULARY_AT_ONCE], mask = (uint32_t)vocabulary->slots - 1;
    for (int i = 0; i < count; i++) {
        hashes[i] = (uint32_t)hash_bytes(keys[i].bytes, keys[i].length);
        __builtin_prefetch(&vocabulary->table[hashes[i] & mask]);
    }
    for (int i = 0; i < count; i++) {
        ids[i] = id_in(&vocabulary->table[hashes[i] & mask]);
        __builtin_prefetch(&vocabulary->offsets[ids[i]]);
    }
    for (int i = 0; i < count; i++)
        __builtin_prefetch(vocabulary->bytes + vocabulary->offsets[ids[i]]);
    for (int i = 0; i < count; i++)
        ids[i] = id_in(find_slot(vocabulary, keys[i].bytes, keys[i].length, hashes[i]));
}

const char *vocabulary_string(const struct vocabulary *vocabulary, int id, size_t *length)
{
    require(id >= 0 && id < vocabulary->size);
    *length = (size_t)(vocabulary->offsets[id + 1] - vocabulary->offsets[id]);
    return vocabulary->bytes + vocabulary->offsets[id];
}

static bool check_offsets(int64_t byte_count, const int64_t *offsets, int64_t count,
                          struct reason *why)
{
    if (count < IDS_RESERVED || count >= INT_MAX / 4)
        return fail(why, "a vocabulary of %lld symbols", (long long)count);
    if (offsets[0] != 0 || offsets[count] != byte_count)
        return fail(why, "the vocabulary's offsets do not span its bytes");
    for (int64_t id = 0; id < count; id++)
        if (offsets[id] > offsets[id + 1])
            return fail(why, "the vocabulary's offsets fall at symbol %lld", (long long)id);
    return true;
}

static bool restore_strings(struct vocabulary *vocabulary, const char *bytes,
                            const int64_t *offsets, int64_t count, struct reason *why)
{
    for (int64_t id = 0; id < count; id++) {
        const char *string = bytes + offsets[id];
        size_t length = (size_t)(offsets[id + 1] - offsets[id]);
        if (id < IDS_RESERVED) {
            size_t reserved_length;
            const char *reserved = vocabulary_string(vocabulary, (int)id, &reserved_length);
            if (length != reserved_length || memcmp(string, reserved, length) != 0)
                return fail(why, "symbol %lld of the vocabulary is not '%s'", (long long)id,
                            reserved_strings[id]);
        } else if (vocabulary_reserved(string, length) ||
                   vocabulary_find(vocabulary, string, length) != ID_UNKNOWN) {
            return fail(why, "symbol %lld of the vocabulary is there twice", (long long)id);
        } else {
            vocabulary_add(vocabulary, string, length);
        }
    }
    return true;
}

bool vocabulary_restore(struct vocabulary *vocabulary, const char *bytes, int64_t byte_count,
                        const int64_t *offsets, int64_t count, struct reason *why)
{
    if (!check_offsets(byte_count, offsets, count, why))
        return false;
    vocabulary_init(vocabulary);
    if (restore_strings(vocabulary, bytes, offsets, count, why))
        return true;
    vocabulary_release(vocabulary);
    return false;
}
