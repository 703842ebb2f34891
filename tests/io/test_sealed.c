#include "made_files.h"

#include "comm/base/hash.h"
#include "io/sealed/sealed.h"
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

/* HDF5 1.10.8 itself loses memory when it gives up on forged metadata. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libhdf5";
}

enum { WIDE = 70000, TALL = 300 };

static bool write_file(const char *path, struct reason *why)
{
    static float wide[3 * WIDE], tall[TALL * 300];
    static int64_t numbers[30000];
    for (int i = 0; i < 3 * WIDE; i++)
        wide[i] = (float)i / 3;
    for (int i = 0; i < TALL * 300; i++)
        tall[i] = (float)-i;
    for (int i = 0; i < 30000; i++)
        numbers[i] = i * 11LL;
    struct sealed *file = sealed_create(path, SEALED_CHECKPOINT, why);
    if (!file)
        return false;
    sealed_write_integer(file, "/", "format", 1, why);
    sealed_write_text(file, "/a/b", "words", "some ü words", why);
    sealed_write_text(file, "/a/b", "empty", "", why);
    sealed_write_real(file, "/a/b", "real", 0.1, why);
    sealed_write_array(file, "/a/wide", SEALED_FLOAT32, 2, (int64_t[]){3, WIDE}, wide, why);
    sealed_write_array(file, "/a/nothing", SEALED_BYTES, 1, (int64_t[]){0}, NULL, why);
    sealed_begin_array(file, "/a/tall", SEALED_FLOAT32, 2, (int64_t[]){TALL, 300}, why);
    sealed_begin_array(file, "/growing", SEALED_INT64, 1, (int64_t[]){-1}, why);
    for (int i = 0; i < 30; i++) {
        sealed_append(file, "/growing", 1000, numbers + i * 1000, why);
        sealed_append(file, "/a/tall", TALL * 10, tall + i * TALL * 10, why);
    }
    uint64_t hash;
    return sealed_commit(file, &hash, why);
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    struct reason why;
    const char *path = made_path("sealed");
    if (!write_file(path, &why))
        fail_msg("%s", why.text);
    struct sealed *file = sealed_open(path, SEALED_CHECKPOINT, NULL, &why);
    assert_non_null(file);
    char words[32];
    int64_t number, dimensions[2];
    double real;
    assert_true(sealed_read_integer(file, "/", "format", &number, &why));
    assert_int_equal(number, 1);
    assert_true(sealed_read_text(file, "/a/b", "words", words, sizeof words, &why));
    assert_string_equal(words, "some ü words");
    assert_true(sealed_read_text(file, "/a/b", "empty", words, sizeof words, &why));
    assert_string_equal(words, "");
    assert_true(sealed_read_real(file, "/a/b", "real", &real, &why));
    assert_true(real == 0.1);
    assert_true(sealed_dimensions(file, "/a/wide", SEALED_FLOAT32, 2, dimensions, &why));
    assert_int_equal(dimensions[0], 3);
    assert_int_equal(dimensions[1], WIDE);
    static float wide[3 * WIDE], tall[TALL * 300];
    assert_true(sealed_read(file, "/a/wide", SEALED_FLOAT32, 5, 2 * WIDE + 9, wide, &why));
    for (int i = 0; i < 2 * WIDE + 9; i++)
        assert_true(wide[i] == (float)(i + 5) / 3);
    assert_true(sealed_read(file, "/a/tall", SEALED_FLOAT32, 0, TALL * 300, tall, &why));
    for (int i = 0; i < TALL * 300; i++)
        assert_true(tall[i] == (float)-i);
    int64_t numbers[3];
    assert_true(sealed_read(file, "/growing", SEALED_INT64, 29997, 3, numbers, &why));
    assert_int_equal(numbers[2], 29999 * 11);
    assert_true(sealed_dimensions(file, "/a/nothing", SEALED_BYTES, 1, dimensions, &why));
    assert_int_equal(dimensions[0], 0);
    assert_true(sealed_has(file, "/a/b"));
    assert_false(sealed_has(file, "/a/c"));
    assert_false(sealed_has(file, "/c/a"));
    sealed_close(file);
}

static void a_paused_file_reads_on(void **state)
{
    (void)state;
    struct reason why;
    const char *path = made_path("sealed"), *other = made_path("other");
    int64_t number;
    struct sealed *file = sealed_open(path, SEALED_CHECKPOINT, NULL, &why);
    sealed_pause(file);
    assert_true(sealed_read(file, "/growing", SEALED_INT64, 2, 1, &number, &why));
    assert_int_equal(number, 22);
    sealed_pause(file);
    struct sealed *another = sealed_create(other, SEALED_CHECKPOINT, &why);
    uint64_t hash;
    assert_true(sealed_commit(another, &hash, &why));
    assert_int_equal(rename(path, made_path("kept")), 0);
    assert_int_equal(rename(other, path), 0);
    assert_false(sealed_read(file, "/growing", SEALED_INT64, 2, 1, &number, &why));
    assert_string_equal(why.text, "is not the file that belongs here: its checksum is another");
    assert_int_equal(rename(made_path("kept"), path), 0);
    sealed_close(file);
}

static bool refused(const char *path)
{
    struct reason why;
    struct sealed *file = sealed_open(path, SEALED_CHECKPOINT, NULL, &why);
    sealed_close(file);
    return !file;
}

static void damage_is_found(void **state)
{
    (void)state;
    assert_damage_is_found(made_path("sealed"), refused);
}

static void assert_reason(const char *path, enum sealed_what what, const char *reason)
{
    struct reason why;
    assert_null(sealed_open(path, what, NULL, &why));
    assert_string_equal(why.text, reason);
}

static void reasons_read_well(void **state)
{
    (void)state;
    const char *path = made_path("sealed"), *copy = made_path("copy");
    struct reason why;
    assert_reason(path, SEALED_SHARD, "is a Chorus checkpoint, not a shard");
    assert_reason(made_path("absent"), SEALED_SHARD, "No such file or directory");
    assert_reason(made_folder, SEALED_SHARD, "is a folder, not a file");
    write_bytes(copy, "words", 5);
    assert_reason(copy, SEALED_SHARD, "is not a Chorus file");
    size_t count;
    unsigned char *bytes = read_bytes(path, &count);
    bytes[24] = 2;
    write_bytes(copy, bytes, count);
    assert_reason(copy, SEALED_CHECKPOINT, "is of format version 2: this program reads version 1");
    bytes[24] = 1;
    bytes[count - 1] ^= 1;
    write_bytes(copy, bytes, count);
    assert_reason(copy, SEALED_CHECKPOINT, "checksum of the file does not match");
    free(bytes);
    uint64_t other = 1;
    assert_null(sealed_open(path, SEALED_CHECKPOINT, &other, &why));
    assert_string_equal(why.text, "is not the file that belongs here: its checksum is another");
    assert_null(sealed_create(made_path("absent/file"), SEALED_SHARD, &why));
    assert_string_equal(why.text, "No such file or directory");
}

static void wrong_reads_fail_with_a_reason(void **state)
{
    (void)state;
    struct reason why;
    int64_t numbers[4];
    char word[4];
    double real;
    struct sealed *file = sealed_open(made_path("sealed"), SEALED_CHECKPOINT, NULL, &why);
    assert_false(sealed_read(file, "/growing", SEALED_INT32, 0, 1, numbers, &why));
    assert_string_equal(why.text, "array '/growing' has another type");
    assert_false(sealed_read(file, "/growing", SEALED_INT64, 29999, 2, numbers, &why));
    assert_string_equal(why.text, "array '/growing' has 30000 elements, not 30001");
    assert_false(sealed_read(file, "/growing", SEALED_INT32, 0, 1, numbers, &why));
    assert_false(sealed_dimensions(file, "/growing", SEALED_INT64, 2, numbers, &why));
    assert_false(sealed_read(file, "/absent", SEALED_INT64, 0, 1, numbers, &why));
    assert_string_equal(why.text, "array '/absent' is missing");
    assert_false(sealed_read(file, "/a/b", SEALED_INT64, 0, 1, numbers, &why));
    assert_false(sealed_read_text(file, "/a/b", "words", word, sizeof word, &why));
    assert_string_equal(why.text, "attribute 'words' is too long");
    assert_false(sealed_read_text(file, "/a/b", "real", word, sizeof word, &why));
    assert_false(sealed_read_integer(file, "/a/b", "real", numbers, &why));
    assert_false(sealed_read_real(file, "/x/b", "real", &real, &why));
    assert_string_equal(why.text, "attribute 'real' of '/x/b' is missing");
    sealed_close(file);
}

/* In another process, after other work with HDF5 there. */
static void equal_content_is_equal_bytes(void **state)
{
    (void)state;
    struct reason why;
    pid_t child = fork();
    if (child == 0) {
        for (int i = 0; i < 5; i++) {
            char name[32];
            snprintf(name, sizeof name, "work-%d", i);
            struct sealed *file = sealed_create(made_path(name), SEALED_SHARD, &why);
            int64_t count = 100 * i + 1;
            char bytes[1000];
            memset(bytes, 0xee, sizeof bytes);
            sealed_write_array(file, "/x/y", SEALED_BYTES, 1, &count, bytes, &why);
            uint64_t hash;
            sealed_commit(file, &hash, &why);
        }
        sleep(1);
        _exit(write_file(made_path("again"), &why) ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_true(same_files(made_path("sealed"), made_path("again")));
}

/* What the seal says about bytes that were changed on purpose. */
static void seal_again(unsigned char *bytes, size_t count)
{
    uint64_t hash = hash_bytes(bytes + SEALED_USER_BLOCK, count - SEALED_USER_BLOCK);
    for (int i = 0; i < 8; i++)
        bytes[40 + i] = (unsigned char)(hash >> 8 * i);
}

static void forgeries_do_no_harm(void **state)
{
    (void)state;
    const char *copy = made_path("forged");
    struct reason why;
    struct random_key key = {.seed = 11};
    static float wide[3 * WIDE];
    size_t count;
    unsigned char *bytes = read_bytes(made_path("sealed"), &count);
    for (unsigned i = 0; i < 600; i++) {
        size_t at = 512 + (size_t)random_below(&key, i, i < 400 ? 4096 : count - 512);
        unsigned char old = bytes[at];
        bytes[at] ^= (unsigned char)(1u << random_word(&key, 2 * i + 5000) % 8);
        seal_again(bytes, count);
        write_bytes(copy, bytes, count);
        bytes[at] = old;
        struct sealed *file = sealed_open(copy, SEALED_CHECKPOINT, NULL, &why);
        char words[32];
        double real;
        if (!file)
            continue;
        if (sealed_read_text(file, "/a/b", "words", words, sizeof words, &why))
            assert_string_equal(words, "some ü words");
        if (sealed_read_real(file, "/a/b", "real", &real, &why))
            assert_true(real == 0.1);
        if (sealed_read(file, "/a/wide", SEALED_FLOAT32, 0, 3 * WIDE, wide, &why))
            for (int k = 0; k < 3 * WIDE; k++)
                assert_true(wide[k] == (float)k / 3);
        sealed_close(file);
    }
    free(bytes);
}

static void a_full_disk_is_a_failure_and_leaves_nothing(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        struct rlimit limit = {100000, 100000};
        struct reason why;
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
        if (write_file(made_path("large"), &why) || strcmp(why.text, "File too large") != 0)
            _exit(1);
        exit(access(made_path("large"), F_OK) == 0 ? 2 : 0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void after_a_failure_every_call_fails_alike(void **state)
{
    (void)state;
    struct reason why;
    uint64_t hash;
    struct sealed *file = sealed_create(made_path("twice"), SEALED_SHARD, &why);
    assert_true(sealed_write_integer(file, "/", "x", 1, &why));
    assert_false(sealed_write_integer(file, "/", "x", 1, &why));
    struct reason first = why;
    fail(&why, "nothing");
    assert_false(sealed_write_integer(file, "/", "y", 1, &why));
    assert_string_equal(why.text, first.text);
    assert_false(sealed_commit(file, &hash, &why));
    assert_string_equal(why.text, first.text);
    assert_int_not_equal(access(made_path("twice"), F_OK), 0);
}

struct names {
    char list[256];
};

static void add_name(void *to, const char *name)
{
    strcat(strcat(((struct names *)to)->list, " "), name);
}

static void attributes_come_in_order_of_names(void **state)
{
    (void)state;
    struct reason why;
    struct names names = {""};
    struct sealed *file = sealed_open(made_path("sealed"), SEALED_CHECKPOINT, NULL, &why);
    assert_true(sealed_each_attribute(file, "/a/b", add_name, &names, &why));
    assert_string_equal(names.list, " empty real words");
    sealed_close(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(a_paused_file_reads_on),
        cmocka_unit_test(reasons_read_well),
        cmocka_unit_test(wrong_reads_fail_with_a_reason),
        cmocka_unit_test(attributes_come_in_order_of_names),
        cmocka_unit_test(equal_content_is_equal_bytes),
        cmocka_unit_test(damage_is_found),
        cmocka_unit_test(forgeries_do_no_harm),
        cmocka_unit_test(after_a_failure_every_call_fails_alike),
        cmocka_unit_test(a_full_disk_is_a_failure_and_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
