#include "made_corpus.h"

#include "io/run/checkpoint.h"

enum { ROWS = 700, COLUMNS = 2000, BIAS = 12 };

static float weight(int64_t element)
{
    return (float)element * 0.001f - 7;
}

/* In slabs of so many elements. */
static bool write_checkpoint(const char *path, int slab, int64_t update, struct reason *why)
{
    static float weights[ROWS * COLUMNS];
    for (int i = 0; i < ROWS * COLUMNS; i++)
        weights[i] = weight(i);
    struct checkpoint_writer *writer = checkpoint_create(path, why);
    if (!writer)
        return false;
    char name[32];
    for (int i = 0; i < 60; i++) {
        snprintf(name, sizeof name, "setting-%d", i);
        checkpoint_setting(writer, name, i % 2 ? "a value" : "", why);
    }
    checkpoint_integer(writer, "update", update, why);
    checkpoint_real(writer, "best", 0.1, why);
    struct content contents[SIDES];
    made_contents(contents);
    checkpoint_contents(writer, contents, why);
    release_contents(contents);
    checkpoint_array(writer, "parameters", "encoder/weights", ROWS, COLUMNS, why);
    for (int i = 0; i < ROWS * COLUMNS; i += slab)
        checkpoint_append(writer, i + slab < ROWS * COLUMNS ? slab : ROWS * COLUMNS - i,
                          weights + i, why);
    checkpoint_array(writer, "parameters", "encoder/bias", BIAS, 0, why);
    checkpoint_append(writer, BIAS, weights, why);
    checkpoint_array(writer, "moments/first", "encoder/bias", BIAS, 0, why);
    checkpoint_append(writer, 5, weights + 1, why);
    checkpoint_append(writer, BIAS - 5, weights + 6, why);
    return checkpoint_commit(writer, why);
}

static struct checkpoint *open_made(void)
{
    struct reason why;
    struct checkpoint *checkpoint = checkpoint_open(made_path("made.h5"), &why);
    if (!checkpoint)
        fail_msg("%s", why.text);
    return checkpoint;
}

static int make_checkpoint(void **state)
{
    struct reason why;
    return make_folder(state) == 0 && write_checkpoint(made_path("made.h5"), 12345, 77, &why) ? 0
                                                                                              : -1;
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    struct reason why;
    int64_t update;
    double best;
    static float weights[ROWS * COLUMNS];
    struct checkpoint *checkpoint = open_made();
    assert_true(checkpoint_get_integer(checkpoint, "update", &update, &why));
    assert_int_equal(update, 77);
    assert_true(checkpoint_get_real(checkpoint, "best", &best, &why));
    assert_true(best == 0.1);
    assert_true(checkpoint_read(checkpoint, "parameters", "encoder/weights", ROWS, COLUMNS, 0,
                                ROWS * COLUMNS, weights, &why));
    for (int i = 0; i < ROWS * COLUMNS; i++)
        assert_true(weights[i] == weight(i));
    assert_true(checkpoint_read(checkpoint, "parameters", "encoder/weights", ROWS, COLUMNS, 1999,
                                4005, weights, &why));
    for (int i = 0; i < 4005; i++)
        assert_true(weights[i] == weight(i + 1999));
    assert_true(checkpoint_read(checkpoint, "moments/first", "encoder/bias", BIAS, 0, 0, BIAS,
                                weights, &why));
    assert_true(weights[BIAS - 1] == weight(BIAS));
    struct content expected[SIDES], found[SIDES];
    assert_true(checkpoint_get_contents(checkpoint, found, &why));
    made_contents(expected);
    assert_true(contents_alike(expected, found, &why));
    release_contents(expected);
    release_contents(found);
    checkpoint_close(checkpoint);
}

static void settings_come_by_their_names(void **state)
{
    (void)state;
    struct checkpoint *checkpoint = open_made();
    assert_string_equal(checkpoint_get_setting(checkpoint, "setting-59"), "a value");
    assert_string_equal(checkpoint_get_setting(checkpoint, "setting-58"), "");
    assert_null(checkpoint_get_setting(checkpoint, "setting-60"));
    checkpoint_close(checkpoint);
}

static void equal_state_is_equal_bytes_however_it_came(void **state)
{
    (void)state;
    struct reason why;
    static const int slabs[] = {1000, ROWS * COLUMNS, 1 << 20, 99999};
    for (int i = 0; i < 4; i++) {
        assert_true(write_checkpoint(made_path("again.h5"), slabs[i], 77, &why));
        assert_true(same_files(made_path("made.h5"), made_path("again.h5")));
    }
    assert_true(write_checkpoint(made_path("again.h5"), 1000, 78, &why));
    assert_false(same_files(made_path("made.h5"), made_path("again.h5")));
}

