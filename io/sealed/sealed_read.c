#include "comm/base/die.h"
#include "io/sealed/sealed_file.h"
#include <string.h>

/* The file that HDF5 has open: still the one that was checked? A chunk carries its own checksum, so
 * to HDF5 those of another file that was written over this one are as good. */
static bool unchanged(struct sealed *file, struct reason *why)
{
    void *descriptor;
    return H5Fget_vfd_handle(file->id, H5P_DEFAULT, &descriptor) < 0
               ? sealed_fail(why)
               : sealed_block_unchanged(*(int *)descriptor, file->what, file->hash, &file->stamp,
                                        why);
}

static bool open_file(struct sealed *file, struct reason *why)
{
    hid_t access = sealed_file_access();
    file->id = H5Fopen(file->path, H5F_ACC_RDONLY, access);
    if (file->id < 0)
        sealed_fail(why);
    H5Pclose(access);
    if (file->id >= 0 && !unchanged(file, why)) {
        H5Fclose(file->id);
        file->id = -1;
    }
    return file->id >= 0;
}

struct sealed *sealed_open(const char *path, enum sealed_what what, const uint64_t *expected_hash,
                           struct reason *why)
{
    sealed_quiet();
    struct sealed *file = sealed_new(path, what);
    if (sealed_block_check(path, what, expected_hash, NULL, &file->stamp, &file->hash, why) &&
        open_file(file, why))
        return file;
    sealed_free(file);
    return NULL;
}

void sealed_pause(struct sealed *file)
{
    require(!file->writing);
    struct reason ignored;
    sealed_quiet();
    sealed_close_arrays(file, &ignored);
    if (file->id >= 0)
        H5Fclose(file->id);
    file->id = -1;
}

/* Before a read: a paused file must be the one that was checked. */
static bool ready(struct sealed *file, struct reason *why)
{
    require(!file->writing);
    sealed_quiet();
    if (file->id >= 0)
        return true;
    const uint64_t expected = file->hash;
    const struct sealed_stamp known = file->stamp;
    return sealed_block_check(file->path, file->what, &expected, &known, &file->stamp, &file->hash,
                              why) &&
           open_file(file, why);
}

void sealed_close(struct sealed *file)
{
    if (!file)
        return;
    sealed_pause(file);
    sealed_free(file);
}

bool sealed_has(struct sealed *file, const char *name)
{
    struct reason why;
    char path[SEALED_NAME];
    require(name[0] == '/' && strlen(name) < sizeof path);
    if (!ready(file, &why))
        return false;
    strcpy(path, name);
    for (char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        if (H5Lexists(file->id, path, H5P_DEFAULT) <= 0)
            return false;
        *slash = '/';
    }
    return H5Lexists(file->id, path, H5P_DEFAULT) > 0;
}

bool sealed_has_attribute(struct sealed *file, const char *group, const char *name)
{
    struct reason why;
    return sealed_has(file, group) && ready(file, &why) &&
           H5Aexists_by_name(file->id, group, name, H5P_DEFAULT) > 0;
}

/* The attribute if it is one scalar of this class; "attribute NAME of GROUP ..." if not. */
static hid_t open_attribute(struct sealed *file, const char *group, const char *name,
                            H5T_class_t class, struct reason *why)
{
    hid_t attribute = H5Aopen_by_name(file->id, group, name, H5P_DEFAULT, H5P_DEFAULT);
    if (attribute < 0) {
        fail(why, "attribute '%s' of '%s' is missing", name, group);
        return -1;
    }
    hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
    bool fits = type >= 0 && space >= 0 && H5Tget_class(type) == class &&
                H5Sget_simple_extent_npoints(space) == 1;
    if (type >= 0)
        H5Tclose(type);
    if (space >= 0)
        H5Sclose(space);
    if (fits)
        return attribute;
    fail(why, "attribute '%s' of '%s' has another type", name, group);
    H5Aclose(attribute);
    return -1;
}

