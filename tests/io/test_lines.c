#include "comm/base/memory.h"
#include "comm/base/text.h"
#include "io/text/lines.h"
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static char path[] = "/tmp/chorus-lines-XXXXXX";

static void put(const void *bytes, size_t count)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, count, file), count);
    assert_int_equal(fclose(file), 0);
}

static void put_text(const char *text)
{
    put(text, strlen(text));
}

/* One gzip member, appended. */
static void pack(struct text *packed, const char *bytes, size_t count)
{
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    size_t most = deflateBound(&stream, count) + 64;
    unsigned char *room = malloc(most);
    stream.next_in = (unsigned char *)(uintptr_t)bytes;
    stream.avail_in = (unsigned)count;
    stream.next_out = room;
    stream.avail_out = (unsigned)most;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    text_add(packed, (char *)room, stream.total_out);
    deflateEnd(&stream);
    free(room);
}

/* All lines, each followed by '|'; false with the reason when reading ends by a failure. */
static bool read_all(const char *from, struct text *all, struct reason *why)
{
    text_clear(all);
    struct lines *lines = lines_open(from, why);
    if (!lines)
        return false;
    const char *bytes;
    size_t length;
    int got;
    while ((got = lines_next(lines, &bytes, &length, why)) == 1) {
        text_add(all, bytes, length);
        text_add(all, "|", 1);
    }
    assert_int_equal(lines_next(lines, &bytes, &length, why), got); // stays as it is
    lines_close(lines);
    return got == 0;
}

static void assert_reads(const char *expected)
{
    struct text all = {0};
    struct reason why = {""};
    assert_true(read_all(path, &all, &why));
    assert_string_equal(all.bytes, expected);
    text_release(&all);
}

static void assert_fails(const char *reason)
{
    struct text all = {0};
    struct reason why = {""};
    assert_false(read_all(path, &all, &why));
    assert_string_equal(why.text, reason);
    text_release(&all);
}

static void lines_come_without_their_ends(void **state)
{
    (void)state;
    put_text("");
    assert_reads("");
    put_text("\n");
    assert_reads("|");
    put_text("a\n\nb c \n");
    assert_reads("a||b c |");
    put_text("a\nlast");
    assert_reads("a|last|");
    put_text("a\r\n\r\nb\rc\r\r\nd\r");
    assert_reads("a||b\rc\r|d\r|");
}

static void a_byte_order_mark_at_the_head_is_left_out(void **state)
{
    (void)state;
    put_text("\xEF\xBB\xBF"
             "a\nb\xEF\xBB\xBF\n");
    assert_reads("a|b\xEF\xBB\xBF|");
    put_text("a\n\xEF\xBB\xBF"
             "b\n");
    assert_reads("a|\xEF\xBB\xBF"
                 "b|");
}

static void what_was_left_out_is_counted(void **state)
{
    (void)state;
    const char *bytes;
    size_t length;
    struct reason why;
    put_text("\xEF\xBB\xBF"
             "a\r\nb\r\nc\n");
    struct lines *lines = lines_open(path, &why);
    while (lines_next(lines, &bytes, &length, &why) == 1) {
    }
    assert_true(lines_marks(lines).byte_order);
    assert_int_equal(lines_marks(lines).windows_ends, 2);
    lines_close(lines);
}

static void utf16_is_told_as_such(void **state)
{
    (void)state;
    const char *words =
        "line 1: looks like UTF-16, not UTF-8 ('iconv -f UTF-16 -t UTF-8' converts it)";
    put("\xFF\xFE"
        "a\0\n\0",
        6);
    assert_fails(words);
    put("\xFE\xFF\x56\xE0\0\n", 6);
    assert_fails(words);
    put("a\0b\0\n\0", 6);
    assert_fails(words);
}

static void the_number_counts_from_one(void **state)
{
    (void)state;
    put_text("a\nb\n");
    struct reason why;
    struct lines *lines = lines_open(path, &why);
    const char *bytes;
    size_t length;
    for (int number = 1; number <= 2; number++) {
        assert_int_equal(lines_next(lines, &bytes, &length, &why), 1);
        assert_int_equal(lines_number(lines), number);
    }
    lines_close(lines);
}

