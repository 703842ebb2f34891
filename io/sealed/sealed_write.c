#include "comm/base/die.h"
#include "io/folder/folder.h"
#include "io/sealed/sealed_file.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* The first failure stays: every later call fails with it. */
static bool usable(struct sealed *file, struct reason *why)
{
    require(file->writing);
    sealed_quiet();
    if (file->failed)
        *why = file->trouble;
    return !file->failed;
}

static bool outcome(struct sealed *file, bool done, struct reason *why)
{
    if (!done) {
        file->failed = 1;
        file->trouble = *why;
    }
    return done;
}

static hid_t without_times(hid_t class)
{
    hid_t creation = H5Pcreate(class);
    require(creation >= 0);
    require(H5Pset_obj_track_times(creation, false) >= 0);
    return creation;
}

struct sealed *sealed_create(const char *path, enum sealed_what what, struct reason *why)
{
    sealed_quiet();
    int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666); // for errno's own words
    if (descriptor < 0) {
        fail_errno(why);
        return NULL;
    }
    close(descriptor);
    struct sealed *file = sealed_new(path, what);
    file->writing = 1;
    hid_t access = sealed_file_access(), creation = without_times(H5P_FILE_CREATE);
    require(H5Pset_userblock(creation, SEALED_USER_BLOCK) >= 0);
    file->id = H5Fcreate(path, H5F_ACC_TRUNC, creation, access);
    if (file->id < 0)
        sealed_fail(why);
    H5Pclose(creation);
    H5Pclose(access);
    if (file->id >= 0)
        return file;
    unlink(path);
    sealed_free(file);
    return NULL;
}

static bool make_group(struct sealed *file, const char *path, struct reason *why)
{
    htri_t there = H5Lexists(file->id, path, H5P_DEFAULT);
    if (there > 0)
        return true;
    hid_t creation = without_times(H5P_GROUP_CREATE);
    hid_t group = there < 0 ? -1 : H5Gcreate2(file->id, path, H5P_DEFAULT, creation, H5P_DEFAULT);
    if (group < 0)
        sealed_fail(why);
    else
        H5Gclose(group);
    H5Pclose(creation);
    return group >= 0;
}

/* Every group that comes before a slash of name. */
static bool make_groups(struct sealed *file, const char *name, struct reason *why)
{
    char path[SEALED_NAME];
    require(name[0] == '/' && strlen(name) < sizeof path);
    strcpy(path, name);
    for (char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        if (!make_group(file, path, why))
            return false;
        *slash = '/';
    }
    return true;
}

static bool write_attribute(struct sealed *file, const char *group, const char *name, hid_t type,
                            const void *value, struct reason *why)
{
    if (strcmp(group, "/") != 0 &&
        (!make_groups(file, group, why) || !make_group(file, group, why)))
        return false;
    hid_t object = H5Oopen(file->id, group, H5P_DEFAULT), space = H5Screate(H5S_SCALAR);
    hid_t attribute = -1;
    if (object >= 0 && space >= 0)
        attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    bool done = attribute >= 0 && H5Awrite(attribute, type, value) >= 0;
    if (!done)
        sealed_fail(why);
    if (attribute >= 0)
        H5Aclose(attribute);
    if (space >= 0)
        H5Sclose(space);
    if (object >= 0)
        H5Oclose(object);
    return done;
}

bool sealed_write_text(struct sealed *file, const char *group, const char *name, const char *value,
                       struct reason *why)
{
    if (!usable(file, why))
        return false;
    if (strlen(value) >= SEALED_TEXT)
        return outcome(file, fail(why, "'%s' has over %d bytes", name, SEALED_TEXT - 1), why);
    hid_t type = H5Tcopy(H5T_C_S1);
    require(type >= 0 && H5Tset_size(type, strlen(value) + 1) >= 0);
    require(H5Tset_cset(type, H5T_CSET_UTF8) >= 0);
    bool done = write_attribute(file, group, name, type, value, why);
    H5Tclose(type);
    return outcome(file, done, why);
}

bool sealed_write_integer(struct sealed *file, const char *group, const char *name, int64_t value,
                          struct reason *why)
{
    return usable(file, why) &&
           outcome(file, write_attribute(file, group, name, H5T_STD_I64LE, &value, why), why);
}

bool sealed_write_real(struct sealed *file, const char *group, const char *name, double value,
                       struct reason *why)
{
    return usable(file, why) &&
           outcome(file, write_attribute(file, group, name, H5T_IEEE_F64LE, &value, why), why);
}

/* Whole rows as far as they fit, the last chunk about as full as the others. */
static void shape_chunk(const struct sealed_array *array, hsize_t chunk[2])
{
    int64_t most = (int64_t)(SEALED_CHUNK / sealed_type_bytes(array->type));
    int64_t columns = array->dimensions[1] < most ? array->dimensions[1] : most;
    int64_t rows = most / columns;
    if (!array->growing) {
        int64_t chunks = (array->dimensions[0] + rows - 1) / rows;
        rows = (array->dimensions[0] + chunks - 1) / chunks;
    }
    chunk[0] = (hsize_t)rows;
    chunk[1] = (hsize_t)columns;
}