static void wrong_questions_are_refused(void **state)
{
    (void)state;
    struct reason why;
    int64_t update;
    float weights[BIAS];
    struct checkpoint *checkpoint = open_made();
    assert_false(checkpoint_read(checkpoint, "parameters", "encoder/weights", COLUMNS, ROWS, 0,
                                 BIAS, weights, &why));
    assert_string_equal(why.text, "array '/parameters/encoder/weights' is 700 x 2000 instead of "
                                  "2000 x 700");
    assert_false(checkpoint_read(checkpoint, "parameters", "encoder/bias", BIAS + 1, 0, 0, BIAS,
                                 weights, &why));
    assert_string_equal(why.text, "array '/parameters/encoder/bias' has 12 elements instead of 13");
    assert_false(
        checkpoint_read(checkpoint, "parameters", "encoder/bias", BIAS, 1, 0, BIAS, weights, &why));
    assert_false(
        checkpoint_read(checkpoint, "parameters", "decoder/bias", BIAS, 0, 0, BIAS, weights, &why));
    assert_string_equal(why.text, "array '/parameters/decoder/bias' is missing");
    assert_false(checkpoint_get_integer(checkpoint, "epoch", &update, &why));
    assert_string_equal(why.text, "attribute 'epoch' of '/state' is missing");
    checkpoint_close(checkpoint);
    make_corpus(&(struct made_corpus){.shards = 1}, made_path("corpus"));
    assert_null(checkpoint_open(made_path("corpus/corpus.h5"), &why));
    assert_string_equal(why.text, "is a Chorus corpus, not a checkpoint");
    assert_null(checkpoint_open(made_path("corpus/shard-00000.h5"), &why));
    assert_string_equal(why.text, "is a Chorus shard, not a checkpoint");
}

static void nothing_is_left_when_it_is_abandoned_or_fails(void **state)
{
    (void)state;
    struct reason why;
    struct checkpoint_writer *writer = checkpoint_create(made_path("left.h5"), &why);
    checkpoint_abandon(writer);
    assert_int_not_equal(access(made_path("left.h5.partial"), F_OK), 0);
    writer = checkpoint_create(made_path("left.h5"), &why);
    assert_true(checkpoint_integer(writer, "update", 1, &why));
    assert_false(checkpoint_integer(writer, "update", 2, &why));
    struct reason first = why;
    assert_false(checkpoint_array(writer, "parameters", "x", 3, 0, &why));
    assert_false(checkpoint_append(writer, 3, (float[]){1, 2, 3}, &why));
    assert_false(checkpoint_commit(writer, &why));
    assert_string_equal(why.text, first.text);
    assert_int_not_equal(access(made_path("left.h5"), F_OK), 0);
    assert_int_not_equal(access(made_path("left.h5.partial"), F_OK), 0);
}

static void a_setting_that_is_too_long_is_refused(void **state)
{
    (void)state;
    struct reason why;
    char value[SEALED_TEXT + 1];
    memset(value, 'x', sizeof value - 1);
    value[SEALED_TEXT - 1] = '\0';
    struct checkpoint_writer *writer = checkpoint_create(made_path("long.h5"), &why);
    assert_true(checkpoint_setting(writer, "longest", value, &why));
    assert_true(checkpoint_commit(writer, &why));
    struct checkpoint *checkpoint = checkpoint_open(made_path("long.h5"), &why);
    assert_string_equal(checkpoint_get_setting(checkpoint, "longest"), value);
    checkpoint_close(checkpoint);
    value[SEALED_TEXT - 1] = 'x';
    value[SEALED_TEXT] = '\0';
    writer = checkpoint_create(made_path("long.h5"), &why);
    assert_false(checkpoint_setting(writer, "too-long", value, &why));
    assert_string_equal(why.text, "'too-long' has over 4095 bytes");
    assert_false(checkpoint_commit(writer, &why));
}

static bool refused(const char *path)
{
    struct reason why;
    struct checkpoint *checkpoint = checkpoint_open(path, &why);
    checkpoint_close(checkpoint);
    return !checkpoint;
}

static void damage_is_found(void **state)
{
    (void)state;
    struct reason why;
    struct checkpoint_writer *writer = checkpoint_create(made_path("small.h5"), &why);
    float weights[5000] = {1};
    checkpoint_setting(writer, "cell", "lstm", &why);
    checkpoint_array(writer, "parameters", "x", 5000, 0, &why);
    checkpoint_append(writer, 5000, weights, &why);
    assert_true(checkpoint_commit(writer, &why));
    assert_damage_is_found(made_path("small.h5"), refused);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(settings_come_by_their_names),
        cmocka_unit_test(equal_state_is_equal_bytes_however_it_came),
        cmocka_unit_test(wrong_questions_are_refused),
        cmocka_unit_test(nothing_is_left_when_it_is_abandoned_or_fails),
        cmocka_unit_test(a_setting_that_is_too_long_is_refused),
        cmocka_unit_test(damage_is_found),
    };
    return cmocka_run_group_tests(tests, make_checkpoint, remove_folder);
}
