#include "io/run/checkpoint.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "comm/base/points.h"
#include "io/folder/folder.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { NAME_MOST = 256, SLAB = 1024 * 1024 }; // bytes, elements

struct checkpoint_writer {
    struct sealed *file; // NULL once it is sealed
    char path[PATH_MAX], aside[PATH_MAX];
    char array[NAME_MOST]; // begun last
};

struct checkpoint_writer *checkpoint_create(const char *path, struct reason *why)
{
    struct checkpoint_writer *writer = memory_take(sizeof *writer);
    snprintf(writer->path, PATH_MAX, "%s", path);
    if (snprintf(writer->aside, PATH_MAX, "%s.partial", path) < PATH_MAX)
        writer->file = sealed_create(writer->aside, SEALED_CHECKPOINT, why);
    else
        fail(why, "%s", strerror(ENAMETOOLONG));
    point_at("checkpoint.open", 0, NULL, 0);
    if (writer->file)
        return writer;
    memory_free(writer);
    return NULL;
}

bool checkpoint_setting(struct checkpoint_writer *writer, const char *name, const char *value,
                        struct reason *why)
{
    return sealed_write_text(writer->file, "/settings", name, value, why);
}

bool checkpoint_integer(struct checkpoint_writer *writer, const char *name, int64_t value,
                        struct reason *why)
{
    return sealed_write_integer(writer->file, "/state", name, value, why);
}

bool checkpoint_real(struct checkpoint_writer *writer, const char *name, double value,
                     struct reason *why)
{
    return sealed_write_real(writer->file, "/state", name, value, why);
}

bool checkpoint_contents(struct checkpoint_writer *writer, const struct content *contents,
                         struct reason *why)
{
    for (int side = 0; side < SIDES; side++)
        if (!content_write(writer->file, side, &contents[side], why))
            return false;
    return true;
}

static void array_path(char path[NAME_MOST], const char *block, const char *name)
{
    int length = snprintf(path, NAME_MOST, "/%s/%s", block, name);
    require(length < NAME_MOST);
}

bool checkpoint_array(struct checkpoint_writer *writer, const char *block, const char *name,
                      int rows, int columns, struct reason *why)
{
    require(rows >= 0 && columns >= 0);
    array_path(writer->array, block, name);
    return sealed_begin_array(writer->file, writer->array, SEALED_FLOAT32, columns ? 2 : 1,
                              (int64_t[]){rows, columns}, why);
}

bool checkpoint_append(struct checkpoint_writer *writer, int64_t elements, const float *data,
                       struct reason *why)
{
    bool done = true;
    for (int64_t first = 0; done && first < elements; first += SLAB) {
        int64_t rest = elements - first;
        done = sealed_append(writer->file, writer->array, rest < SLAB ? rest : SLAB, data + first,
                             why);
    }
    return done;
}

bool checkpoint_seal(struct checkpoint_writer *writer, struct reason *why)
{
    uint64_t hash;
    point_at("checkpoint.flush", 0, NULL, 0);
    bool done = sealed_commit(writer->file, &hash, why);
    writer->file = NULL;
    return done;
}

bool checkpoint_commit(struct checkpoint_writer *writer, struct reason *why)
{
    bool done = !writer->file || checkpoint_seal(writer, why);
    point_at("checkpoint.rename", 0, NULL, 0);
    done = done && folder_rename(writer->aside, writer->path, why);
    if (!done)
        remove(writer->aside);
    memory_free(writer);
    return done;
}

void checkpoint_abandon(struct checkpoint_writer *writer)
{
    if (!writer)
        return;
    if (writer->file)
        sealed_abandon(writer->file);
    else
        remove(writer->aside);
    memory_free(writer);
}

struct setting {
    char *name, *value;
};

struct checkpoint {
    char *path;
    struct sealed *file;
    struct setting *settings;
    int count;
    int64_t capacity;
};

static void add_setting(void *to, const char *name)
{
    struct checkpoint *checkpoint = to;
    checkpoint->settings = memory_room(checkpoint->settings, sizeof(struct setting),
                                       &checkpoint->capacity, checkpoint->count + 1);
    checkpoint->settings[checkpoint->count++].name = memory_copy_text(name);
}