static bool read_text(hid_t attribute, const char *name, char *value, size_t capacity,
                      struct reason *why)
{
    hid_t type = H5Aget_type(attribute);
    if (type < 0)
        return sealed_fail(why);
    size_t size = H5Tget_size(type);
    bool done;
    if (H5Tis_variable_str(type) != 0 || size == 0)
        done = fail(why, "attribute '%s' has another type", name);
    else if (size > capacity)
        done = fail(why, "attribute '%s' is too long", name);
    else
        done = H5Aread(attribute, type, value) >= 0 || sealed_fail(why);
    H5Tclose(type);
    return done && (memchr(value, '\0', size) || fail(why, "attribute '%s' has no end", name));
}

bool sealed_read_text(struct sealed *file, const char *group, const char *name, char *value,
                      size_t capacity, struct reason *why)
{
    if (!ready(file, why))
        return false;
    hid_t attribute = open_attribute(file, group, name, H5T_STRING, why);
    if (attribute < 0)
        return false;
    bool done = read_text(attribute, name, value, capacity, why);
    H5Aclose(attribute);
    return done;
}

static bool read_number(struct sealed *file, const char *group, const char *name, H5T_class_t class,
                        hid_t type, void *value, struct reason *why)
{
    hid_t attribute = open_attribute(file, group, name, class, why);
    if (attribute < 0)
        return false;
    bool done = H5Aread(attribute, type, value) >= 0 || sealed_fail(why);
    H5Aclose(attribute);
    return done;
}

bool sealed_read_integer(struct sealed *file, const char *group, const char *name, int64_t *value,
                         struct reason *why)
{
    return ready(file, why) &&
           read_number(file, group, name, H5T_INTEGER, H5T_NATIVE_INT64, value, why);
}

bool sealed_read_real(struct sealed *file, const char *group, const char *name, double *value,
                      struct reason *why)
{
    return ready(file, why) &&
           read_number(file, group, name, H5T_FLOAT, H5T_NATIVE_DOUBLE, value, why);
}

/* As we write them: in chunks of a modest size with a checksum each, no other filter; or nothing at
 * all. */
static bool stored_as_ours(const struct sealed_array *array)
{
    hid_t creation = H5Dget_create_plist(array->id);
    if (creation < 0)
        return false;
    bool ours = sealed_elements(array) == 0;
    if (!ours && H5Pget_layout(creation) == H5D_CHUNKED && H5Pget_nfilters(creation) == 1) {
        hsize_t chunk[2] = {1, 1};
        unsigned flags, config;
        size_t values = 0;
        ours = H5Pget_filter2(creation, 0, &flags, &values, NULL, 0, NULL, &config) ==
                   H5Z_FILTER_FLETCHER32 &&
               H5Pget_chunk(creation, array->rank, chunk) == array->rank &&
               chunk[0] <= SEALED_CHUNK && chunk[1] <= SEALED_CHUNK &&
               chunk[0] * chunk[1] * sealed_type_bytes(array->type) <= SEALED_CHUNK;
    }
    H5Pclose(creation);
    return ours;
}

static bool read_dimensions(struct sealed_array *array, int64_t file_bytes, struct reason *why)
{
    hsize_t extent[2] = {1, 1};
    hid_t space = H5Dget_space(array->id);
    if (space < 0)
        return sealed_fail(why);
    bool simple = H5Sget_simple_extent_type(space) == H5S_SIMPLE &&
                  H5Sget_simple_extent_ndims(space) == array->rank &&
                  H5Sget_simple_extent_dims(space, extent, NULL) == array->rank;
    H5Sclose(space);
    if (!simple)
        return fail(why, "array '%s' does not have %d dimension%s", array->name, array->rank,
                    array->rank == 1 ? "" : "s");
    hsize_t most = (hsize_t)file_bytes / sealed_type_bytes(array->type);
    if (extent[0] > most || extent[1] > most || (extent[1] && extent[0] > most / extent[1]))
        return fail(why, "array '%s' is larger than the file", array->name);
    array->dimensions[0] = (int64_t)extent[0];
    array->dimensions[1] = (int64_t)extent[1];
    return true;
}

