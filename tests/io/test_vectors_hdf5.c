/* Vectors from HDF5 files, written as h5py writes them, and otherwise. */
#include "made_files.h"

#include "io/vectors/vectors.h"
#include <hdf5.h>
#include <math.h>

enum { D = 3 };

/* What a file is made of; what is left out is absent. */
struct made {
    hid_t values_type, offsets_type; // in the file; 0: float32, int64
    const double *values;
    hsize_t frames, dimension;
    const int64_t *offsets;
    hsize_t offset_count;
    hsize_t chunk; // rows; deflated
    bool unwritten, flat;
};

static void put(hid_t file, const char *name, hid_t type, hid_t memory, int rank,
                const hsize_t *extent, const void *data, hsize_t chunk)
{
    hid_t space = H5Screate_simple(rank, extent, NULL), creation = H5Pcreate(H5P_DATASET_CREATE);
    if (chunk) {
        const hsize_t chunks[2] = {chunk, extent[1]};
        H5Pset_chunk(creation, rank, chunks);
        H5Pset_deflate(creation, 4);
    }
    hid_t array = H5Dcreate2(file, name, type, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    assert_true(array >= 0);
    if (data)
        assert_true(H5Dwrite(array, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0);
    H5Dclose(array);
    H5Pclose(creation);
    H5Sclose(space);
}

static const char *make(const struct made *made)
{
    const char *path = made_path("vectors.h5");
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    const hsize_t extent[2] = {made->frames, made->dimension};
    if (made->values || made->unwritten)
        put(file, "/values", made->values_type ? made->values_type : H5T_IEEE_F32LE,
            H5T_NATIVE_DOUBLE, made->flat ? 1 : 2, extent, made->values, made->chunk);
    if (made->offsets)
        put(file, "/offsets", made->offsets_type ? made->offsets_type : H5T_STD_I64LE,
            H5T_NATIVE_INT64, 1, &made->offset_count, made->offsets, 0);
    H5Fclose(file);
    return path;
}

static void assert_fails(const char *path, const char *reason)
{
    struct reason why = {""};
    struct vectors_item item;
    int got = 1;
    int64_t held = memory_count().bytes;
    struct vectors *vectors = vectors_open(path, VECTORS_HDF5, &why);
    while (vectors && (got = vectors_next(vectors, &item, &why)) > 0) {
    }
    assert_true(!vectors || got < 0);
    assert_string_equal(why.text, reason);
    vectors_close(vectors);
    assert_int_equal(memory_count().bytes, held);
}

static const double six[6 * D] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 0.1, 11, 12, 13, 14, 15, 16, 17, -18};
static const int64_t offsets[] = {0, 2, 3, 6};

/* As written, in float. */
static void assert_sequences(const char *path, const int64_t *places, int64_t sequences)
{
    struct reason why = {""};
    struct vectors_item item;
    int64_t held = memory_count().bytes;
    struct vectors *vectors = vectors_open(path, VECTORS_HDF5, &why);
    assert_non_null(vectors);
    for (int64_t i = 0; i < sequences; i++) {
        int64_t first = places ? places[i] : i, end = places ? places[i + 1] : i + 1;
        assert_int_equal(vectors_next(vectors, &item, &why), 1);
        assert_int_equal(item.line, 0);
        assert_int_equal(item.frames, end - first);
        assert_int_equal(item.dimension, D);
        for (int k = 0; k < item.frames * D; k++)
            assert_true(item.values[k] == (float)six[first * D + k]);
    }
    assert_int_equal(vectors_next(vectors, &item, &why), 0);
    assert_int_equal(vectors_next(vectors, &item, &why), 0);
    vectors_close(vectors);
    assert_int_equal(memory_count().bytes, held);
}

static void sequences_are_what_the_offsets_say(void **state)
{
    (void)state;
    const hid_t types[] = {H5T_IEEE_F32LE, H5T_IEEE_F32BE, H5T_IEEE_F64LE, H5T_IEEE_F64BE};
    for (int i = 0; i < 4; i++)
        for (int chunked = 0; chunked < 2; chunked++) {
            struct made made = {.values = six,
                                .values_type = types[i],
                                .frames = 6,
                                .dimension = D,
                                .chunk = chunked ? 4 : 0};
            assert_sequences(make(&made), NULL, 6);
            made.offsets = offsets;
            made.offset_count = 4;
            assert_sequences(make(&made), offsets, 3);
        }
}

static void a_file_may_have_no_sequence(void **state)
{
    (void)state;
    const int64_t none[] = {0};
    assert_sequences(make(&(struct made){.unwritten = true, .dimension = D}), NULL, 0);
    assert_sequences(
        make(&(struct made){.unwritten = true, .dimension = D, .offsets = none, .offset_count = 1}),
        none, 0);
}

/* More rows and offsets than are read at a time, in sequences of 1 to 5 frames and one long one. */
static void long_files_are_read_in_pieces(void **state)
{
    (void)state;
    enum { FRAMES = 700000, LONG = 100000 };
    double *values = malloc(FRAMES * sizeof *values);
    int64_t *places = malloc((FRAMES + 1) * sizeof *places), sequences = 0;
    for (int i = 0; i < FRAMES; i++)
        values[i] = i;
    places[0] = 0;
    for (int64_t at = 0; at < FRAMES;) {
        at += sequences == 1000 ? LONG : 1 + sequences % 5;
        places[++sequences] = at < FRAMES ? at : FRAMES;
        at = places[sequences];
    }
    const char *path = make(&(struct made){.values = values,
                                           .frames = FRAMES,
                                           .dimension = 1,
                                           .offsets = places,
                                           .offset_count = (hsize_t)sequences + 1,
                                           .chunk = 1000});
    struct reason why;
    struct vectors_item item;
    int64_t held = memory_count().bytes, most = 0;
    struct vectors *vectors = vectors_open(path, VECTORS_HDF5, &why);
    for (int64_t i = 0; i < sequences; i++) {
        assert_int_equal(vectors_next(vectors, &item, &why), 1);
        assert_int_equal(item.frames, places[i + 1] - places[i]);
        for (int k = 0; k < item.frames; k++)
            if (item.values[k] != (float)(places[i] + k))
                fail_msg("frame %d of sequence %lld is another", k, (long long)i);
        most = memory_count().bytes > most ? memory_count().bytes : most;
    }
    assert_int_equal(vectors_next(vectors, &item, &why), 0);
    assert_true(most - held < 6 << 20);
    vectors_close(vectors);
    free(values);
    free(places);
}

static void another_layout_is_told(void **state)
{
    (void)state;
    struct made made = {.values = six, .frames = 6, .dimension = D};
    assert_fails(make(&(struct made){0}), "has no array '/values'");
    made.values_type = H5T_STD_I32LE;
    assert_fails(make(&made), "array '/values' holds neither float32 nor float64");
    made.values_type = 0;
    made.flat = true;
    assert_fails(make(&made), "array '/values' does not have 2 dimensions");
    made.flat = false;
    made.offsets = offsets;
    made.offset_count = 4;
    made.offsets_type = H5T_STD_I32LE;
    assert_fails(make(&made), "array '/offsets' does not hold int64");
    made.offsets_type = 0;
    made.offset_count = 3;
    assert_fails(make(&made), "'/offsets' goes from 0 to 3, but there are 6 frames");
    made.offset_count = 0;
    assert_fails(make(&made), "array '/offsets' is empty");
    assert_fails(make(&(struct made){.unwritten = true, .frames = 2, .dimension = 65537}),
                 "the vectors of '/values' have 65537 numbers, not 1 to 65536");
    assert_fails(make(&(struct made){.unwritten = true, .frames = 2}),
                 "the vectors of '/values' have 0 numbers, not 1 to 65536");
}

static void wrong_sequences_are_named(void **state)
{
    (void)state;
    const int64_t empty[] = {0, 2, 2, 6}, falling[] = {0, 4, 3, 6}, beyond[] = {0, 9, 3, 6},
                  late[] = {1, 2, 3, 6};
    struct made made = {
        .values = six, .frames = 6, .dimension = D, .offsets = empty, .offset_count = 4};
    assert_fails(make(&made), "sequence 2: has no frame");
    made.offsets = falling;
    assert_fails(make(&made), "sequence 2: its offsets are 4 and 3");
    made.offsets = beyond;
    assert_fails(make(&made), "sequence 1: its offsets are 0 and 9");
    made.offsets = late;
    assert_fails(make(&made), "'/offsets' goes from 1 to 6, but there are 6 frames");
}

static void what_is_not_finite_is_named(void **state)
{
    (void)state;
    double values[6 * D];
    const double bad[] = {NAN, -INFINITY, 1e300};
    for (int i = 0; i < 3; i++) {
        memcpy(values, six, sizeof values);
        values[4 * D + 1] = bad[i];
        struct made made = {.values = values,
                            .values_type = H5T_IEEE_F64LE,
                            .frames = 6,
                            .dimension = D,
                            .offsets = offsets,
                            .offset_count = 4};
        assert_fails(make(&made), "sequence 3: number 2 of frame 2 is not a finite float");
    }
}

/* A file of a few bytes must not make us take much memory. */
static void claims_of_what_is_not_there_are_refused(void **state)
{
    (void)state;
    const char *less = "array '/values' holds less than its shape says";
    struct made made = {.unwritten = true, .frames = 1 << 20, .dimension = 1024};
    assert_fails(make(&made), less);
    made.chunk = 16;
    assert_fails(make(&made), less);
    made.chunk = 1 << 14;
    assert_fails(make(&made), "array '/values' is stored in chunks of more than 32 MiB");
}

static void data_of_another_file_are_refused(void **state)
{
    (void)state;
    const char *path = made_path("outside.h5");
    const hsize_t extent[2] = {1, 2};
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(2, extent, NULL);
    H5Pset_external(creation, "/etc/passwd", 0, H5F_UNLIMITED);
    H5Dclose(
        H5Dcreate2(file, "/values", H5T_IEEE_F32LE, space, H5P_DEFAULT, creation, H5P_DEFAULT));
    H5Sclose(space);
    H5Pclose(creation);
    H5Fclose(file);
    assert_fails(path, "array '/values' is stored in another file");
}

static void what_is_no_hdf5_says_so(void **state)
{
    (void)state;
    const char *path = made_path("text");
    write_bytes(path, "1 2 3\n", 6);
    assert_fails(path, "file signature not found");
    assert_fails("/nowhere", "No such file or directory");
    assert_fails("-", "HDF5 cannot be read from standard input");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sequences_are_what_the_offsets_say),
        cmocka_unit_test(a_file_may_have_no_sequence),
        cmocka_unit_test(long_files_are_read_in_pieces),
        cmocka_unit_test(another_layout_is_told),
        cmocka_unit_test(wrong_sequences_are_named),
        cmocka_unit_test(what_is_not_finite_is_named),
        cmocka_unit_test(claims_of_what_is_not_there_are_refused),
        cmocka_unit_test(data_of_another_file_are_refused),
        cmocka_unit_test(what_is_no_hdf5_says_so),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
