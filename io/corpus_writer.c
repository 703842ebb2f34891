#include "io/corpus_writer.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "comm/base/random.h"
#include <string.h>

/* An array on its way to the file. What fits into one buffer is written with its exact size, so
 * that a small shard is a small file. */
enum { BUFFER_BYTES = 64 * 1024 };
struct column {
    const char *name;
    enum sealed_type type;
    char *buffer;
    size_t used; // bytes
    int begun;
};

enum {
    SOURCE_IDS,
    TARGET_IDS,
    SOURCE_OFFSETS,
    TARGET_OFFSETS,
    LINES,
    WITHOUT_TEXT,
    TEXT_BYTES = WITHOUT_TEXT,
    TEXT_OFFSETS,
    COLUMNS
};
static const struct column columns[COLUMNS] = {
    [SOURCE_IDS] = {.name = "/source/ids", .type = SEALED_INT32},
    [TARGET_IDS] = {.name = "/target/ids", .type = SEALED_INT32},
    [SOURCE_OFFSETS] = {.name = "/source/offsets", .type = SEALED_INT64},
    [TARGET_OFFSETS] = {.name = "/target/offsets", .type = SEALED_INT64},
    [LINES] = {.name = "/line", .type = SEALED_INT64},
    [TEXT_BYTES] = {.name = "/target/text/bytes", .type = SEALED_BYTES},
    [TEXT_OFFSETS] = {.name = "/target/text/offsets", .type = SEALED_INT64},
};

struct shard_writer {
    struct sealed *file;
    int index, column_count;
    struct column columns[COLUMNS];
    int64_t sentences, tokens[SIDES], text_bytes, line;
};

int corpus_shard_of_line(uint64_t seed, int64_t line, int shards)
{
    struct random_key key = {.seed = seed, .purpose = RANDOM_SHARD};
    return (int)random_below(&key, (uint64_t)line, (uint64_t)shards);
}

static size_t bytes_of(enum sealed_type type)
{
    return type == SEALED_BYTES ? 1 : type == SEALED_INT32 ? sizeof(int32_t) : sizeof(int64_t);
}

static bool flush(struct shard_writer *writer, struct column *column, struct reason *why)
{
    int64_t count = (int64_t)(column->used / bytes_of(column->type)), growing = -1;
    if (!column->begun &&
        !sealed_begin_array(writer->file, column->name, column->type, 1, &growing, why))
        return false;
    column->begun = 1;
    column->used = 0;
    return sealed_append(writer->file, column->name, count, column->buffer, why);
}

static bool add(struct shard_writer *writer, int number, const void *data, size_t count,
                struct reason *why)
{
    struct column *column = &writer->columns[number];
    size_t bytes = count * bytes_of(column->type);
    for (const char *from = data; bytes > 0;) {
        size_t room = BUFFER_BYTES - column->used, now = bytes < room ? bytes : room;
        memcpy(column->buffer + column->used, from, now);
        column->used += now;
        from += now;
        bytes -= now;
        if (column->used == BUFFER_BYTES && !flush(writer, column, why))
            return false;
    }
    return true;
}

struct shard_writer *shard_writer_open(const char *folder, int index, int text, struct reason *why)
{
    char name[32];
    corpus_shard_file(index, name);
    struct text path;
    text_init(&path);
    text_add_format(&path, "%s/%s", folder, name);
    struct sealed *file = sealed_create(path.bytes, SEALED_SHARD, why);
    text_release(&path);
    if (!file)
        return NULL;
    struct shard_writer *writer = memory_take(sizeof *writer);
    writer->file = file;
    writer->index = index;
    writer->line = -1;
    writer->column_count = text ? COLUMNS : WITHOUT_TEXT;
    for (int i = 0; i < writer->column_count; i++) {
        writer->columns[i] = columns[i];
        writer->columns[i].buffer = memory_take(BUFFER_BYTES);
    }
    int64_t start = 0; // buffers are empty: these cannot fail
    add(writer, SOURCE_OFFSETS, &start, 1, why);
    add(writer, TARGET_OFFSETS, &start, 1, why);
    if (text)
        add(writer, TEXT_OFFSETS, &start, 1, why);
    return writer;
}

bool shard_writer_add(struct shard_writer *writer, int64_t line, const int32_t *source,
                      int source_length, const int32_t *target, int target_length, const char *text,
                      size_t text_length, struct reason *why)
{
    require(line > writer->line && source_length >= 0 && target_length >= 0);
    writer->line = line;
    writer->sentences++;
    writer->tokens[SOURCE] += source_length;
    writer->tokens[TARGET] += target_length;
    if (!add(writer, SOURCE_IDS, source, (size_t)source_length, why) ||
        !add(writer, TARGET_IDS, target, (size_t)target_length, why) ||
        !add(writer, SOURCE_OFFSETS, &writer->tokens[SOURCE], 1, why) ||
        !add(writer, TARGET_OFFSETS, &writer->tokens[TARGET], 1, why) ||
        !add(writer, LINES, &line, 1, why))
        return false;
    if (writer->column_count == WITHOUT_TEXT)
        return true;
    writer->text_bytes += (int64_t)text_length;
    return add(writer, TEXT_BYTES, text, text_length, why) &&
           add(writer, TEXT_OFFSETS, &writer->text_bytes, 1, why);
}

static void release(struct shard_writer *writer)
{
    for (int i = 0; i < writer->column_count; i++)
        memory_free(writer->columns[i].buffer);
    memory_free(writer);
}

static bool finish(struct shard_writer *writer, struct column *column, struct reason *why)
{
    if (column->begun)
        return flush(writer, column, why);
    int64_t count = (int64_t)(column->used / bytes_of(column->type));
    return sealed_write_array(writer->file, column->name, column->type, 1, &count, column->buffer,
                              why);
}

bool shard_writer_close(struct shard_writer *writer, struct corpus_shard *row, struct reason *why)
{
    *row = (struct corpus_shard){.sentences = writer->sentences};
    corpus_shard_file(writer->index, row->file);
    memcpy(row->tokens, writer->tokens, sizeof row->tokens);
    bool done = true;
    for (int i = 0; done && i < writer->column_count; i++)
        done = finish(writer, &writer->columns[i], why);
    if (done)
        done = sealed_commit(writer->file, &row->hash, why);
    else
        sealed_abandon(writer->file);
    release(writer);
    return done;
}

void shard_writer_abandon(struct shard_writer *writer)
{
    if (!writer)
        return;
    sealed_abandon(writer->file);
    release(writer);
}