static void what_cannot_be_opened_says_why(void **state)
{
    (void)state;
    struct text all = {0};
    struct reason why;
    assert_false(read_all("/tmp/chorus-is-not-there", &all, &why));
    assert_string_equal(why.text, "No such file or directory");
    assert_false(read_all("/tmp", &all, &why));
    assert_string_equal(why.text, "is a directory");
    text_release(&all);
}

static void a_nul_is_a_failure_that_names_its_line(void **state)
{
    (void)state;
    put("a\nb\0c\n", 6);
    assert_fails("line 2: holds a NUL");
    put("a\n\0", 3);
    assert_fails("line 2: holds a NUL");
}

static void a_line_may_have_one_mebibyte_and_no_more(void **state)
{
    (void)state;
    char *big = malloc(LINE_MOST + 4);
    const char *ends[] = {"\n", "\r\n", ""};
    for (int over = 0; over <= 1; over++)
        for (int e = 0; e < 3; e++) {
            memset(big, 'x', LINE_MOST + 1);
            strcpy(big + LINE_MOST + over, ends[e]);
            put(big, LINE_MOST + (size_t)over + strlen(ends[e]));
            if (over) {
                assert_fails("line 1: is longer than 1 MiB");
                continue;
            }
            big[LINE_MOST] = '|';
            big[LINE_MOST + 1] = '\0';
            assert_reads(big);
        }
    free(big);
}

static void a_line_without_end_does_not_take_the_memory(void **state)
{
    (void)state;
    FILE *file = fopen(path, "w");
    assert_int_equal(ftruncate(fileno(file), 200 << 20), 0); // 200 MB of NULs
    fclose(file);
    int64_t before = memory_count().peak;
    assert_fails("line 1: is longer than 1 MiB");
    assert_true(memory_count().peak - before < 8 << 20);
}

static void gzip_is_known_by_its_content(void **state)
{
    (void)state;
    struct text packed = {0};
    pack(&packed, "one\ntwo\n", 8);
    put(packed.bytes, packed.length);
    assert_reads("one|two|");
    pack(&packed, "three\nfo", 8); // a line over the seam of two members
    pack(&packed, "", 0);
    pack(&packed, "ur", 2);
    put(packed.bytes, packed.length);
    assert_reads("one|two|three|four|");
    text_clear(&packed);
    pack(&packed, "", 0);
    put(packed.bytes, packed.length);
    assert_reads("");
    put_text("\x1f not gzip\n");
    assert_reads("\x1f not gzip|");
    put_text("\x8b\x1f\n");
    assert_reads("\x8b\x1f|");
    text_release(&packed);
}

/* Lines that hardly repeat, so that the packed form is long. */
static void make_text(struct text *text, int lines)
{
    uint32_t word = 1;
    for (int i = 0; i < lines; i++) {
        word = word * 1664525 + 1013904223;
        text_add_format(text, "%d %u\n", i, word);
    }
}

static void truncated_gzip_fails_at_every_length(void **state)
{
    (void)state;
    struct text plain = {0}, packed = {0};
    make_text(&plain, 60);
    pack(&packed, plain.bytes, plain.length);
    for (size_t length = 1; length < packed.length; length++) {
        put(packed.bytes, length);
        struct text all = {0};
        struct reason why = {""};
        assert_false(read_all(path, &all, &why));
        assert_non_null(strstr(why.text, ": unexpected end of gzip data"));
        text_release(&all);
    }
    text_release(&plain);
    text_release(&packed);
}

static void no_flipped_bit_of_gzip_gives_other_text(void **state)
{
    (void)state;
    struct text plain = {0}, packed = {0}, expected = {0};
    struct reason why = {""};
    make_text(&plain, 60);
    pack(&packed, plain.bytes, plain.length);
    put(packed.bytes, packed.length);
    assert_true(read_all(path, &expected, &why));
    int failures = 0;
    for (size_t at = 2; at < packed.length; at++) { // without the magic it is plain text
        packed.bytes[at] = (char)(packed.bytes[at] ^ 1 << at % 8);
        put(packed.bytes, packed.length);
        packed.bytes[at] = (char)(packed.bytes[at] ^ 1 << at % 8);
        struct text all = {0};
        if (read_all(path, &all, &why))
            assert_string_equal(all.bytes, expected.bytes); // a time or such in the header
        else
            failures++;
        text_release(&all);
    }
    assert_true((size_t)failures > packed.length - 20);
    text_release(&plain);
    text_release(&packed);
    text_release(&expected);
}

