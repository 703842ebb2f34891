#include "made_corpus.h"

#include "comm/base/hash.h"

enum { SENTENCES = 40000, SHARDS = 3 };

static void lengths(int64_t line, int lengths_of[SIDES])
{
    lengths_of[SOURCE] = (int)(line % 13);
    lengths_of[TARGET] = (int)(line * 7 % 11) + 1;
}

static const struct made_corpus large = {
    .shards = SHARDS, .sentences = SENTENCES, .lengths = lengths};
static const struct made_corpus small = {
    .shards = 2, .sentences = 300, .text = 1, .lengths = lengths};

static int make_corpora(void **state)
{
    if (make_folder(state) != 0)
        return -1;
    make_corpus(&large, made_path("large"));
    make_corpus(&small, made_path("small"));
    return 0;
}

static void every_line_is_in_its_shard(void **state)
{
    (void)state;
    struct reason why;
    struct corpus *corpus = corpus_open(made_path("large"), NULL, &why);
    assert_non_null(corpus);
    assert_int_equal(corpus->shards, SHARDS);
    assert_int_equal(corpus->sentences, SENTENCES);
    assert_int_equal(corpus->joint, 0);
    int64_t seen = 0;
    for (int s = 0; s < SHARDS; s++) {
        struct shard *shard = shard_open(corpus, s, &why);
        if (!shard)
            fail_msg("%s", why.text);
        int64_t count = corpus->table[s].sentences;
        int64_t *lines = malloc((size_t)count * sizeof *lines);
        assert_true(shard_lines(shard, 0, count, lines, &why));
        for (int64_t i = 0; i < count; i++) {
            assert_int_equal(corpus_shard_of_line(7, lines[i], SHARDS), s);
            assert_true(i == 0 || lines[i] > lines[i - 1]);
            int expected[SIDES] = {0};
            lengths(lines[i], expected);
            for (int side = 0; side < SIDES && i % 50 == 0; side++) {
                int32_t length, ids[32];
                assert_true(shard_lengths(shard, side, i, 1, &length, &why));
                assert_int_equal(length, expected[side]);
                assert_true(shard_cells(shard, side, i, 1, length, ids, &why));
                for (int k = 0; k < length; k++)
                    assert_int_equal(ids[k], made_id(lines[i], side, k));
            }
        }
        seen += count;
        free(lines);
        shard_close(shard);
    }
    assert_int_equal(seen, SENTENCES);
    corpus_close(corpus);
}

static void many_sentences_are_read_at_once(void **state)
{
    (void)state;
    struct reason why;
    struct corpus *corpus = corpus_open(made_path("large"), NULL, &why);
    struct shard *shard = shard_open(corpus, 1, &why);
    int64_t count = corpus->table[1].sentences, total = 0;
    int32_t *all = malloc((size_t)count * sizeof *all);
    assert_true(shard_lengths(shard, TARGET, 0, count, all, &why));
    for (int64_t i = 0; i < count; i++)
        total += all[i];
    assert_int_equal(total, corpus->table[1].tokens[TARGET]);
    free(all);
    shard_close(shard);
    corpus_close(corpus);
}

static void raw_text_is_kept(void **state)
{
    (void)state;
    struct reason why;
    struct corpus *corpus = corpus_open(made_path("small"), NULL, &why);
    assert_int_equal(corpus->has_text, 1);
    struct shard *shard = shard_open(corpus, 1, &why);
    int64_t line;
    char expected[32];
    struct text text;
    text_init(&text);
    assert_true(shard_lines(shard, 17, 1, &line, &why));
    assert_true(shard_text(shard, 17, &text, &why));
    snprintf(expected, sizeof expected, "text %lld", (long long)line);
    assert_string_equal(text.bytes, expected);
    text_release(&text);
    shard_close(shard);
    corpus_close(corpus);
}

static void equal_corpora_are_equal_files(void **state)
{
    (void)state;
    static const char *const files[] = {"corpus.h5", "shard-00000.h5", "shard-00001.h5",
                                        "shard-00002.h5"};
    make_corpus(&large, made_path("again"));
    for (int i = 0; i <= SHARDS; i++) {
        char first[256], second[256];
        snprintf(first, sizeof first, "%s/large/%s", made_folder, files[i]);
        snprintf(second, sizeof second, "%s/again/%s", made_folder, files[i]);
        assert_true(same_files(first, second));
    }
}

