#include "comm/base/memory.h"
#include "io/tokenizer/vocabulary.h"
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static int add(struct vocabulary *vocabulary, const char *string)
{
    return vocabulary_add(vocabulary, string, strlen(string));
}

static int find(const struct vocabulary *vocabulary, const char *string)
{
    return vocabulary_find(vocabulary, string, strlen(string));
}

static void the_reserved_come_first_and_are_never_found(void **state)
{
    (void)state;
    const char *const reserved[] = {"<unk>", "<s>", "</s>"};
    struct vocabulary vocabulary;
    vocabulary_init(&vocabulary);
    assert_int_equal(vocabulary.size, IDS_RESERVED);
    for (int id = 0; id < IDS_RESERVED; id++) {
        size_t length;
        const char *string = vocabulary_string(&vocabulary, id, &length);
        assert_int_equal(length, strlen(reserved[id]));
        assert_memory_equal(string, reserved[id], length);
        assert_int_equal(find(&vocabulary, reserved[id]), ID_UNKNOWN);
        assert_true(vocabulary_reserved(reserved[id], length));
    }
    assert_false(vocabulary_reserved("<s", 2));
    vocabulary_release(&vocabulary);
}

static void every_string_is_found_by_its_bytes(void **state)
{
    (void)state;
    enum { COUNT = 20000 };
    struct vocabulary vocabulary;
    char word[32];
    vocabulary_init(&vocabulary);
    for (int i = 0; i < COUNT; i++) {
        snprintf(word, sizeof word, "word %d", i * 7);
        assert_int_equal(add(&vocabulary, word), IDS_RESERVED + i);
    }
    int empty = add(&vocabulary, ""), nul = vocabulary_add(&vocabulary, "a\0b", 3);
    for (int i = 0; i < COUNT; i++) {
        snprintf(word, sizeof word, "word %d", i * 7);
        assert_int_equal(find(&vocabulary, word), IDS_RESERVED + i);
        size_t length;
        const char *string = vocabulary_string(&vocabulary, IDS_RESERVED + i, &length);
        assert_int_equal(length, strlen(word));
        assert_memory_equal(string, word, length);
    }
    assert_int_equal(find(&vocabulary, ""), empty);
    assert_int_equal(vocabulary_find(&vocabulary, "a\0b", 3), nul);
    assert_int_equal(vocabulary_find(&vocabulary, "a\0c", 3), ID_UNKNOWN);
    assert_int_equal(find(&vocabulary, "word 1"), ID_UNKNOWN);
    assert_int_equal(find(&vocabulary, "<s>"), ID_UNKNOWN); // the table has grown since
    vocabulary_release(&vocabulary);
}

/* Some of them there, some not, the reserved among them. */
static void many_are_found_at_once_as_one_by_one(void **state)
{
    (void)state;
    enum { COUNT = 3000 };
    static char words[COUNT][16];
    struct vocabulary_key keys[VOCABULARY_AT_ONCE];
    int32_t ids[VOCABULARY_AT_ONCE];
    struct vocabulary vocabulary;
    vocabulary_init(&vocabulary);
    for (int i = 0; i < COUNT; i++) {
        snprintf(words[i], sizeof words[i], i % 10 ? "%d" : "<s>", i);
        if (i % 3 == 1 && i % 10)
            add(&vocabulary, words[i]);
    }
    for (int first = 0, count; first < COUNT; first += count) {
        count = first % VOCABULARY_AT_ONCE + 1;
        if (count > COUNT - first)
            count = COUNT - first;
        for (int i = 0; i < count; i++)
            keys[i] = (struct vocabulary_key){words[first + i], strlen(words[first + i])};
        vocabulary_find_all(&vocabulary, keys, count, ids);
        for (int i = 0; i < count; i++)
            assert_int_equal(ids[i], find(&vocabulary, words[first + i]));
    }
    vocabulary_find_all(&vocabulary, keys, 0, ids);
    vocabulary_release(&vocabulary);
}

static void it_is_restored_as_it_was(void **state)
{
    (void)state;
    int64_t held = memory_count().bytes;
    struct vocabulary first, second;
    struct reason why;
    vocabulary_init(&first);
    add(&first, "字");
    add(&first, "");
    add(&first, "two words");
    assert_true(vocabulary_restore(&second, first.bytes, first.offsets[first.size], first.offsets,
                                   first.size, &why));
    assert_int_equal(second.size, first.size);
    assert_memory_equal(second.offsets, first.offsets, (size_t)(first.size + 1) * sizeof(int64_t));
    assert_memory_equal(second.bytes, first.bytes, (size_t)first.offsets[first.size]);
    assert_int_equal(find(&second, "two words"), 5);
    vocabulary_release(&first);
    vocabulary_release(&second);
    assert_int_equal(memory_count().bytes, held);
}

#define BYTES "<unk><s></s>abcab"

static void damaged_ones_are_refused(void **state)
{
    (void)state;
    const struct {
        const char *bytes;
        int64_t offsets[8], count;
        const char *reason;
    } damaged[] = {
        {BYTES, {0, 5, 8}, 2, "a vocabulary of 2 symbols"},
        {BYTES, {0, 5, 8, 12, 14, 17}, -1, "a vocabulary of -1 symbols"},
        {BYTES, {1, 5, 8, 12, 14, 17}, 5, "the vocabulary's offsets do not span its bytes"},
        {BYTES, {0, 5, 8, 12, 14, 16}, 5, "the vocabulary's offsets do not span its bytes"},
        {BYTES, {0, 5, 8, 12, 14, 18}, 5, "the vocabulary's offsets do not span its bytes"},
        {BYTES, {0, 5, 8, 12, 11, 17}, 5, "the vocabulary's offsets fall at symbol 3"},
        {BYTES, {0, 5, 8, 12, 99, 17}, 5, "the vocabulary's offsets fall at symbol 4"},
        {BYTES, {0, -5, 8, 12, 14, 17}, 5, "the vocabulary's offsets fall at symbol 0"},
        {BYTES, {0, 5, INT64_MAX, 12, 14, 17}, 5, "the vocabulary's offsets fall at symbol 2"},
        {BYTES, {0, 4, 8, 12, 14, 17}, 5, "symbol 0 of the vocabulary is not '<unk>'"},
        {"<unk><S></s>abcab", {0, 5, 8, 12, 14, 17}, 5, "symbol 1 of the vocabulary is not '<s>'"},
        {BYTES, {0, 5, 8, 12, 14, 15, 17}, 6, "symbol 5 of the vocabulary is there twice"},
        {"<unk><s></s><s>ab",
         {0, 5, 8, 12, 15, 17},
         5,
         "symbol 3 of the vocabulary is there twice"},
    };
    int64_t held = memory_count().bytes;
    for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++) {
        struct vocabulary vocabulary;
        struct reason why = {""};
        assert_false(vocabulary_restore(&vocabulary, damaged[i].bytes, 17, damaged[i].offsets,
                                        damaged[i].count, &why));
        assert_string_equal(why.text, damaged[i].reason);
    }
    assert_int_equal(memory_count().bytes, held);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reserved_come_first_and_are_never_found),
        cmocka_unit_test(every_string_is_found_by_its_bytes),
        cmocka_unit_test(many_are_found_at_once_as_one_by_one),
        cmocka_unit_test(it_is_restored_as_it_was),
        cmocka_unit_test(damaged_ones_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
