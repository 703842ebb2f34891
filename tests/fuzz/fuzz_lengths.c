/* Arrays of a shard with any numbers in them, sealed as they should be, of a corpus of any task:
 * offsets become lengths, and lengths micro-batches. An array is a count and its steps; after a
 * step of 127 a number comes. */
#include "given.h"
#include "io/corpus/shard_writer.h"
#include <limits.h>
#include <stdio.h>

enum { MOST = 64 };

/* A small number, or any. */
static int64_t take_count(struct given *given)
{
    uint8_t count = given_byte(given);
    return count < 255 ? count : given_integer(given, 8) & INT64_MAX;
}

static int64_t take_rising(struct given *given, int64_t numbers[MOST])
{
    int64_t count = given_byte(given) % (MOST + 1), last = 0;
    for (int64_t i = 0; i < count; i++) {
        int64_t step = given_integer(given, 1);
        last = step == 127 ? given_integer(given, 8) : (int64_t)((uint64_t)last + (uint64_t)step);
        numbers[i] = last;
    }
    return count;
}

static void write_rising(struct sealed *file, const char *name, struct given *given)
{
    int64_t numbers[MOST], count = take_rising(given, numbers);
    struct reason why;
    sealed_write_array(file, name, SEALED_INT64, 1, &count, numbers, &why);
}

static void write_ids(struct sealed *file, const char *name, struct given *given)
{
    int32_t ids[4 * MOST];
    int64_t count = given_byte(given);
    struct reason why;
    for (int64_t i = 0; i < count; i++)
        ids[i] = (int32_t)given_integer(given, 1);
    sealed_write_array(file, name, SEALED_INT32, 1, &count, ids, &why);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct corpus_rules rules[] = {
        {1, 2, PLACES_ANY, 0}, {1, 1, PLACES_OF_SOURCE, 1}, {1, 2, PLACES_ONE, 1}};
    struct given given = {data, size};
    struct corpus_shard row = {.file = "shard-00000.h5"};
    struct corpus corpus = {.path = (char *)given_corpus(), .shards = 1, .table = &row};
    struct reason why;
    row.sentences = corpus.sentences = take_count(&given);
    char path[PATH_MAX + 32];
    snprintf(path, sizeof path, "%s/%s", corpus.path, row.file);
    remove(path); // of the input before
    struct sealed *file = sealed_create(path, SEALED_SHARD, &why);
    require(file);
    for (int side = 0; side < SIDES; side += TARGET) {
        row.tokens[side] = corpus.tokens[side] = take_count(&given);
        write_ids(file, side == SOURCE ? "/source/ids" : "/target/ids", &given);
        write_rising(file, side == SOURCE ? "/source/offsets" : "/target/offsets", &given);
    }
    given_words(corpus.contents, 50);
    write_rising(file, "/line", &given);
    uint8_t kind = given_byte(&given);
    corpus.has_text = kind % 2;
    corpus.rules = kind / 2 % 4 < 3 ? &rules[kind / 2 % 4] : NULL;
    if (corpus.has_text) {
        int64_t length = (int64_t)given.size < MOST ? (int64_t)given.size : MOST;
        sealed_write_array(file, "/target/text/bytes", SEALED_BYTES, 1, &length, given.data, &why);
        write_rising(file, "/target/text/offsets", &given);
    }
    require(sealed_commit(file, &row.hash, &why));
    given_read_shard(&corpus);
    given_stream(&corpus);
    for (int side = 0; side < SIDES; side++)
        content_release(&corpus.contents[side]);
    return 0;
}
