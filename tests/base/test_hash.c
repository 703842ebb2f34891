#include "comm/base/hash.h"
#include "comm/base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { COUNT = 3000 };
static unsigned char bytes[COUNT];

static int fill(void **state)
{
    (void)state;
    for (int i = 0; i < COUNT; i++)
        bytes[i] = (unsigned char)(i * 31 + i / 256);
    return 0;
}

/* XXH3 of no bytes with seed 0, from the specification's reference implementation. */
static void it_is_xxh3(void **state)
{
    (void)state;
    assert_true(hash_bytes(NULL, 0) == UINT64_C(0x2d06800538d394c2));
}

static void every_byte_counts(void **state)
{
    (void)state;
    uint64_t whole = hash_bytes(bytes, COUNT);
    for (int i = 0; i < COUNT; i += 97) {
        bytes[i] ^= 1;
        assert_true(hash_bytes(bytes, COUNT) != whole);
        bytes[i] ^= 1;
    }
    assert_true(hash_bytes(bytes, COUNT - 1) != whole);
}

static void pieces_give_the_hash_of_the_whole(void **state)
{
    (void)state;
    for (size_t cut = 0; cut <= COUNT; cut += 250) {
        struct hash hash;
        hash_init(&hash);
        hash_add(&hash, bytes, cut);
        hash_add(&hash, NULL, 0);
        hash_add(&hash, bytes + cut, COUNT - cut);
        assert_true(hash_value(&hash) == hash_bytes(bytes, COUNT));
        hash_release(&hash);
    }
}

static void a_text_is_its_bytes(void **state)
{
    (void)state;
    assert_true(hash_text("encoder.0.input") == hash_bytes("encoder.0.input", 15));
}

static void release_gives_everything_back(void **state)
{
    (void)state;
    struct memory_count before = memory_count();
    struct hash hash;
    hash_init(&hash);
    hash_release(&hash);
    assert_int_equal(memory_count().bytes, before.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_xxh3),
        cmocka_unit_test(every_byte_counts),
        cmocka_unit_test(pieces_give_the_hash_of_the_whole),
        cmocka_unit_test(a_text_is_its_bytes),
        cmocka_unit_test(release_gives_everything_back),
    };
    return cmocka_run_group_tests(tests, fill, NULL);
}
