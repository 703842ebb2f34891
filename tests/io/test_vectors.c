/* Vectors as text; those in HDF5 are in test_vectors_hdf5.c. */
#include "made_files.h"

#include "comm/base/text.h"
#include "io/vectors/vectors.h"
#include <zlib.h>

/* Each sequence as NUMBER@LINE: values with ',' between, '|' behind a frame; then '/'. At last the
 * reason. */
static const char *read_from(const char *path, enum vectors_format format)
{
    static struct text all;
    struct reason why = {""};
    struct vectors_item item = {0};
    text_clear(&all);
    struct vectors *vectors = vectors_open(path, format, &why);
    assert_non_null(vectors);
    int got, number = 0;
    while ((got = vectors_next(vectors, &item, &why)) > 0) {
        text_add_format(&all, "%d@%d:", ++number, (int)item.line);
        for (int i = 0; i < item.frames * item.dimension; i++)
            text_add_format(&all, "%g%s", (double)item.values[i],
                            (i + 1) % item.dimension ? "," : "|");
        text_add(&all, "/", 1);
    }
    text_add(&all, why.text, strlen(why.text));
    vectors_close(vectors);
    return all.bytes;
}

static const char *read_text(const char *text, enum vectors_format format)
{
    const char *path = made_path("vectors");
    write_bytes(path, text, strlen(text));
    return read_from(path, format);
}

static const char *frames(const char *text)
{
    return read_text(text, VECTORS_FRAMES);
}

static void blank_lines_part_sequences(void **state)
{
    (void)state;
    assert_string_equal(frames("1 2\n3 4\n\n5 6\n"), "1@1:1,2|3,4|/2@4:5,6|/");
    assert_string_equal(frames("\n\n1\n\n \n\t\n2\n3\n\n"), "1@3:1|/2@7:2|3|/");
    assert_string_equal(frames("1\n2"), "1@1:1|2|/");
    assert_string_equal(frames(""), "");
    assert_string_equal(frames("\n \n"), "");
}

static void a_vector_a_line_is_a_sequence_of_one(void **state)
{
    (void)state;
    assert_string_equal(read_text("1 2\n3 4\n", VECTORS_LINES), "1@1:1,2|/2@2:3,4|/");
    assert_string_equal(read_text("", VECTORS_LINES), "");
    assert_string_equal(read_text("1 2\n \n", VECTORS_LINES), "1@1:1,2|/line 2: holds no number");
    assert_string_equal(read_text("1 2\n3\n", VECTORS_LINES),
                        "1@1:1,2|/line 2: has 1 number, the first vector has 2");
}

static void blanks_or_a_comma_stand_between_numbers(void **state)
{
    (void)state;
    assert_string_equal(frames(" 1\t2,3 , 4  -5e1,\t.5 \n"), "1@1:1,2,3,4,-50,0.5|/");
    const char *missing = "line 1: no number stands beside a comma";
    assert_string_equal(frames("1,,2"), missing);
    assert_string_equal(frames(",1"), missing);
    assert_string_equal(frames("1, "), missing);
    assert_string_equal(frames("1 , , 2"), missing);
}

static void vectors_of_other_length_are_named_by_line(void **state)
{
    (void)state;
    assert_string_equal(frames("1 2 3\n4 5 6\n\n7 8\n"),
                        "1@1:1,2,3|4,5,6|/line 4: has 2 numbers, the first frame has 3");
    assert_string_equal(frames("1\n1 2 3\n"), "line 2: has 3 numbers, the first frame has 1");
}

static void what_is_no_finite_number_is_named_by_line(void **state)
{
    (void)state;
    assert_string_equal(frames("1\n2\nabc 3\n"), "line 3: 'abc' is no number");
    assert_string_equal(frames("nan"), "line 1: 'nan' is no number");
    assert_string_equal(frames("-inf"), "line 1: '-inf' is no number");
    assert_string_equal(frames("1 0x10"), "line 1: '0x10' is no number");
    assert_string_equal(frames("1\n-1e39"), "line 2: '-1e39' is beyond what a float holds");
}

