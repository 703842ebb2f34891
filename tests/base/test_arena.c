#include "comm/base/memory.h"
#include <string.h>
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#endif

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { PIECES = 300 };

/* A micro-batch: pieces of many sizes, each filled with its number. */
static void take_pieces(struct arena *arena, char *pieces[PIECES])
{
    for (int i = 0; i < PIECES; i++) {
        pieces[i] = arena_take(arena, (size_t)i * 7, 3);
        memset(pieces[i], i % 128, (size_t)i * 21);
    }
}

static void pieces_stay_valid_aligned_and_apart(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    char *pieces[PIECES];
    take_pieces(&arena, pieces);
    for (int i = 0; i < PIECES; i++) {
        assert_int_equal((uintptr_t)pieces[i] % 64, 0);
        for (int j = 0; j < i * 21; j++)
            assert_int_equal(pieces[i][j], i % 128);
    }
    arena_release(&arena);
}

static void it_settles_in_one_block_and_allocates_no_more(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    char *pieces[PIECES];
    take_pieces(&arena, pieces);
    size_t used = arena.used;
    arena_reset(&arena);
    assert_int_equal(arena.used, 0);
    struct memory_count settled = memory_count();
    for (int i = 0; i < 5; i++) {
        take_pieces(&arena, pieces);
        assert_int_equal(arena.used, used);
        arena_reset(&arena);
    }
    assert_int_equal(memory_count().allocations, settled.allocations);
    assert_true(arena.total >= used && arena.total < 2 * used);
    arena_release(&arena);
}

static void release_gives_everything_back(void **state)
{
    (void)state;
    struct memory_count before = memory_count();
    struct arena arena;
    arena_init(&arena);
    char *pieces[PIECES];
    take_pieces(&arena, pieces);
    arena_release(&arena);
    assert_int_equal(memory_count().bytes, before.bytes);
}

static void zeroed_is_zero_also_after_reset(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    memset(arena_take(&arena, 1000, 4), 'x', 4000);
    arena_reset(&arena);
    char *piece = arena_take_zeroed(&arena, 1000, 4);
    for (int i = 0; i < 4000; i++)
        assert_int_equal(piece[i], 0);
    arena_release(&arena);
}

static void what_was_reset_is_poisoned(void **state)
{
    (void)state;
#ifdef __SANITIZE_ADDRESS__
    struct arena arena;
    arena_init(&arena);
    char *piece = arena_take(&arena, 100, 1);
    assert_false(__asan_address_is_poisoned(piece + 99));
    assert_true(__asan_address_is_poisoned(piece + 100));
    arena_reset(&arena);
    assert_true(__asan_address_is_poisoned(piece));
    arena_release(&arena);
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_stay_valid_aligned_and_apart),
        cmocka_unit_test(it_settles_in_one_block_and_allocates_no_more),
        cmocka_unit_test(release_gives_everything_back),
        cmocka_unit_test(zeroed_is_zero_also_after_reset),
        cmocka_unit_test(what_was_reset_is_poisoned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