static void a_failure_counts_the_lines_before_it(void **state)
{
    (void)state;
    struct text packed = {0};
    pack(&packed, "one\ntwo\nthree", 13);
    size_t end = packed.length;
    packed.bytes[end - 8] ^= 1; // the checksum
    put(packed.bytes, end);
    assert_fails("line 3: damaged gzip data");
    packed.bytes[end - 8] ^= 1;
    put(packed.bytes, end - 1);
    assert_fails("line 3: unexpected end of gzip data");
    text_add(&packed, "more", 4);
    put(packed.bytes, packed.length);
    assert_fails("line 3: what follows the gzip data is not gzip");
    text_release(&packed);
}

static void long_files_read_as_they_are(void **state)
{
    (void)state;
    struct text plain = {0}, packed = {0}, all = {0};
    struct reason why = {""};
    make_text(&plain, 200000);
    pack(&packed, plain.bytes, plain.length);
    for (int gzip = 0; gzip <= 1; gzip++) {
        put(gzip ? packed.bytes : plain.bytes, gzip ? packed.length : plain.length);
        assert_true(read_all(path, &all, &why));
        assert_int_equal(all.length, plain.length);
        for (size_t i = 0; i < all.length; i++)
            if (all.bytes[i] == '|')
                all.bytes[i] = '\n';
        assert_memory_equal(all.bytes, plain.bytes, plain.length);
    }
    text_release(&plain);
    text_release(&packed);
    text_release(&all);
}

/* Standard input is a pipe that gives one byte at a time. */
static void assert_pipe_reads(const char *bytes, size_t count, const char *expected)
{
    struct text all = {0};
    struct reason why = {""};
    int ends[2], kept = dup(STDIN_FILENO);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    pid_t writer = fork();
    for (size_t i = 0; writer == 0 && i < count; i++) {
        usleep(i < 4 ? 20000 : 500);
        if (write(ends[1], bytes + i, 1) != 1)
            _exit(1);
    }
    if (writer == 0)
        _exit(0);
    close(ends[0]);
    close(ends[1]);
    assert_true(read_all("-", &all, &why));
    assert_string_equal(all.bytes, expected);
    assert_int_equal(waitpid(writer, NULL, 0), writer);
    dup2(kept, STDIN_FILENO);
    close(kept);
    text_release(&all);
}

static void standard_input_comes_in_any_pieces(void **state)
{
    (void)state;
    struct text packed = {0};
    pack(&packed, "one\ntwo\n", 8);
    assert_pipe_reads(packed.bytes, packed.length, "one|two|");
    assert_pipe_reads("\x1f one\ntwo", 9, "\x1f one|two|");
    text_release(&packed);
}

static int make_path(void **state)
{
    (void)state;
    return close(mkstemp(path));
}

static int remove_path(void **state)
{
    (void)state;
    return unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_come_without_their_ends),
        cmocka_unit_test(a_byte_order_mark_at_the_head_is_left_out),
        cmocka_unit_test(what_was_left_out_is_counted),
        cmocka_unit_test(utf16_is_told_as_such),
        cmocka_unit_test(the_number_counts_from_one),
        cmocka_unit_test(what_cannot_be_opened_says_why),
        cmocka_unit_test(a_nul_is_a_failure_that_names_its_line),
        cmocka_unit_test(a_line_may_have_one_mebibyte_and_no_more),
        cmocka_unit_test(a_line_without_end_does_not_take_the_memory),
        cmocka_unit_test(gzip_is_known_by_its_content),
        cmocka_unit_test(truncated_gzip_fails_at_every_length),
        cmocka_unit_test(no_flipped_bit_of_gzip_gives_other_text),
        cmocka_unit_test(a_failure_counts_the_lines_before_it),
        cmocka_unit_test(long_files_read_as_they_are),
        cmocka_unit_test(standard_input_comes_in_any_pieces),
    };
    return cmocka_run_group_tests(tests, make_path, remove_path);
}
