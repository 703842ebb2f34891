/* Examples of all formats, and from them to cells. */
#include "learning.h"
#include "made_files.h"

#include "io/corpus/encode.h"

static const char *put(const char *name, const char *text)
{
    const char *path = made_path(name);
    write_bytes(path, text, strlen(text));
    return path;
}

static const struct raw *side_of(const struct example *example, enum side side)
{
    return &example->side[side];
}

static void assert_text(const struct raw *raw, const char *text)
{
    assert_int_equal(raw->length, strlen(text));
    assert_memory_equal(raw->bytes, text, raw->length);
    assert_null(raw->values);
}

static void next(struct examples *examples, struct example *example, int expected)
{
    struct reason why = {""};
    if (examples_next(examples, example, &why) != expected)
        fail_msg("'%s'", why.text);
}

static void frames_and_labels_come_together(void **state)
{
    (void)state;
    const struct examples_options options = {
        .paths = {[SOURCE] = put("frames", "1 2\n3 4\n\n\n5 6\n"),
                  [SECOND] = put("questions", "why\nwho is\n"),
                  [TARGET] = put("labels", "yes\nno\n")},
        .formats = {[SOURCE] = EXAMPLES_FRAMES}};
    struct reason why;
    struct example example;
    struct examples *examples = examples_open(&options, &why);
    assert_non_null(examples);
    next(examples, &example, 1);
    assert_int_equal(example.number, 1);
    assert_int_equal(side_of(&example, SOURCE)->frames, 2);
    assert_int_equal(side_of(&example, SOURCE)->dimension, 2);
    assert_true(side_of(&example, SOURCE)->values[3] == 4);
    assert_text(side_of(&example, SECOND), "why");
    assert_text(side_of(&example, TARGET), "yes");
    next(examples, &example, 1);
    assert_int_equal(example.number, 2);
    assert_int_equal(side_of(&example, SOURCE)->line, 5);
    assert_int_equal(side_of(&example, TARGET)->line, 2);
    assert_text(side_of(&example, TARGET), "no");
    next(examples, &example, 0);
    examples_close(examples);
}

static void a_side_that_is_not_read_is_empty(void **state)
{
    (void)state;
    const struct examples_options options = {.paths = {[TARGET] = put("alone", "a b\n")}};
    struct reason why;
    struct example example;
    struct examples *examples = examples_open(&options, &why);
    next(examples, &example, 1);
    assert_text(side_of(&example, SOURCE), "");
    assert_text(side_of(&example, SECOND), "");
    assert_text(side_of(&example, TARGET), "a b");
    next(examples, &example, 0);
    examples_close(examples);
}

static void columns_are_two_sides(void **state)
{
    (void)state;
    const struct examples_options options = {
        .columns = put("conll", "the\tDT\tO\ncat\tNN\tB\n\nsat\tVB\tO\n"),
        .column = {[SOURCE] = 0, [SECOND] = -1, [TARGET] = 2}};
    struct reason why;
    struct example example;
    struct examples *examples = examples_open(&options, &why);
    next(examples, &example, 1);
    assert_text(side_of(&example, SOURCE), "the cat");
    assert_text(side_of(&example, SECOND), "");
    assert_text(side_of(&example, TARGET), "O B");
    assert_int_equal(side_of(&example, TARGET)->line, 1);
    next(examples, &example, 1);
    assert_text(side_of(&example, TARGET), "O");
    assert_int_equal(side_of(&example, SOURCE)->line, 4);
    next(examples, &example, 0);
    examples_close(examples);
}

/* format: of the source; reason: what follows the path `about`. */
static void assert_fails(enum examples_format format, const char *source, const char *target,
                         const char *about, const char *reason)
{
    struct reason why = {""};
    char expected[512];
    const struct examples_options options = {.paths = {[SOURCE] = source, [TARGET] = target},
                                             .formats = {[SOURCE] = format}};
    int64_t held = memory_count().bytes;
    struct examples *examples = examples_open(&options, &why);
    struct example example;
    int got = 1;
    while (examples && (got = examples_next(examples, &example, &why)) > 0)
        continue;
    assert_true(!examples || got < 0);
    examples_close(examples);
    snprintf(expected, sizeof expected, "'%s'%s", about, reason);
    assert_string_equal(why.text, expected);
    assert_int_equal(memory_count().bytes, held);
}

static void unequal_numbers_and_wrong_numbers_are_named(void **state)
{
    (void)state;
    char reason[256];
    const char *two = put("two", "1 2\n\n3 4\n"), *labels = put("three", "a\nb\nc\n");
    const char *one = put("one", "a\n");
    snprintf(reason, sizeof reason, " has 3 examples, but '%s' has 2", two);
    assert_fails(EXAMPLES_FRAMES, two, labels, labels, reason);
    snprintf(reason, sizeof reason, " has 2 examples, but '%s' has 1", one);
    assert_fails(EXAMPLES_FRAMES, two, one, two, reason);
    snprintf(reason, sizeof reason, " has 3 lines, but '%s' has 1", one);
    assert_fails(EXAMPLES_TEXT, labels, one, labels, reason);
    assert_fails(EXAMPLES_FRAMES, labels, one, labels, ": line 1: 'a' is no number");
    assert_fails(EXAMPLES_FRAMES, "/tmp/chorus-not-there", one, "/tmp/chorus-not-there",
                 ": No such file or directory");
}