static void a_small_shard_is_a_small_file(void **state)
{
    (void)state;
    struct stat status;
    assert_int_equal(stat(made_path("small/shard-00000.h5"), &status), 0);
    assert_in_range(status.st_size, 1000, 40000);
}

static void assert_unopened(const char *path, const char *reason)
{
    struct reason why;
    assert_null(corpus_open(path, NULL, &why));
    assert_string_equal(why.text, reason);
}

static void reasons_read_well(void **state)
{
    (void)state;
    struct reason why;
    assert_unopened(made_path("absent"), "No such file or directory");
    assert_unopened(made_path("small/corpus.h5"), "is a file of a corpus: give its folder");
    assert_unopened(made_folder, "has no corpus.h5");
    struct corpus *corpus = corpus_open(made_path("small"), NULL, &why);
    assert_int_equal(rename(made_path("small/shard-00001.h5"), made_path("moved")), 0);
    assert_null(shard_open(corpus, 1, &why));
    assert_string_equal(why.text, "shard 'shard-00001.h5': No such file or directory");
    assert_int_equal(link(made_path("small/shard-00000.h5"), made_path("small/shard-00001.h5")), 0);
    assert_null(shard_open(corpus, 1, &why));
    assert_string_equal(why.text, "shard 'shard-00001.h5': is not the file that belongs here: its "
                                  "checksum is another");
    assert_int_equal(rename(made_path("moved"), made_path("small/shard-00001.h5")), 0);
    corpus_close(corpus);
}

static void what_differs_is_named(void **state)
{
    (void)state;
    struct reason why;
    struct content a[SIDES], b[SIDES];
    made_contents(a);
    made_contents(b);
    assert_true(contents_alike(a, b, &why));
    b[TARGET].tokenizer.vocabulary.bytes[20] ^= 1;
    assert_false(contents_alike(a, b, &why));
    assert_string_equal(why.text, "target vocabularies differ");
    vocabulary_add(&b[SOURCE].tokenizer.vocabulary, "more", 4);
    assert_false(contents_alike(a, b, &why));
    assert_string_equal(why.text, "source vocabularies differ: 50 and 51 symbols");
    release_contents(a);
    release_contents(b);
}

/* A shard of three sentences whose arrays are given by hand, sealed as it should be. */
struct forged {
    int32_t ids[6];
    int64_t offsets[4], lines[3];
    int64_t id_count, offset_count, line_count;
    const char *reason; // NULL: nothing is wrong with it
};

static void write_forged(const struct forged *forged, const char *folder)
{
    struct reason why;
    struct corpus corpus = {.task = "translate",
                            .shards = 1,
                            .table = &(struct corpus_shard){.sentences = 3, .tokens = {6, 0, 6}}};
    mkdir(folder, 0777);
    char path[256];
    snprintf(path, sizeof path, "%s/shard-00000.h5", folder);
    struct sealed *file = sealed_create(path, SEALED_SHARD, &why);
    static const int64_t good_offsets[] = {0, 2, 4, 6}, four = 4, six = 6;
    static const int32_t good_ids[] = {3, 4, 5, 6, 7, 8};
    sealed_write_array(file, "/source/ids", SEALED_INT32, 1, &six, good_ids, &why);
    sealed_write_array(file, "/source/offsets", SEALED_INT64, 1, &four, good_offsets, &why);
    sealed_write_array(file, "/target/ids", SEALED_INT32, 1, &forged->id_count, forged->ids, &why);
    sealed_write_array(file, "/target/offsets", SEALED_INT64, 1, &forged->offset_count,
                       forged->offsets, &why);
    sealed_write_array(file, "/line", SEALED_INT64, 1, &forged->line_count, forged->lines, &why);
    assert_true(sealed_commit(file, &corpus.table[0].hash, &why));
    corpus_shard_file(0, corpus.table[0].file);
    made_contents(corpus.contents);
    assert_true(corpus_write(folder, &corpus, &why));
    release_contents(corpus.contents);
}

