/* Vectors and features with right checksums and wrong content: each is refused, with a reason. */
#include "forge.h"

#include "made_sides.h"
#include <math.h>

/* A shard of one sentence of two places, and corpus.h5, sealed as they should be. */
struct forged {
    const char *words; // of the reason; NULL: it is sound
    float mean[DIMENSION + 1], deviation[DIMENSION + 1], values[8];
    int means, deviations, width; // 0: as it should be
    int64_t stack;                // likewise
};

static void write_vectors(const char *folder, const struct forged *forged)
{
    struct reason why;
    struct corpus_shard row = {.sentences = 1, .tokens = {[SOURCE] = 2, [TARGET] = 1}};
    const int64_t one = 1, two = 2;
    const int64_t shape[] = {2, forged->width ? forged->width : DIMENSION};
    const int64_t offsets[] = {0, 2}, target_offsets[] = {0, 1}, line = 0;
    const int32_t word = IDS_RESERVED;
    char path[256];
    mkdir(folder, 0777);
    snprintf(path, sizeof path, "%s/shard-00000.h5", folder);
    struct sealed *file = sealed_create(path, SEALED_SHARD, &why);
    sealed_write_array(file, "/source/features", SEALED_FLOAT32, 2, shape, forged->values, &why);
    sealed_write_array(file, "/source/offsets", SEALED_INT64, 1, &two, offsets, &why);
    sealed_write_array(file, "/target/ids", SEALED_INT32, 1, &one, &word, &why);
    sealed_write_array(file, "/target/offsets", SEALED_INT64, 1, &two, target_offsets, &why);
    sealed_write_array(file, "/line", SEALED_INT64, 1, &one, &line, &why);
    assert_true(sealed_commit(file, &row.hash, &why));
    corpus_shard_file(0, row.file);
    struct corpus corpus = {.task = "classify", .shards = 1, .table = &row};
    vectors_as_source(corpus.contents);
    corpus.contents[TARGET].closed = 1;
    memcpy(corpus.contents[SOURCE].mean, forged->mean, DIMENSION * sizeof(float));
    memcpy(corpus.contents[SOURCE].deviation, forged->deviation, DIMENSION * sizeof(float));
    corpus.contents[SOURCE].stack = forged->stack ? (int)forged->stack : 1;
    assert_true(corpus_write(folder, &corpus, &why));
    release_contents(corpus.contents);
}

/* The sizes of mean and deviation, which no content of ours gets wrong. */
static void resize_moments(const char *path, const struct forged *forged)
{
    static struct forgery header;
    forgery_read_corpus(&header, path, TARGET);
    int read = header.array_count;
    const struct forged_array moments[] = {
        {"/source/mean", SEALED_FLOAT32, 1, {forged->means, 1}, forged->mean, 0, false},
        {"/source/deviation",
         SEALED_FLOAT32,
         1,
         {forged->deviations, 1},
         forged->deviation,
         0,
         false}};
    header.arrays[read] = moments[0];
    header.arrays[read + 1] = moments[1];
    header.array_count += 2;
    unlink(path);
    forgery_write(&header, path);
    header.array_count = read;
    forgery_release(&header);
}

static void forged_vectors_are_refused(void **state)
{
    (void)state;
    static const char moments[] = "corpus.h5: source vectors have no sound mean and deviation";
    static const char sizes[] = "corpus.h5: source vectors are of no sound dimension";
    static const char *const not_finite = "number 4 of '/source/features' is not finite";
    const struct forged list[] = {
        {NULL, .deviation = {1, 1, 1}},
        {not_finite, .deviation = {1, 1, 1}, .values = {[4] = NAN}},
        {not_finite, .deviation = {1, 1, 1}, .values = {[4] = -INFINITY}},
        {"'/source/features' is of 2 x 4 instead of 2 x 3", .deviation = {1, 1, 1}, .width = 4},
        {moments, .deviation = {1, 0, 1}},
        {moments, .deviation = {1, -1, 1}},
        {moments, .deviation = {1, 1, NAN}},
        {moments, .mean = {[1] = INFINITY}, .deviation = {1, 1, 1}},
        {moments, .deviation = {1, 1, 1}, .stack = -1},
        {sizes, .deviation = {1, 1, 1}, .stack = 4},
        {sizes, .deviation = {1, 1, 1, 1}, .means = 3, .deviations = 4},
        {sizes, .deviation = {1, 1, 1, 1}, .means = 4, .deviations = 3},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        int64_t held = memory_count().bytes;
        write_vectors(made_path("forged"), &list[i]);
        if (list[i].means)
            resize_moments(made_path("forged/corpus.h5"), &list[i]);
        assert_corpus(made_path("forged"), NULL, "vectors", list[i].words);
        assert_int_equal(memory_count().bytes, held);
    }
}

static void write_sentence(const char *folder, const char *task,
                           void (*contents)(struct content contents[SIDES]),
                           const struct sentence *sentence)
{
    struct reason why = {""};
    struct corpus_shard row;
    struct corpus corpus = {.shards = 1, .table = &row};
    strcpy(corpus.task, task);
    contents(corpus.contents);
    mkdir(folder, 0777);
    struct shard_writer *writer = shard_writer_open(folder, 0, &corpus, &why);
    assert_true(shard_writer_add(writer, 0, sentence, "", 0, &why));
    assert_true(shard_writer_close(writer, &row, &why));
    assert_true(corpus_write(folder, &corpus, &why));
    release_contents(corpus.contents);
}

/* One sentence of two words with two features each; the cell behind a place's word is wrong. */
static void an_id_of_a_feature_belongs_to_its_own_vocabulary(void **state)
{
    (void)state;
    const struct {
        int32_t cells[6];
        const char *words;
    } list[] = {{{49, 9, 6, 0, 0, 0}, NULL},
                {{49, 9, 6, 3, 10, 3}, "id 10 at 4 of '/source/ids' does not belong there"},
                {{49, 9, 7, 3, 3, 3}, "id 7 at 2 of '/source/ids' does not belong there"},
                {{50, 9, 6, 3, 3, 3}, "id 50 at 0 of '/source/ids' does not belong there"},
                {{49, 9, 6, 3, 3, 2}, "id 2 at 5 of '/source/ids' does not belong there"}};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        const int32_t tags[] = {3, 4};
        const struct sentence sentence = {
            .side = {[SOURCE] = {list[i].cells, 2}, [TARGET] = {tags, 2}}};
        write_sentence(made_path("ids"), "tag", with_features, &sentence);
        assert_corpus(made_path("ids"), NULL, "features", list[i].words);
    }
}

static void closed_target(struct content contents[SIDES])
{
    made_contents(contents);
    contents[TARGET].closed = 1;
}

/* Of a text unknown is a symbol, of tags and labels it is none. */
static void what_is_unknown_is_no_class(void **state)
{
    (void)state;
    static const char wrong[] = "id 0 at 0 of '/target/ids' does not belong there";
    const struct {
        const char *task, *words;
    } list[] = {{"translate", NULL}, {"generate", NULL}, {"tag", wrong}, {"classify", wrong}};
    const int32_t ids[] = {ID_UNKNOWN};
    const struct sentence sentence = {.side = {[SOURCE] = {ids, 1}, [TARGET] = {ids, 1}}};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        write_sentence(made_path("classes"), list[i].task,
                       list[i].words ? closed_target : made_contents, &sentence);
        assert_corpus(made_path("classes"), NULL, list[i].task, list[i].words);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forged_vectors_are_refused),
        cmocka_unit_test(an_id_of_a_feature_belongs_to_its_own_vocabulary),
        cmocka_unit_test(what_is_unknown_is_no_class),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