static void sizes_have_bounds(void **state)
{
    (void)state;
    struct text text = {0};
    for (int i = 0; i < VECTORS_DIMENSION_MOST; i++)
        text_add(&text, "1 ", 2);
    text_add(&text, "\n", 1);
    const char *path = made_path("wide");
    struct reason why;
    struct vectors_item item;
    write_bytes(path, text.bytes, text.length);
    struct vectors *vectors = vectors_open(path, VECTORS_FRAMES, &why);
    assert_int_equal(vectors_next(vectors, &item, &why), 1);
    assert_int_equal(item.dimension, VECTORS_DIMENSION_MOST);
    vectors_close(vectors);
    memcpy(text.bytes + text.length - 1, "1", 1);
    assert_string_equal(frames(text.bytes), "line 1: has more than 65536 numbers");
    text_clear(&text);
    for (int i = 0; i <= VECTORS_FRAMES_MOST; i++)
        text_add(&text, "1\n", 2);
    assert_string_equal(frames(text.bytes),
                        "line 1048577: the sequence has more than 1048576 frames");
    text_release(&text);
}

static void gzip_and_failures_are_as_of_lines(void **state)
{
    (void)state;
    const char *path = made_path("packed");
    gzFile packed = gzopen(path, "w");
    assert_int_equal(gzwrite(packed, "1 2\n3 4\n", 8), 8);
    assert_int_equal(gzclose(packed), Z_OK);
    assert_string_equal(read_from(path, VECTORS_FRAMES), "1@1:1,2|3,4|/");
    write_bytes(path, "1\n\0\n", 4);
    assert_string_equal(read_from(path, VECTORS_FRAMES), "line 2: holds a NUL");
    struct reason why;
    assert_null(vectors_open("/nowhere", VECTORS_LINES, &why));
    assert_string_equal(why.text, "No such file or directory");
}

static void stacking_joins_frames_and_repeats_the_last(void **state)
{
    (void)state;
    const float values[] = {1, 2, 3, 4, 5, 6, 7, 8},
                by_three[] = {1, 2, 3, 4, 5, 6, 7, 8, 7, 8, 7, 8};
    float stacked[12];
    assert_int_equal(vectors_stacked(4, 3), 2);
    assert_int_equal(vectors_stacked(3, 3), 1);
    assert_int_equal(vectors_stacked(1, 3), 1);
    vectors_stack(values, 4, 2, 3, stacked);
    assert_memory_equal(stacked, by_three, sizeof by_three);
    vectors_stack(values, 4, 2, 2, stacked);
    assert_memory_equal(stacked, values, sizeof values);
    vectors_stack(values, 4, 2, 1, stacked);
    assert_memory_equal(stacked, values, sizeof values);
}

static void nothing_is_kept(void **state)
{
    (void)state;
    int64_t held = memory_count().bytes;
    struct reason why;
    struct vectors_item item;
    const char *path = made_path("bad");
    write_bytes(path, "1\nx\n", 4);
    struct vectors *vectors = vectors_open(path, VECTORS_FRAMES, &why);
    assert_int_equal(vectors_next(vectors, &item, &why), -1);
    vectors_close(vectors);
    vectors_close(NULL);
    assert_int_equal(memory_count().bytes, held);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blank_lines_part_sequences),
        cmocka_unit_test(a_vector_a_line_is_a_sequence_of_one),
        cmocka_unit_test(blanks_or_a_comma_stand_between_numbers),
        cmocka_unit_test(vectors_of_other_length_are_named_by_line),
        cmocka_unit_test(what_is_no_finite_number_is_named_by_line),
        cmocka_unit_test(sizes_have_bounds),
        cmocka_unit_test(gzip_and_failures_are_as_of_lines),
        cmocka_unit_test(stacking_joins_frames_and_repeats_the_last),
        cmocka_unit_test(nothing_is_kept),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
