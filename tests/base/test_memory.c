#include "comm/base/memory.h"
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static bool all_zero(const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (bytes[i])
            return false;
    return true;
}

static void what_is_taken_is_aligned_and_zero(void **state)
{
    (void)state;
    for (size_t bytes = 0; bytes < 5000; bytes += 37) {
        char *piece = memory_take(bytes);
        assert_int_equal((uintptr_t)piece % 64, 0);
        assert_true(all_zero(piece, bytes));
        memset(piece, 'x', bytes);
        memory_free(piece);
    }
}

static void growing_keeps_the_old_and_clears_the_new(void **state)
{
    (void)state;
    char *piece = memory_grow(NULL, 0, 3);
    memcpy(piece, "abc", 3);
    piece = memory_grow(piece, 3, 1000);
    assert_memory_equal(piece, "abc", 3);
    assert_true(all_zero(piece + 3, 997));
    assert_int_equal((uintptr_t)piece % 64, 0);
    piece = memory_grow(piece, 1000, 2);
    assert_memory_equal(piece, "ab", 2);
    memory_free(piece);
}

static void everything_is_counted(void **state)
{
    (void)state;
    struct memory_count before = memory_count();
    char *a = memory_take(1 << 20);
    char *b = memory_grow(memory_take(10), 10, 20);
    struct memory_count with = memory_count();
    assert_int_equal(with.allocations - before.allocations, 3);
    assert_int_equal(with.bytes - before.bytes, (1 << 20) + 20);
    memory_free(a);
    memory_free(b);
    memory_free(NULL);
    struct memory_count after = memory_count();
    assert_int_equal(after.bytes, before.bytes);
    assert_int_equal(after.allocations, with.allocations);
    assert_true(after.peak >= with.bytes);
}

static void *take_and_free(void *unused)
{
    for (int i = 0; i < 10000; i++)
        memory_free(memory_take(24));
    return unused;
}

static void threads_are_counted_exactly(void **state)
{
    (void)state;
    enum { THREADS = 4 };
    pthread_t threads[THREADS];
    struct memory_count before = memory_count();
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, take_and_free, NULL);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    struct memory_count after = memory_count();
    assert_int_equal(after.allocations - before.allocations, THREADS * 10000);
    assert_int_equal(after.bytes, before.bytes);
}

static void a_text_is_copied(void **state)
{
    (void)state;
    char text[] = "weights";
    char *copy = memory_copy_text(text);
    text[0] = 'W';
    assert_string_equal(copy, "weights");
    memory_free(copy);
}

static void memory_that_cannot_be_had_ends_the_program(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        close(STDERR_FILENO);
        memory_take(SIZE_MAX);
        _exit(0);
    }
    int status;
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 1);
}

static void the_resident_peak_is_at_least_what_was_touched(void **state)
{
    (void)state;
    const size_t bytes = 64 << 20;
    char *piece = memory_take(bytes);
    memset(piece, 1, bytes);
    assert_true(memory_peak_resident() >= (int64_t)bytes);
    memory_free(piece);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_taken_is_aligned_and_zero),
        cmocka_unit_test(growing_keeps_the_old_and_clears_the_new),
        cmocka_unit_test(everything_is_counted),
        cmocka_unit_test(threads_are_counted_exactly),
        cmocka_unit_test(a_text_is_copied),
        cmocka_unit_test(memory_that_cannot_be_had_ends_the_program),
        cmocka_unit_test(the_resident_peak_is_at_least_what_was_touched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