static bool create_array(struct sealed *file, struct sealed_array *array, struct reason *why)
{
    hsize_t now[2] = {(hsize_t)array->dimensions[0], (hsize_t)array->dimensions[1]};
    hsize_t most[2] = {array->growing ? H5S_UNLIMITED : now[0], now[1]};
    hid_t creation = without_times(H5P_DATASET_CREATE), access = sealed_array_access();
    if (array->growing || sealed_elements(array) > 0) { // nothing needs no chunks and no checksum
        hsize_t chunk[2];
        shape_chunk(array, chunk);
        require(H5Pset_chunk(creation, array->rank, chunk) >= 0);
        require(H5Pset_fletcher32(creation) >= 0);
    }
    hid_t space = H5Screate_simple(array->rank, now, most);
    require(space >= 0);
    array->id = H5Dcreate2(file->id, array->name, sealed_type_in_file(array->type), space,
                           H5P_DEFAULT, creation, access);
    if (array->id < 0) {
        sealed_fail(why);
        array->name[0] = '\0';
    }
    bool done = array->id >= 0;
    H5Sclose(space);
    H5Pclose(access);
    H5Pclose(creation);
    return done;
}

static bool close_when_full(struct sealed_array *array, struct reason *why)
{
    return array->growing || array->written < sealed_elements(array) ||
           sealed_close_array(array, why);
}

static bool begin_array(struct sealed *file, const char *name, enum sealed_type type, int rank,
                        const int64_t *dimensions, struct reason *why)
{
    require((rank == 1 || rank == 2) && !sealed_find_array(file, name));
    if (!make_groups(file, name, why))
        return false;
    struct sealed_array *array = sealed_take_slot(file, name);
    array->type = type;
    array->rank = rank;
    array->growing = dimensions[0] < 0;
    array->dimensions[0] = array->growing ? 0 : dimensions[0];
    array->dimensions[1] = rank == 2 ? dimensions[1] : 1;
    require(array->dimensions[1] >= (array->growing ? 1 : 0));
    return create_array(file, array, why) && close_when_full(array, why);
}

bool sealed_begin_array(struct sealed *file, const char *name, enum sealed_type type, int rank,
                        const int64_t *dimensions, struct reason *why)
{
    return usable(file, why) &&
           outcome(file, begin_array(file, name, type, rank, dimensions, why), why);
}

static bool append(struct sealed *file, const char *name, int64_t elements, const void *data,
                   struct reason *why)
{
    if (elements == 0) // the array may be full already
        return true;
    struct sealed_array *array = sealed_find_array(file, name);
    require(array && elements > 0);
    if (array->growing) {
        require(elements % array->dimensions[1] == 0);
        array->dimensions[0] += elements / array->dimensions[1];
        hsize_t extent[2] = {(hsize_t)array->dimensions[0], (hsize_t)array->dimensions[1]};
        if (H5Dset_extent(array->id, extent) < 0)
            return sealed_fail(why);
    }
    require(elements <= sealed_elements(array) - array->written);
    if (!sealed_move(array, array->written, elements, NULL, data, why))
        return false;
    array->written += elements;
    return close_when_full(array, why);
}

bool sealed_append(struct sealed *file, const char *name, int64_t elements, const void *data,
                   struct reason *why)
{
    return usable(file, why) && outcome(file, append(file, name, elements, data, why), why);
}

bool sealed_write_array(struct sealed *file, const char *name, enum sealed_type type, int rank,
                        const int64_t *dimensions, const void *data, struct reason *why)
{
    require(dimensions[0] >= 0);
    int64_t elements = dimensions[0] * (rank == 2 ? dimensions[1] : 1);
    return sealed_begin_array(file, name, type, rank, dimensions, why) &&
           sealed_append(file, name, elements, data, why);
}

/* All arrays that were begun with their dimensions must be full. */
static void require_full(const struct sealed *file)
{
    for (int i = 0; i < SEALED_ARRAYS; i++)
        require(!file->arrays[i].name[0] || file->arrays[i].growing);
}

bool sealed_commit(struct sealed *file, uint64_t *hash, struct reason *why)
{
    bool done = usable(file, why);
    if (done) {
        require_full(file);
        done = sealed_close_arrays(file, why) &&
               (H5Fflush(file->id, H5F_SCOPE_GLOBAL) >= 0 || sealed_fail(why));
        if (done && H5Fclose(file->id) < 0)
            done = sealed_fail(why);
        if (done)
            file->id = -1;
        done = done && sealed_block_write(file->path, file->what, hash, why) &&
               folder_sync_around(file->path, why);
    }
    if (done)
        sealed_free(file);
    else
        sealed_abandon(file);
    return done;
}

void sealed_abandon(struct sealed *file)
{
    if (!file)
        return;
    require(file->writing);
    struct reason ignored;
    sealed_quiet();
    sealed_close_arrays(file, &ignored);
    if (file->id >= 0)
        H5Fclose(file->id);
    unlink(file->path);
    sealed_free(file);
}