static bool read_settings(struct checkpoint *checkpoint, struct reason *why)
{
    if (!sealed_has(checkpoint->file, "/settings"))
        return true;
    if (!sealed_each_attribute(checkpoint->file, "/settings", add_setting, checkpoint, why))
        return false;
    char value[SEALED_TEXT];
    for (int i = 0; i < checkpoint->count; i++) {
        struct setting *setting = &checkpoint->settings[i];
        if (!sealed_read_text(checkpoint->file, "/settings", setting->name, value, sizeof value,
                              why))
            return false;
        setting->value = memory_copy_text(value);
    }
    return true;
}

/* A corpus or a run where one of their files belongs. */
static bool check_file(const char *path, struct reason *why)
{
    switch (folder_kind(path)) {
    case FOLDER_RUN:
        return fail(why, "is the folder of a run: give a checkpoint in it, such as best.h5");
    case FOLDER_CORPUS:
        return fail(why, "is a corpus, not a checkpoint");
    case FOLDER_OTHER:
        break;
    }
    return true;
}

struct checkpoint *checkpoint_open(const char *path, struct reason *why)
{
    if (!check_file(path, why))
        return NULL;
    struct sealed *file = sealed_open(path, SEALED_CHECKPOINT, NULL, why);
    if (!file)
        return NULL;
    struct checkpoint *checkpoint = memory_take(sizeof *checkpoint);
    checkpoint->path = memory_copy_text(path);
    checkpoint->file = file;
    if (read_settings(checkpoint, why))
        return checkpoint;
    checkpoint_close(checkpoint);
    return NULL;
}

void checkpoint_close(struct checkpoint *checkpoint)
{
    if (!checkpoint)
        return;
    for (int i = 0; i < checkpoint->count; i++) {
        memory_free(checkpoint->settings[i].name);
        memory_free(checkpoint->settings[i].value);
    }
    memory_free(checkpoint->settings);
    sealed_close(checkpoint->file);
    memory_free(checkpoint->path);
    memory_free(checkpoint);
}

const char *checkpoint_path(const struct checkpoint *checkpoint)
{
    return checkpoint->path;
}

const char *checkpoint_get_setting(const struct checkpoint *checkpoint, const char *name)
{
    for (int i = 0; i < checkpoint->count; i++)
        if (strcmp(checkpoint->settings[i].name, name) == 0)
            return checkpoint->settings[i].value;
    return NULL;
}

bool checkpoint_get_integer(struct checkpoint *checkpoint, const char *name, int64_t *value,
                            struct reason *why)
{
    return sealed_read_integer(checkpoint->file, "/state", name, value, why);
}

bool checkpoint_get_real(struct checkpoint *checkpoint, const char *name, double *value,
                         struct reason *why)
{
    return sealed_read_real(checkpoint->file, "/state", name, value, why);
}

bool checkpoint_get_contents(struct checkpoint *checkpoint, struct content *contents,
                             struct reason *why)
{
    int read = 0;
    while (read < SIDES && content_read(checkpoint->file, read, &contents[read], why))
        read++;
    bool well = read == SIDES && (contents[TARGET].form != FORM_NONE || fail(why, "has no target"));
    for (int side = 0; side < read && !well; side++)
        content_release(&contents[side]);
    return well;
}

bool checkpoint_arrays(struct checkpoint *checkpoint, const char *block, int64_t *count,
                       struct reason *why)
{
    char path[NAME_MOST];
    array_path(path, block, "");
    path[strlen(path) - 1] = '\0';
    return sealed_members(checkpoint->file, path, count, why);
}

bool checkpoint_read(struct checkpoint *checkpoint, const char *block, const char *name, int rows,
                     int columns, int64_t first, int64_t count, float *data, struct reason *why)
{
    int64_t found[2] = {0, 0}, elements = (int64_t)rows * (columns ? columns : 1);
    require(first >= 0 && count >= 0 && first <= elements && count <= elements - first);
    char path[NAME_MOST];
    array_path(path, block, name);
    int rank = columns ? 2 : 1;
    if (!sealed_dimensions(checkpoint->file, path, SEALED_FLOAT32, rank, found, why))
        return false;
    if (found[0] != rows || found[1] != columns)
        return columns ? fail(why, "array '%s' is %lld x %lld instead of %d x %d", path,
                              (long long)found[0], (long long)found[1], rows, columns)
                       : fail(why, "array '%s' has %lld elements instead of %d", path,
                              (long long)found[0], rows);
    for (int64_t done = 0; done < count; done += SLAB) {
        int64_t now = count - done < SLAB ? count - done : SLAB;
        if (!sealed_read(checkpoint->file, path, SEALED_FLOAT32, first + done, now, data + done,
                         why))
            return false;
    }
    return true;
}
