/* For tests of files: a folder of their own, and bytes of whole files. */
#ifndef MADE_FILES_H
#define MADE_FILES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail // ours is in reason.h
#undef fail_msg
#define fail_msg(...)                                                                              \
    (print_error("ERROR: " __VA_ARGS__), print_error("\n"), _fail(__FILE__, __LINE__))

#include "comm/base/memory.h"
#include "comm/base/random.h"
#include "io/folder/folder.h"

static char made_folder[64];

static __attribute__((unused)) int make_folder(void **state)
{
    (void)state;
    strcpy(made_folder, "/tmp/chorus-test-XXXXXX");
    return mkdtemp(made_folder) ? 0 : -1;
}

static __attribute__((unused)) int remove_folder(void **state)
{
    (void)state;
    struct reason why;
    return folder_remove(made_folder, &why) ? 0 : -1;
}

/* One of a few buffers, reused in turn. */
static __attribute__((unused)) const char *made_path(const char *name)
{
    static char paths[8][256];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", made_folder, name);
    return path;
}

static unsigned char *read_bytes(const char *path, size_t *count)
{
    struct stat status;
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fstat(fileno(file), &status), 0);
    *count = (size_t)status.st_size;
    unsigned char *bytes = malloc(*count + 1);
    assert_int_equal(fread(bytes, 1, *count, file), *count);
    fclose(file);
    return bytes;
}

static void write_bytes(const char *path, const void *bytes, size_t count)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, count, file), count);
    assert_int_equal(fclose(file), 0);
}

static __attribute__((unused)) bool same_files(const char *left, const char *right)
{
    size_t left_count, right_count;
    unsigned char *a = read_bytes(left, &left_count), *b = read_bytes(right, &right_count);
    bool same = left_count == right_count && memcmp(a, b, left_count) == 0;
    free(a);
    free(b);
    return same;
}

/* Every bit of the bytes below 4096 in turn (one of eight), and of 300 others, is flipped:
 * `refused` must say so of each such file. Then some truncations. */
static __attribute__((unused)) void assert_damage_is_found(const char *of_path,
                                                           bool (*refused)(const char *path))
{
    size_t count;
    char path[256]; // made_path() will be called again
    strcpy(path, of_path);
    unsigned char *bytes = read_bytes(path, &count);
    struct random_key key = {.seed = 5};
    assert_false(refused(path));
    size_t first = count < 4096 ? count : 4096;
    for (size_t i = 0; i < first + 300; i++) {
        size_t at = i < first ? i : (size_t)random_below(&key, i, count);
        unsigned char bit = (unsigned char)(1u << random_word(&key, 2 * i + 100000) % 8);
        FILE *file = fopen(path, "r+b");
        assert_non_null(file);
        fseek(file, (long)at, SEEK_SET);
        fputc(bytes[at] ^ bit, file);
        fflush(file);
        if (!refused(path))
            fail_msg("bit %d of byte %zu of '%s' may be flipped", bit, at, path);
        fseek(file, (long)at, SEEK_SET);
        fputc(bytes[at], file);
        fclose(file);
    }
    assert_false(refused(path));
    size_t lengths[] = {0, 1, 100, 511, 512, 513, 1000, count / 2, count - 1, count + 1};
    bytes[count] = 0;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        write_bytes(path, bytes, lengths[i]);
        assert_true(refused(path));
    }
    write_bytes(path, bytes, count);
    free(bytes);
}

#endif