static void forged_shards_are_refused(void **state)
{
    (void)state;
    static const struct forged list[] = {
        {{3, 4, 0, 6, 7, 49}, {0, 2, 4, 6}, {0, 5, 9}, 6, 4, 3, NULL},
        {{3, 4, 5, 6, 7, 50}, {0, 2, 4, 6}, {0, 5, 9}, 6, 4, 3, "id 50 at 5 of '/target/ids'"},
        {{3, 4, 5, 6, 2, 8}, {0, 2, 4, 6}, {0, 5, 9}, 6, 4, 3, "id 2 at 4 of '/target/ids'"},
        {{-1, 4, 5, 6, 7, 8}, {0, 2, 4, 6}, {0, 5, 9}, 6, 4, 3, "id -1 at 0 of '/target/ids'"},
        {{3, 4, 5, 6, 7, 8}, {1, 2, 4, 6}, {0, 5, 9}, 6, 4, 3, "does not start at 0"},
        {{3, 4, 5, 6, 7, 8}, {0, 4, 2, 6}, {0, 5, 9}, 6, 4, 3, "falls or leaps at 2"},
        {{3, 4, 5, 6, 7, 8}, {0, 1LL << 40, 1LL << 41, 6}, {0, 5, 9}, 6, 4, 3, "leaps at 1"},
        {{3, 4, 5, 6, 7, 8}, {0, 2, 4, 7}, {0, 5, 9}, 6, 4, 3, "ends at 7 instead of 6"},
        {{3, 4, 5, 6, 7, 8}, {0, 2, 4, 5}, {0, 5, 9}, 6, 4, 3, "ends at 5 instead of 6"},
        {{3, 4, 5, 6, 7, 8}, {0, 2, 4, 6}, {0, 5, 5}, 6, 4, 3, "'/line' does not rise at 2"},
        {{3, 4, 5, 6, 7, 8}, {0, 2, 4, 6}, {-1, 5, 6}, 6, 4, 3, "'/line' does not rise at 0"},
        {{3, 4, 5, 6, 7, 8}, {0, 2, 4, 6}, {0, 5, 9}, 5, 4, 3, "5 elements instead of 6"},
        {{3, 4, 5, 6, 7, 8}, {0, 2, 6}, {0, 5, 9}, 6, 3, 3, "3 elements instead of 4"},
        {{3, 4, 5, 6, 7, 8}, {0, 2, 4, 6}, {0, 5}, 6, 4, 2, "2 elements instead of 3"},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        struct reason why;
        write_forged(&list[i], made_path("forged"));
        struct corpus *corpus = corpus_open(made_path("forged"), NULL, &why);
        assert_non_null(corpus);
        bool sound = corpus_check(corpus, &why);
        assert_int_equal(sound, list[i].reason == NULL);
        if (list[i].reason && !strstr(why.text, list[i].reason))
            fail_msg("'%s' does not say '%s'", why.text, list[i].reason);
        corpus_close(corpus);
    }
}

static void forged_tables_are_refused(void **state)
{
    (void)state;
    struct reason why;
    static const struct corpus_shard list[] = {
        {"shard-00000.h5", 3, {6, 0, 6}, 1},  {"../../x/y.h5", 3, {6, 0, 6}, 1},
        {"shard-00000.h5", -3, {6, 0, 6}, 1}, {"shard-00000.h5", 3, {6, 0, -1}, 1},
        {"shard-00001.h5", 3, {6, 0, 6}, 1},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        struct corpus_shard row = list[i];
        struct corpus corpus = {.task = "translate", .shards = 1, .table = &row};
        made_contents(corpus.contents);
        assert_true(corpus_write(made_path("forged"), &corpus, &why));
        release_contents(corpus.contents);
        struct corpus *read = corpus_open(made_path("forged"), NULL, &why);
        assert_int_equal(read != NULL, i == 0);
        if (!read)
            assert_string_equal(why.text, "corpus.h5: row 0 of the table of shards is damaged");
        corpus_close(read);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_line_is_in_its_shard),
        cmocka_unit_test(many_sentences_are_read_at_once),
        cmocka_unit_test(raw_text_is_kept),
        cmocka_unit_test(equal_corpora_are_equal_files),
        cmocka_unit_test(a_small_shard_is_a_small_file),
        cmocka_unit_test(reasons_read_well),
        cmocka_unit_test(what_differs_is_named),
        cmocka_unit_test(forged_shards_are_refused),
        cmocka_unit_test(forged_tables_are_refused),
    };
    return cmocka_run_group_tests(tests, make_corpora, remove_folder);
}
