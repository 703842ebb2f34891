#include "given.h"
#include "comm/base/hash.h"
#include "given_checksums.h"
#include "io/folder/folder.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

uint8_t given_byte(struct given *given)
{
    if (!given->size)
        return 0;
    given->size--;
    return *given->data++;
}

int64_t given_integer(struct given *given, int bytes)
{
    uint64_t value = 0, sign = (uint64_t)1 << (8 * bytes - 1);
    for (int i = 0; i < bytes; i++)
        value |= (uint64_t)given_byte(given) << 8 * i;
    return (int64_t)((value ^ sign) - sign);
}

const char *given_bytes(struct given *given, size_t count, size_t *length)
{
    const char *bytes = (const char *)given->data;
    *length = count < given->size ? count : given->size;
    given->data += *length;
    given->size -= *length;
    return bytes;
}

static char folder[PATH_MAX];

static void remove_folder(void)
{
    struct reason ignored;
    folder_remove(folder, &ignored);
}

const char *given_corpus(void)
{
    const char *parent = getenv("TMPDIR");
    if (folder[0])
        return folder;
    snprintf(folder, sizeof folder, "%s/chorus-fuzz-XXXXXX", parent ? parent : "/tmp");
    require(mkdtemp(folder));
    atexit(remove_folder);
    return folder;
}

static const char *put_file(int number, const void *head, size_t head_size, const void *data,
                            size_t size)
{
    static const char *const names[GIVEN_FILES] = {"corpus.h5", "shard-00000.h5"};
    static char path[PATH_MAX + 32];
    snprintf(path, sizeof path, "%s/%s", given_corpus(), names[number]);
    FILE *file = fopen(path, "wb");
    require(file && fwrite(head, 1, head_size, file) == head_size);
    require(!size || fwrite(data, 1, size, file) == size);
    require(fclose(file) == 0);
    return path;
}

const char *given_file(int number, const struct given *given)
{
    return put_file(number, "", 0, given->data, given->size);
}

static void put_number(uint8_t *at, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

static const char magic[] = "chorus\r\n";

const char *given_sealed(enum sealed_what what, const struct given *given, uint64_t *hash)
{
    static const char *const names[] = {"corpus", "shard", "checkpoint"};
    enum { MAGIC = sizeof magic - 1, AT_VERSION = 24, AT_LENGTH = 32, AT_HASH = 40 };
    if (given->size >= AT_HASH + 8 && !memcmp(given->data, magic, MAGIC)) {
        memcpy(hash, given->data + AT_HASH, sizeof *hash);
        return put_file(what == SEALED_SHARD, "", 0, given->data, given->size);
    }
    uint8_t block[SEALED_USER_BLOCK] = {0}, *rest = memory_take(given->size);
    if (given->size)
        memcpy(rest, given->data, given->size);
    given_checksums(rest, given->size);
    memcpy(block, magic, MAGIC);
    strcpy((char *)block + MAGIC, names[what]);
    block[AT_VERSION] = SEALED_VERSION;
    put_number(block + AT_LENGTH, given->size, 8);
    *hash = hash_bytes(rest, given->size);
    put_number(block + AT_HASH, *hash, 8);
    const char *path = put_file(what == SEALED_SHARD, block, sizeof block, rest, given->size);
    memory_free(rest);
    return path;
}

static void take_words(struct content *content, int size)
{
    struct vocabulary vocabulary;
    struct text none = {0};
    struct reason why;
    vocabulary_init(&vocabulary);
    for (int i = IDS_RESERVED; i < size; i++) {
        char word[16];
        vocabulary_add(&vocabulary, word, (size_t)snprintf(word, sizeof word, "w%d", i));
    }
    *content = (struct content){.form = FORM_SYMBOLS};
    require(tokenizer_restore(&content->tokenizer, TOKENIZER_WORDS, &none, vocabulary.bytes,
                              vocabulary.offsets[size], vocabulary.offsets, size, &why));
    vocabulary_release(&vocabulary);
}

void given_words(struct content contents[SIDES], int size)
{
    take_words(&contents[SOURCE], size);
    take_words(&contents[TARGET], size);
}
