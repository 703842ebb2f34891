/* Vectors from an HDF5 file of another program's, in the layout of vectors.h. Nothing in it is
 * believed: sizes are held against what the file stores, so that a few bytes cannot ask for much
 * memory; and all of the data stands in the file itself. */
#include "comm/base/memory.h"
#include "comm/base/points.h"
#include "io/sealed/sealed_hdf5.h"
#include "io/vectors/vectors_formats.h"
#include <math.h>
#include <string.h>

enum {
    PIECE = 1 << 18,      // numbers, and offsets, read at a time
    CHUNK_MOST = 1 << 25, // bytes of HDF5's cache, in which a chunk of the file must have room
    SQUEEZED_MOST = 1100  // deflate makes nothing smaller than by this
};

struct reading {
    hid_t file, values, offsets; // offsets < 0: each row is a sequence
    bool wide;                   // float64 in the file
    int64_t frames, sequences, at;
    int dimension;
    float *rows; // [first_row, first_row + row_count) of /values
    double *wide_rows;
    int64_t first_row, row_count, row_room;
    int64_t *places; // [first_place, first_place + place_count) of /offsets
    int64_t first_place, place_count;
    float *sequence;
    int64_t sequence_room;
};

static int64_t lesser(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static hid_t open_array(hid_t file, const char *name, struct reason *why)
{
    hid_t access = H5Pcreate(H5P_DATASET_ACCESS), id = -1;
    if (H5Pset_chunk_cache(access, 521, CHUNK_MOST, 0) >= 0)
        id = H5Dopen2(file, name, access);
    if (id < 0)
        sealed_fail(why);
    H5Pclose(access);
    return id;
}

static bool has_type(hid_t array, const hid_t *types, int count)
{
    hid_t type = H5Dget_type(array);
    bool found = false;
    for (int i = 0; i < count && type >= 0; i++)
        found = found || H5Tequal(type, types[i]) > 0;
    if (type >= 0)
        H5Tclose(type);
    return found;
}

/* extent: of `rank` dimensions. */
static bool read_extent(hid_t array, const char *name, int rank, hsize_t *extent,
                        struct reason *why)
{
    hid_t space = H5Dget_space(array);
    bool fits = space >= 0 && H5Sget_simple_extent_type(space) == H5S_SIMPLE &&
                H5Sget_simple_extent_ndims(space) == rank &&
                H5Sget_simple_extent_dims(space, extent, NULL) == rank;
    if (space >= 0)
        H5Sclose(space);
    return fits ||
           fail(why, "array '%s' does not have %d dimension%s", name, rank, rank == 1 ? "" : "s");
}

static bool check_chunks(hid_t creation, const char *name, int rank, size_t bytes,
                         struct reason *why)
{
    hsize_t chunk[2] = {1, 1};
    if (H5Pget_chunk(creation, rank, chunk) != rank)
        return sealed_fail(why);
    hsize_t most = CHUNK_MOST / bytes;
    return (chunk[0] <= most && chunk[1] <= most && chunk[0] <= most / chunk[1]) ||
           fail(why, "array '%s' is stored in chunks of more than %d MiB", name, CHUNK_MOST >> 20);
}

/* Is what the array claims to hold in this file? */
static bool check_storage(const struct reading *reading, hid_t array, const char *name, int rank,
                          const hsize_t *extent, struct reason *why)
{
    hid_t creation = H5Dget_create_plist(array), type = H5Dget_type(array);
    hsize_t file_bytes = 0, stored = H5Dget_storage_size(array);
    size_t bytes = type >= 0 ? H5Tget_size(type) : 0;
    bool good = creation >= 0 && bytes > 0 && H5Fget_filesize(reading->file, &file_bytes) >= 0;
    if (type >= 0)
        H5Tclose(type);
    if (!good) {
        sealed_fail(why);
    } else {
        H5D_layout_t layout = H5Pget_layout(creation);
        if (layout == H5D_VIRTUAL || H5Pget_external_count(creation) != 0)
            good = fail(why, "array '%s' is stored in another file", name);
        else if (layout == H5D_CHUNKED)
            good = check_chunks(creation, name, rank, bytes, why);
        stored = stored < file_bytes ? stored : file_bytes;
        hsize_t most = stored / bytes * (H5Pget_nfilters(creation) > 0 ? SQUEEZED_MOST : 1);
        if (good && extent[1] && extent[0] > most / extent[1])
            good = fail(why, "array '%s' holds less than its shape says", name);
    }
    if (creation >= 0)
        H5Pclose(creation);
    return good;
}

static bool open_values(struct reading *reading, struct reason *why)
{
    static const char name[] = "/values";
    const hid_t types[] = {H5T_IEEE_F32LE, H5T_IEEE_F32BE, H5T_IEEE_F64LE, H5T_IEEE_F64BE};
    hsize_t extent[2];
    if (H5Lexists(reading->file, name, H5P_DEFAULT) <= 0)
        return fail(why, "has no array '%s'", name);
    reading->values = open_array(reading->file, name, why);
    if (reading->values < 0)
        return false;
    if (!has_type(reading->values, types, 4))
        return fail(why, "array '%s' holds neither float32 nor float64", name);
    if (!read_extent(reading->values, name, 2, extent, why))
        return false;
    if (extent[1] < 1 || extent[1] > VECTORS_DIMENSION_MOST)
        return fail(why, "the vectors of '%s' have %llu numbers, not 1 to %d", name,
                    (unsigned long long)extent[1], VECTORS_DIMENSION_MOST);
    reading->wide = has_type(reading->values, types + 2, 2);
    reading->frames = (int64_t)extent[0];
    reading->dimension = (int)extent[1];
    reading->row_room = lesser(reading->frames, PIECE / (int64_t)extent[1]);
    return check_storage(reading, reading->values, name, 2, extent, why);
}

/* `count` elements or rows from `first` on. */
static bool read_block(hid_t array, hid_t type, int rank, int64_t first, int64_t count,
                       int64_t columns, void *to, struct reason *why)
{
    const hsize_t start[2] = {(hsize_t)first, 0};
    const hsize_t extent[2] = {(hsize_t)count, (hsize_t)columns};
    bool done = sealed_move_block(array, type, rank, start, extent, to, NULL, why);
    point_alive();
    return done;
}

static bool read_place(struct reading *reading, int64_t index, int64_t *place, struct reason *why)
{
    int64_t held = index - reading->first_place;
    if (held < 0 || held >= reading->place_count) {
        reading->first_place = index;
        reading->place_count = lesser(reading->sequences + 1 - index, PIECE);
        if (!read_block(reading->offsets, H5T_NATIVE_INT64, 1, index, reading->place_count, 1,
                        reading->places, why))
            return false;
        held = 0;
    }
    *place = reading->places[held];
    return true;
}

static bool open_offsets(struct reading *reading, struct reason *why)
{
    static const char name[] = "/offsets";
    const hid_t types[] = {H5T_STD_I64LE, H5T_STD_I64BE};
    hsize_t extent[2] = {0, 1};
    int64_t first, last;
    reading->sequences = reading->frames;
    if (H5Lexists(reading->file, name, H5P_DEFAULT) <= 0)
        return true;
    reading->offsets = open_array(reading->file, name, why);
    if (reading->offsets < 0)
        return false;
    if (!has_type(reading->offsets, types, 2))
        return fail(why, "array '%s' does not hold int64", name);
    if (!read_extent(reading->offsets, name, 1, extent, why) ||
        !check_storage(reading, reading->offsets, name, 1, extent, why))
        return false;
    if (!extent[0])
        return fail(why, "array '%s' is empty", name);
    reading->sequences = (int64_t)extent[0] - 1;
    reading->places = memory_take((size_t)lesser(reading->sequences + 1, PIECE) * sizeof(int64_t));
    if (!read_place(reading, reading->sequences, &last, why) ||
        !read_place(reading, 0, &first, why))
        return false;
    if (first != 0 || last != reading->frames)
        return fail(why, "'%s' goes from %lld to %lld, but there are %lld frames", name,
                    (long long)first, (long long)last, (long long)reading->frames);
    return true;
}

static void close_file(void *state)
{
    struct reading *reading = state;
    sealed_quiet();
    if (reading->values >= 0)
        H5Dclose(reading->values);
    if (reading->offsets >= 0)
        H5Dclose(reading->offsets);
    if (reading->file >= 0)
        H5Fclose(reading->file);
    memory_free(reading->rows);
    memory_free(reading->wide_rows);
    memory_free(reading->places);
    memory_free(reading->sequence);
    memory_free(reading);
}

static void *open_file(const char *path, struct reason *why)
{
    if (strcmp(path, "-") == 0) {
        fail(why, "HDF5 cannot be read from standard input");
        return NULL;
    }
    sealed_quiet();
    hid_t access = sealed_file_access(), file = H5Fopen(path, H5F_ACC_RDONLY, access);
    if (file < 0)
        sealed_fail(why);
    H5Pclose(access);
    if (file < 0)
        return NULL;
    struct reading *reading = memory_take(sizeof *reading);
    *reading = (struct reading){.file = file, .values = -1, .offsets = -1};
    if (!open_values(reading, why) || !open_offsets(reading, why)) {
        close_file(reading);
        return NULL;
    }
    size_t numbers = (size_t)reading->row_room * (size_t)reading->dimension;
    reading->rows = memory_take(numbers * sizeof *reading->rows);
    if (reading->wide)
        reading->wide_rows = memory_take(numbers * sizeof *reading->wide_rows);
    return reading;
}

/* The rows from `first` on, as many as are read at a time. */
static bool read_rows(struct reading *reading, int64_t first, struct reason *why)
{
    int64_t count = lesser(reading->frames - first, reading->row_room);
    if (!read_block(reading->values, reading->wide ? H5T_NATIVE_DOUBLE : H5T_NATIVE_FLOAT, 2, first,
                    count, reading->dimension,
                    reading->wide ? (void *)reading->wide_rows : (void *)reading->rows, why))
        return false;
    for (int64_t i = 0; reading->wide && i < count * reading->dimension; i++)
        reading->rows[i] = (float)reading->wide_rows[i];
    reading->first_row = first;
    reading->row_count = count;
    return true;
}

/* Rows [first, end) into `sequence`. */
static bool gather(struct reading *reading, int64_t first, int64_t end, struct reason *why)
{
    size_t row = (size_t)reading->dimension;
    reading->sequence = memory_room(reading->sequence, sizeof *reading->sequence,
                                    &reading->sequence_room, (end - first) * reading->dimension);
    for (int64_t at = first; at < end;) {
        int64_t held = at - reading->first_row;
        if (held < 0 || held >= reading->row_count) {
            if (!read_rows(reading, at, why))
                return false;
            held = 0;
        }
        int64_t count = lesser(reading->row_count - held, end - at);
        memcpy(reading->sequence + (size_t)(at - first) * row, reading->rows + (size_t)held * row,
               (size_t)count * row * sizeof *reading->rows);
        at += count;
    }
    return true;
}

static bool check_numbers(const struct reading *reading, int64_t frames, struct reason *why)
{
    for (int64_t i = 0; i < frames * reading->dimension; i++)
        if (!isfinite(reading->sequence[i]))
            return fail(why, "number %lld of frame %lld is not a finite float",
                        (long long)(i % reading->dimension + 1),
                        (long long)(i / reading->dimension + 1));
    return true;
}

static bool read_sequence(struct reading *reading, int64_t *frames, struct reason *why)
{
    int64_t first = reading->at, end = reading->at + 1;
    if (reading->offsets >= 0 && (!read_place(reading, reading->at, &first, why) ||
                                  !read_place(reading, reading->at + 1, &end, why)))
        return false;
    if (first < 0 || end < first || end > reading->frames)
        return fail(why, "its offsets are %lld and %lld", (long long)first, (long long)end);
    *frames = end - first;
    if (*frames == 0)
        return fail(why, "has no frame");
    if (*frames > VECTORS_FRAMES_MOST)
        return fail(why, "has more than %d frames", VECTORS_FRAMES_MOST);
    if (*frames * reading->dimension > VECTORS_NUMBERS_MOST)
        return fail(why, "has more than %d numbers", VECTORS_NUMBERS_MOST);
    return gather(reading, first, end, why) && check_numbers(reading, *frames, why);
}

static int next_sequence(void *state, struct vectors_item *item, struct reason *why)
{
    struct reading *reading = state;
    int64_t frames = 0;
    if (reading->at == reading->sequences)
        return 0;
    sealed_quiet();
    if (!read_sequence(reading, &frames, why)) {
        fail_about(why, "sequence %lld", (long long)reading->at + 1);
        return -1;
    }
    reading->at++;
    *item = (struct vectors_item){
        .values = reading->sequence, .frames = (int)frames, .dimension = reading->dimension};
    return 1;
}

const struct vectors_functions vectors_hdf5 = {
    .open = open_file, .next = next_sequence, .close = close_file};
