/* Damage to a checkpoint is found when it is opened. */
#include "damage.h"

#include "made_corpus.h"

#include "io/run/checkpoint.h"

static int make_checkpoint(void **state)
{
    struct reason why;
    if (make_folder(state) != 0)
        return -1;
    float weights[2000];
    for (int i = 0; i < 2000; i++)
        weights[i] = (float)i / 7;
    struct checkpoint_writer *writer = checkpoint_create(made_path("update-00000008.h5"), &why);
    checkpoint_setting(writer, "hidden", "40", &why);
    checkpoint_integer(writer, "update", 8, &why);
    checkpoint_real(writer, "best_loss", 0.1, &why);
    struct content contents[SIDES];
    made_contents(contents);
    checkpoint_contents(writer, contents, &why);
    release_contents(contents);
    static const char *const blocks[] = {"parameters", "moments/first", "moments/second"};
    for (int i = 0; i < 3; i++) {
        checkpoint_array(writer, blocks[i], "weights", 50, 40, &why);
        checkpoint_append(writer, 2000, weights, &why);
    }
    return checkpoint_commit(writer, &why) ? 0 : -1;
}

static bool refused(struct reason *why)
{
    struct checkpoint *checkpoint = checkpoint_open(made_path("update-00000008.h5"), why);
    checkpoint_close(checkpoint);
    return !checkpoint;
}

static void damage_to_a_checkpoint_is_found(void **state)
{
    (void)state;
    assert_damage_is_found_everywhere(made_path("update-00000008.h5"), refused);
}

static void what_is_wrong_is_said(void **state)
{
    (void)state;
    struct reason why;
    size_t count;
    char expected[128];
    const char *path = made_path("update-00000008.h5");
    unsigned char *bytes = read_bytes(path, &count);
    write_bytes(path, bytes, count - 1000);
    assert_true(refused(&why));
    snprintf(expected, sizeof expected, "is truncated: has %zu bytes of %zu", count - 1000, count);
    assert_string_equal(why.text, expected);
    write_bytes(path, bytes, 100);
    assert_true(refused(&why));
    assert_string_equal(why.text, "is truncated: has only 100 bytes");
    bytes[count] = 0;
    write_bytes(path, bytes, count + 1);
    assert_true(refused(&why));
    snprintf(expected, sizeof expected, "is damaged: has %zu bytes instead of %zu", count + 1,
             count);
    assert_string_equal(why.text, expected);
    bytes[24] = 2;
    write_bytes(path, bytes, count);
    assert_true(refused(&why));
    assert_string_equal(why.text, "is of format version 2: this program reads version 1");
    bytes[24] = 1;
    write_bytes(path, bytes, count);
    assert_false(refused(&why));
    assert_int_equal(symlink("gone.h5", made_path("last.h5")), 0);
    assert_null(checkpoint_open(made_path("last.h5"), &why));
    assert_string_equal(why.text, "is a link to a file that is not there");
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damage_to_a_checkpoint_is_found),
        cmocka_unit_test(what_is_wrong_is_said),
    };
    return cmocka_run_group_tests(tests, make_checkpoint, remove_folder);
}
