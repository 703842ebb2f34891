#include "io/corpus/shard_writer.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "comm/base/random.h"
#include "io/corpus/shard.h"
#include "io/folder/folder.h"
#include <string.h>

/* An array on its way to the file. What fits into one buffer is written with its exact size, so
 * that a small shard is a small file. The buffer holds whole rows. */
enum { BUFFER_BYTES = 64 * 1024 };
struct column {
    struct shard_array array;
    char *buffer;
    size_t used, room; // bytes
    int begun;
};

struct shard_writer {
    struct sealed *file;
    int index, has_text;
    enum form form[SIDES];
    struct column cells[SIDES], offsets[SIDES], lines, text_bytes, text_offsets;
    int64_t sentences, tokens[SIDES], bytes, line;
};

int corpus_shard_of_line(uint64_t seed, int64_t line, int shards)
{
    struct random_key key = {.seed = seed, .purpose = RANDOM_SHARD};
    return (int)random_below(&key, (uint64_t)line, (uint64_t)shards);
}

int corpus_shard_in_order(int64_t line, int64_t lines, int shards)
{
    require(line >= 0 && line < lines && lines <= INT64_MAX / shards);
    return (int)(line * shards / lines);
}

static int64_t elements(const struct column *column)
{
    return (int64_t)(column->used / sealed_type_bytes(column->array.type));
}

static bool flush(struct shard_writer *writer, struct column *column, struct reason *why)
{
    const struct shard_array *array = &column->array;
    const int64_t count = elements(column), growing[2] = {-1, array->width};
    if (!column->begun &&
        !sealed_begin_array(writer->file, array->name, array->type, array->rank, growing, why))
        return false;
    column->begun = 1;
    column->used = 0;
    return sealed_append(writer->file, array->name, count, column->buffer, why);
}

static size_t row_bytes(const struct column *column)
{
    return (size_t)column->array.width * sealed_type_bytes(column->array.type);
}

static bool add(struct shard_writer *writer, struct column *column, const void *data, size_t rows,
                struct reason *why)
{
    size_t bytes = rows * row_bytes(column);
    for (const char *from = data; bytes > 0;) {
        size_t room = column->room - column->used, now = bytes < room ? bytes : room;
        memcpy(column->buffer + column->used, from, now);
        column->used += now;
        from += now;
        bytes -= now;
        if (column->used == column->room && !flush(writer, column, why))
            return false;
    }
    return true;
}

static void open_column(struct column *column, struct shard_array array)
{
    *column = (struct column){.array = array};
    size_t row = row_bytes(column), rows = BUFFER_BYTES / row;
    column->room = (rows ? rows : 1) * row;
    column->buffer = memory_take(column->room);
}

/* Of offsets, which begin with 0. */
static void open_offsets(struct shard_writer *writer, struct column *column,
                         struct shard_array array)
{
    struct reason never = {""}; // the buffer is empty: this cannot fail
    open_column(column, array);
    require(add(writer, column, &(int64_t){0}, 1, &never));
}

struct shard_writer *shard_writer_open(const char *folder, int index, const struct corpus *corpus,
                                       struct reason *why)
{
    char name[CORPUS_FILE], path[PATH_MAX];
    corpus_shard_file(index, name);
    struct sealed *file = NULL;
    if (!folder_join(path, folder, name, "", why) ||
        !(file = sealed_create(path, SEALED_SHARD, why)))
        return NULL;
    struct shard_writer *writer = memory_take(sizeof *writer);
    writer->file = file;
    writer->index = index;
    writer->line = -1;
    writer->has_text = corpus->has_text;
    for (enum side side = 0; side < SIDES; side++) {
        writer->form[side] = corpus->contents[side].form;
        if (writer->form[side] == FORM_NONE)
            continue;
        open_column(&writer->cells[side], shard_array_cells(side, &corpus->contents[side]));
        open_offsets(writer, &writer->offsets[side], shard_array_offsets(side));
    }
    open_column(&writer->lines, shard_array_line);
    if (writer->has_text) {
        open_column(&writer->text_bytes, shard_array_text);
        open_offsets(writer, &writer->text_offsets, shard_array_text_offsets);
    }
    return writer;
}

static bool add_side(struct shard_writer *writer, enum side side, const struct sequence *sequence,
                     struct reason *why)
{
    require(sequence->length >= 0);
    writer->tokens[side] += sequence->length;
    return add(writer, &writer->cells[side], sequence->cells, (size_t)sequence->length, why) &&
           add(writer, &writer->offsets[side], &writer->tokens[side], 1, why);
}

bool shard_writer_add(struct shard_writer *writer, int64_t line, const struct sentence *sentence,
                      const char *text, size_t text_length, struct reason *why)
{
    require(line > writer->line);
    writer->line = line;
    writer->sentences++;
    for (enum side side = 0; side < SIDES; side++)
        if (writer->form[side] != FORM_NONE && !add_side(writer, side, &sentence->side[side], why))
            return false;
    if (!add(writer, &writer->lines, &line, 1, why))
        return false;
    if (!writer->has_text)
        return true;
    writer->bytes += (int64_t)text_length;
    return add(writer, &writer->text_bytes, text, text_length, why) &&
           add(writer, &writer->text_offsets, &writer->bytes, 1, why);
}

/* All columns, in the order in which their arrays are made; NULL at the end. */
static void columns_of(struct shard_writer *writer, struct column *columns[2 * SIDES + 4])
{
    int count = 0;
    for (enum side side = 0; side < SIDES; side++)
        if (writer->form[side] != FORM_NONE)
            columns[count++] = &writer->cells[side];
    for (enum side side = 0; side < SIDES; side++)
        if (writer->form[side] != FORM_NONE)
            columns[count++] = &writer->offsets[side];
    columns[count++] = &writer->lines;
    if (writer->has_text) {
        columns[count++] = &writer->text_bytes;
        columns[count++] = &writer->text_offsets;
    }
    columns[count] = NULL;
}

static void release(struct shard_writer *writer)
{
    struct column *columns[2 * SIDES + 4];
    columns_of(writer, columns);
    for (int i = 0; columns[i]; i++)
        memory_free(columns[i]->buffer);
    memory_free(writer);
}

static bool finish(struct shard_writer *writer, struct column *column, struct reason *why)
{
    if (column->begun)
        return flush(writer, column, why);
    const struct shard_array *array = &column->array;
    return sealed_write_array(writer->file, array->name, array->type, array->rank,
                              (int64_t[]){elements(column) / array->width, array->width},
                              column->buffer, why);
}

bool shard_writer_close(struct shard_writer *writer, struct corpus_shard *row, struct reason *why)
{
    *row = (struct corpus_shard){.sentences = writer->sentences};
    corpus_shard_file(writer->index, row->file);
    memcpy(row->tokens, writer->tokens, sizeof row->tokens);
    struct column *columns[2 * SIDES + 4];
    columns_of(writer, columns);
    bool done = true;
    for (int i = 0; done && columns[i]; i++)
        done = finish(writer, columns[i], why);
    if (done)
        done = sealed_commit(writer->file, &row->hash, why);
    else
        sealed_abandon(writer->file);
    release(writer);
    return done;
}
