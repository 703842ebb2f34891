#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "comm/base/points.h"
#include "io/sealed/sealed_file.h"
#include <string.h>

hid_t sealed_array_access(void)
{
    hid_t access = H5Pcreate(H5P_DATASET_ACCESS);
    require(access >= 0);
    /* Least recently used first (0): with 1 a chunk that was not read to its end is never given up,
     * and the cache grows with the file. */
    require(H5Pset_chunk_cache(access, 61, 2 * SEALED_CHUNK, 0) >= 0);
    return access;
}

size_t sealed_type_bytes(enum sealed_type type)
{
    static const size_t bytes[] = {1, 4, 8, 8, 4};
    return bytes[type];
}

hid_t sealed_type_in_file(enum sealed_type type)
{
    hid_t types[] = {H5T_STD_U8LE, H5T_STD_I32LE, H5T_STD_I64LE, H5T_STD_U64LE, H5T_IEEE_F32LE};
    return types[type];
}

static hid_t type_in_memory(enum sealed_type type)
{
    hid_t types[] = {H5T_NATIVE_UINT8, H5T_NATIVE_INT32, H5T_NATIVE_INT64, H5T_NATIVE_UINT64,
                     H5T_NATIVE_FLOAT};
    return types[type];
}

struct sealed *sealed_new(const char *path, enum sealed_what what)
{
    struct sealed *file = memory_take(sizeof *file);
    file->path = memory_copy_text(path);
    file->what = what;
    file->id = -1;
    return file;
}

void sealed_free(struct sealed *file)
{
    memory_free(file->path);
    memory_free(file);
}

bool sealed_close_array(struct sealed_array *array, struct reason *why)
{
    array->name[0] = '\0';
    return H5Dclose(array->id) >= 0 || sealed_fail(why);
}

bool sealed_close_arrays(struct sealed *file, struct reason *why)
{
    bool done = true;
    for (int i = 0; i < SEALED_ARRAYS; i++)
        if (file->arrays[i].name[0] && !sealed_close_array(&file->arrays[i], why))
            done = false;
    return done;
}

struct sealed_array *sealed_find_array(struct sealed *file, const char *name)
{
    for (int i = 0; i < SEALED_ARRAYS; i++) {
        if (strcmp(file->arrays[i].name, name) != 0)
            continue;
        file->arrays[i].used = ++file->uses;
        return &file->arrays[i];
    }
    return NULL;
}

struct sealed_array *sealed_take_slot(struct sealed *file, const char *name)
{
    struct sealed_array *slot = NULL;
    for (int i = 0; i < SEALED_ARRAYS; i++) {
        struct sealed_array *array = &file->arrays[i];
        if (!array->name[0]) {
            slot = array;
            break;
        }
        if (!file->writing && (!slot || array->used < slot->used))
            slot = array;
    }
    require(slot);
    if (slot->name[0])
        H5Dclose(slot->id);
    *slot = (struct sealed_array){.id = -1, .used = ++file->uses};
    require(name[0] && strlen(name) < SEALED_NAME);
    strcpy(slot->name, name);
    return slot;
}

int64_t sealed_elements(const struct sealed_array *array)
{
    return array->dimensions[0] * array->dimensions[1];
}

/* count elements from first, which are within one row or are whole rows. */
static bool move_elements(const struct sealed_array *array, int64_t first, int64_t count, void *to,
                          const void *from, struct reason *why)
{
    int64_t columns = array->dimensions[1], rows = count < columns ? 1 : count / columns;
    const hsize_t start[2] = {(hsize_t)(first / columns), (hsize_t)(first % columns)};
    const hsize_t extent[2] = {(hsize_t)rows, (hsize_t)(count / rows)};
    return sealed_move_block(array->id, type_in_memory(array->type), array->rank, start, extent, to,
                             from, why);
}

bool sealed_move(const struct sealed_array *array, int64_t first, int64_t count, void *to,
                 const void *from, struct reason *why)
{
    size_t bytes = sealed_type_bytes(array->type);
    int64_t columns = array->rank == 1 ? 1 : array->dimensions[1];
    while (count > 0) { // at most the end of a row, whole rows, the start of a row
        point_alive();
        int64_t in_row = first % columns, block = count / columns * columns;
        if (in_row || count < columns)
            block = count < columns - in_row ? count : columns - in_row;
        if (!move_elements(array, first, block, to, from, why))
            return false;
        to = to ? (char *)to + (size_t)block * bytes : NULL;
        from = from ? (const char *)from + (size_t)block * bytes : NULL;
        first += block;
        count -= block;
    }
    return true;
}