static const char *const seen[] = {"the|D|x cat|N|y", "a|D|x dog|N|x", NULL};

/* Words with two features, learnt from `seen`. */
static void learn_features(struct content *content)
{
    static const char *const columns[][3] = {
        {"the cat", "a dog", NULL}, {"D N", "D N", NULL}, {"x y", "x x", NULL}};
    struct reason why;
    bool shrunk;
    *content = (struct content){.form = FORM_SYMBOLS, .feature_count = 2};
    for (int i = 0; i < 3; i++)
        assert_true(learn_from(columns[i], OPTIONS(.kind = TOKENIZER_WORDS),
                               i ? &content->features[i - 1] : &content->tokenizer, &shrunk, &why));
}

/* The reason, or NULL where it was encoded into so many places. */
static const char *encoded(const struct content *content, const struct raw *raw, struct ids *cells,
                           int *places)
{
    static struct reason why;
    struct encode_room room;
    encode_init(&room, content);
    cells->count = 0;
    bool well = encode(content, raw, &room, cells, places, &why);
    encode_release(&room);
    return well ? NULL : why.text;
}

static struct raw line_of(const char *text)
{
    return (struct raw){.line = 1, .bytes = text, .length = strlen(text)};
}

static void features_stand_beside_their_words(void **state)
{
    (void)state;
    struct content content;
    struct ids cells = {0};
    int places;
    learn_features(&content);
    for (int k = 0; seen[k]; k++) {
        struct raw raw = line_of(seen[k]);
        assert_null(encoded(&content, &raw, &cells, &places));
        assert_int_equal(places, 2);
        assert_int_equal(cells.count, 6);
    }
    const struct vocabulary *last = &content.features[1].vocabulary;
    assert_int_equal(cells.list[2], vocabulary_find(last, "x", 1));
    assert_int_equal(cells.list[5], vocabulary_find(last, "x", 1));
    struct raw lacking = line_of("the|D|x cat|N"), unknown = line_of("the|Z|x");
    assert_string_equal(encoded(&content, &lacking, &cells, &places),
                        "word 2, 'cat|N', has 1 feature, not 2");
    assert_null(encoded(&content, &unknown, &cells, &places));
    assert_int_equal(cells.list[1], ID_UNKNOWN);
    content_release(&content);
    ids_release(&cells);
}

static void a_label_that_was_not_seen_is_named(void **state)
{
    (void)state;
    static const char *const labels[] = {"very good", "bad", NULL}, *const tags[] = {"O B", NULL};
    struct content content = {.form = FORM_SYMBOLS, .closed = 1};
    struct reason why;
    struct ids cells = {0};
    bool shrunk;
    int places;
    assert_true(
        learn_from(labels, OPTIONS(.kind = TOKENIZER_LINES), &content.tokenizer, &shrunk, &why));
    struct raw known = line_of("very good"), unknown = line_of("very bad");
    assert_null(encoded(&content, &known, &cells, &places));
    assert_int_equal(places, 1);
    assert_string_equal(encoded(&content, &unknown, &cells, &places),
                        "'very bad' was not seen in training");
    tokenizer_release(&content.tokenizer);
    assert_true(
        learn_from(tags, OPTIONS(.kind = TOKENIZER_WORDS), &content.tokenizer, &shrunk, &why));
    struct raw tag = line_of("O I B");
    assert_string_equal(encoded(&content, &tag, &cells, &places), "'I' was not seen in training");
    content_release(&content);
    ids_release(&cells);
}

static void vectors_are_stacked_and_normalised(void **state)
{
    (void)state;
    float mean[] = {1, 0, 1, 0}, deviation[] = {2, 1, 1, 4};
    const float values[] = {1, 2, 3, 4, 5, 6};
    const float expected[] = {0, 2, 2, 1, 2, 6, 4, 1.5f};
    const struct content content = {
        .form = FORM_VECTORS, .dimension = 4, .stack = 2, .mean = mean, .deviation = deviation};
    struct raw raw = {.bytes = "", .values = values, .frames = 3, .dimension = 2};
    struct ids cells = {0};
    int places;
    assert_null(encoded(&content, &raw, &cells, &places));
    assert_int_equal(places, 2);
    assert_int_equal(cells.count, 8);
    assert_memory_equal(cells.list, expected, sizeof expected);
    raw = (struct raw){.bytes = "", .values = values, .frames = 2, .dimension = 3};
    assert_string_equal(encoded(&content, &raw, &cells, &places),
                        "has 3 numbers a frame instead of 2");
    ids_release(&cells);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_and_labels_come_together),
        cmocka_unit_test(a_side_that_is_not_read_is_empty),
        cmocka_unit_test(columns_are_two_sides),
        cmocka_unit_test(unequal_numbers_and_wrong_numbers_are_named),
        cmocka_unit_test(features_stand_beside_their_words),
        cmocka_unit_test(a_label_that_was_not_seen_is_named),
        cmocka_unit_test(vectors_are_stacked_and_normalised),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
