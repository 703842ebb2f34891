#include "made_files.h"

#include "comm/base/text.h"
#include "io/text/columns.h"

/* Each sentence as NUMBER@LINE:source=target, then '/'; at last the reason without the path. */
static const char *read_from(const char *path, int source, int target)
{
    static struct text all;
    struct reason why = {""};
    struct columns_sentence line;
    text_clear(&all);
    struct columns *columns = columns_open(path, source, target, &why);
    assert_non_null(columns);
    int got, number = 0;
    while ((got = columns_next(columns, &line, &why)) > 0) {
        text_add_format(&all, "%d@%d:", ++number, (int)line.line);
        text_add(&all, line.bytes[0], line.length[0]);
        text_add(&all, "=", 1);
        text_add(&all, line.bytes[1], line.length[1]);
        text_add(&all, "/", 1);
    }
    if (got < 0) {
        assert_memory_equal(why.text + 1, path, strlen(path));
        text_add_format(&all, "%s", why.text + strlen(path) + 4);
    }
    columns_close(columns);
    return all.bytes;
}

static const char *read_text(const char *text, int source, int target)
{
    const char *path = made_path("columns");
    write_bytes(path, text, strlen(text));
    return read_from(path, source, target);
}

static void a_sentence_becomes_two_lines_of_words(void **state)
{
    (void)state;
    assert_string_equal(read_text("a X\nb Y\n\nc Z\n", 0, 1), "1@1:a b=X Y/2@4:c=Z/");
    assert_string_equal(read_text("a  n X\nb m   Y", 0, 2), "1@1:a b=X Y/");
    assert_string_equal(read_text("a\tX\r\nb\tY\r\n", 1, 0), "1@1:X Y=a b/");
    assert_string_equal(read_text("a X\nb Y\n", 0, -1), "1@1:a b=/");
    assert_string_equal(read_text("a\tX\n", 0, 0), "1@1:a=a/");
    assert_string_equal(read_text("a\t\tX\nb\t\tY\t\n", 0, 2), "1@1:a b=X Y/");
}

static void any_white_space_parts_sentences(void **state)
{
    (void)state;
    assert_string_equal(read_text("", 0, 1), "");
    assert_string_equal(read_text("\n \n\t\n", 0, 1), "");
    assert_string_equal(read_text("\n\na X\n\t\n \n\nb Y\n\n\n", 0, 1), "1@3:a=X/2@7:b=Y/");
}

static void a_space_inside_a_word_does_not_part_it(void **state)
{
    (void)state;
    assert_string_equal(read_text("con chó\tN\n đi \tV\n", 0, 1), "1@1:con\xC2\xA0"
                                                                  "chó đi=N V/");
}

static void comments_are_left_out_and_words_that_look_like_them_are_not(void **state)
{
    (void)state;
    assert_string_equal(read_text("# text = a b\n#\na\tX\n\n# sent_id = 2\n#\tY\nb\tZ\n", 0, 1),
                        "1@3:a=X/2@6:# b=Y Z/");
    assert_string_equal(read_text("the DT\n# #\n\n# #\n5 CD\n\n# a comment\nx Y\n", 0, 1),
                        "1@1:the #=DT #/2@4:# 5=# CD/3@8:x=Y/");
    assert_string_equal(read_text("#tag\tX\n", 0, 1), "1@1:#tag=X/");
}

static void what_is_no_word_of_its_own_is_left_out(void **state)
{
    (void)state;
    const char *conllu = "1-2\tdu\t_\n1\tde\tP\n2\tle\tD\n2.1\tx\t_\n3\tparc\tN\n";
    assert_string_equal(read_text(conllu, 1, 2), "1@2:de le parc=P D N/");
    assert_string_equal(read_text("2-1\tX\n1.5\tY\n", 0, 1), "1@1:2-1 1.5=X Y/");
    assert_string_equal(read_text("-1\ta\tX\n1-\tb\tY\n1-2-3\tc\tZ\n", 1, 2), "1@1:a b c=X Y Z/");
    assert_string_equal(read_text("-DOCSTART- -X- O\n\na X O\n\n-DOCSTART-\n\nb Y O\n", 0, 2),
                        "1@3:a=O/2@7:b=O/");
}

static void a_missing_column_is_named(void **state)
{
    (void)state;
    assert_string_equal(read_text("a b c d\n\na\n", 0, 3),
                        "1@1:a=d/line 3: has 1 column, column 3 (the first is 0) is wanted");
    assert_string_equal(read_text("a\tb\n", 2, 0),
                        "line 1: has 2 columns, column 2 (the first is 0) is wanted");
    assert_string_equal(read_text("a\t \tb\n", 0, 1), "line 1: column 1 (the first is 0) is empty");
}

static void a_sentence_without_end_does_not_take_the_memory(void **state)
{
    (void)state;
    struct text text = {0};
    while (text.length < 3 * LINE_MOST)
        text_add(&text, "wordwordwordword\tX\n", 19);
    const char *read = read_text(text.bytes, 0, 1);
    assert_string_equal(read, "line 61682: the sentence is longer than 1 MiB");
    text_release(&text);
}

static void what_lines_say_comes_through(void **state)
{
    (void)state;
    const char *path = made_path("nul");
    write_bytes(path, "a X\nb\0 Y\n", 9);
    assert_string_equal(read_from(path, 0, 1), "line 2: holds a NUL");
    struct reason why;
    assert_null(columns_open("/nowhere", 0, 1, &why));
    assert_string_equal(why.text, "'/nowhere': No such file or directory");
    write_bytes(path,
                "\xEF\xBB\xBF"
                "a X\r\n",
                8);
    struct columns *columns = columns_open(path, 0, 1, &why);
    struct columns_sentence line;
    assert_int_equal(columns_next(columns, &line, &why), 1);
    assert_true(columns_marks(columns).byte_order);
    assert_int_equal(columns_marks(columns).windows_ends, 1);
    columns_close(columns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sentence_becomes_two_lines_of_words),
        cmocka_unit_test(any_white_space_parts_sentences),
        cmocka_unit_test(a_space_inside_a_word_does_not_part_it),
        cmocka_unit_test(comments_are_left_out_and_words_that_look_like_them_are_not),
        cmocka_unit_test(what_is_no_word_of_its_own_is_left_out),
        cmocka_unit_test(a_missing_column_is_named),
        cmocka_unit_test(a_sentence_without_end_does_not_take_the_memory),
        cmocka_unit_test(what_lines_say_comes_through),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