static bool check_array(struct sealed_array *array, int64_t file_bytes, struct reason *why)
{
    hid_t type = H5Dget_type(array->id);
    bool same = type >= 0 && H5Tequal(type, sealed_type_in_file(array->type)) > 0;
    if (type >= 0)
        H5Tclose(type);
    if (!same)
        return fail(why, "array '%s' has another type", array->name);
    if (!read_dimensions(array, file_bytes, why))
        return false;
    return stored_as_ours(array) || fail(why, "array '%s' is stored in another way", array->name);
}

static struct sealed_array *open_array(struct sealed *file, const char *name, enum sealed_type type,
                                       int rank, struct reason *why)
{
    if (!ready(file, why))
        return NULL;
    struct sealed_array *array = sealed_find_array(file, name);
    if (array && array->type == type && (!rank || array->rank == rank))
        return array;
    if (array) {
        fail(why, "array '%s' has another type", name);
        return NULL;
    }
    if (!sealed_has(file, name)) {
        fail(why, "array '%s' is missing", name);
        return NULL;
    }
    hid_t access = sealed_array_access(), id = H5Dopen2(file->id, name, access);
    H5Pclose(access);
    if (id < 0) {
        sealed_fail(why);
        return NULL;
    }
    array = sealed_take_slot(file, name);
    array->id = id;
    array->type = type;
    hid_t space = H5Dget_space(id);
    array->rank = rank ? rank : (H5Sget_simple_extent_ndims(space) == 2 ? 2 : 1);
    H5Sclose(space);
    if (check_array(array, file->stamp.bytes, why))
        return array;
    struct reason ignored;
    sealed_close_array(array, &ignored);
    return NULL;
}

bool sealed_dimensions(struct sealed *file, const char *name, enum sealed_type type, int rank,
                       int64_t *dimensions, struct reason *why)
{
    require(rank == 1 || rank == 2);
    struct sealed_array *array = open_array(file, name, type, rank, why);
    if (!array)
        return false;
    memcpy(dimensions, array->dimensions, (size_t)rank * sizeof *dimensions);
    return true;
}

bool sealed_read(struct sealed *file, const char *name, enum sealed_type type, int64_t first,
                 int64_t count, void *data, struct reason *why)
{
    require(first >= 0 && count >= 0);
    struct sealed_array *array = open_array(file, name, type, 0, why);
    if (!array)
        return false;
    int64_t elements = sealed_elements(array);
    if (first > elements || count > elements - first)
        return fail(why, "array '%s' has %lld elements, not %lld", name, (long long)elements,
                    (long long)(count > INT64_MAX - first ? count : first + count));
    bool done = sealed_move(array, first, count, data, NULL, why);
    return unchanged(file, why) && done; // of a file that was truncated this is the better reason
}

bool sealed_members(struct sealed *file, const char *group, int64_t *count, struct reason *why)
{
    H5G_info_t info;
    if (!ready(file, why))
        return false;
    if (H5Gget_info_by_name(file->id, group, &info, H5P_DEFAULT) < 0)
        return fail(why, "group '%s' is missing", group);
    *count = (int64_t)info.nlinks;
    return true;
}

struct visitor {
    void (*visit)(void *to, const char *name);
    void *to;
};

static herr_t pass_on(hid_t object, const char *name, const H5A_info_t *info, void *to)
{
    (void)object;
    (void)info;
    struct visitor *visitor = to;
    visitor->visit(visitor->to, name);
    return 0;
}

bool sealed_each_attribute(struct sealed *file, const char *group,
                           void (*visit)(void *to, const char *name), void *to, struct reason *why)
{
    if (!ready(file, why))
        return false;
    struct visitor visitor = {visit, to};
    hsize_t place = 0;
    return H5Aiterate_by_name(file->id, group, H5_INDEX_NAME, H5_ITER_INC, &place, pass_on,
                              &visitor, H5P_DEFAULT) >= 0 ||
           fail(why, "group '%s' is missing", group);
}
