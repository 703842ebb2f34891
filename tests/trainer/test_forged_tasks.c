/* Corpora with right checksums whose sides contradict their task, or each other: each is refused,
 * with a reason, before a model has it. */
#include "../io/made_sides.h"

#include "io/stream/pairs.h"
#include "io/stream/stream.h"
#include "trainer/settings/task.h"

/* One sentence is unlike the others, behind the first 2048, which are read at a time. */
enum { SENTENCES = 2100, AT = 2070 };

static void vectors_alone(struct content contents[SIDES])
{
    vectors_as_target(contents);
    content_release(&contents[SOURCE]);
}

static void second_alone(struct content contents[SIDES])
{
    second_source(contents);
    content_release(&contents[SOURCE]);
}

static void second_of_vectors(struct content contents[SIDES])
{
    made_contents(contents);
    made_vectors(&contents[SECOND], DIMENSION);
}

struct forged {
    const char *task;
    void (*contents)(struct content contents[SIDES]);
    int lengths[SIDES]; // of the one sentence
    const char *words;  // of the reason; NULL: it is sound
};
static const struct forged *forged;

static void lengths_of(int64_t line, int lengths[SIDES])
{
    const struct corpus_rules *rules = task_rules(forged->task);
    lengths[SOURCE] = 1 + (int)(line % 3);
    lengths[SECOND] = 2;
    lengths[TARGET] = rules->target == PLACES_ONE ? 1 : lengths[SOURCE];
    if (line == AT)
        memcpy(lengths, forged->lengths, sizeof forged->lengths);
}

static void make_forged(const struct forged *one, int shards)
{
    const struct made_corpus made = {.shards = shards,
                                     .task = one->task,
                                     .closed = task_rules(one->task)->classes,
                                     .sentences = SENTENCES,
                                     .lengths = lengths_of,
                                     .contents = one->contents};
    forged = one;
    make_corpus(&made, made_path("forged"));
}

static void assert_all(const struct forged *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        make_forged(&list[i], 1);
        assert_corpus(made_path("forged"), task_rules, list[i].task, list[i].words);
    }
}

static void a_target_has_the_places_that_its_task_wants(void **state)
{
    (void)state;
    static const struct forged list[] = {
        {"tag", made_contents, {3, 0, 3}, NULL},
        {"tag",
         made_contents,
         {3, 0, 4},
         "shard 'shard-00000.h5': target of sentence 2070 has 4 places, but its source has 3"},
        {"tag", made_contents, {3, 0, 1}, "2070 has 1 place, but its source has 3"},
        {"tag", made_contents, {0, 0, 2}, "2070 has 2 places, but its source has 0"},
        {"tag", vectors_as_target, {2, 0, 3}, "2070 has 3 places, but its source has 2"},
        {"tag", vectors_as_source, {2, 0, 3}, "2070 has 3 places, but its source has 2"},
        {"classify", made_contents, {4, 0, 1}, NULL},
        {"classify",
         made_contents,
         {4, 0, 2},
         "shard 'shard-00000.h5': target of sentence 2070 has 2 places instead of one"},
        {"classify", made_contents, {4, 0, 0}, "2070 has 0 places instead of one"},
        {"classify", second_source, {1, 1, 2}, "2070 has 2 places instead of one"},
        {"classify", vectors_as_target, {4, 0, 3}, "2070 has 3 places instead of one"},
        {"translate", made_contents, {1, 0, 9}, NULL},
        {"generate", made_contents, {9, 0, 1}, NULL},
        {"language-model", target_alone, {0, 0, 0}, NULL},
    };
    assert_all(list, sizeof list / sizeof *list);
}

static void vectors_have_a_place_at_least(void **state)
{
    (void)state;
    static const struct forged list[] = {
        {"translate", vectors_as_source, {1, 0, 0}, NULL},
        {"translate",
         vectors_as_source,
         {0, 0, 1},
         "shard 'shard-00000.h5': '/source' of sentence 2070 is empty"},
        {"translate", second_of_vectors, {1, 0, 1}, "'/second' of sentence 2070 is empty"},
        {"translate", vectors_as_target, {1, 0, 0}, "'/target' of sentence 2070 is empty"},
        {"tag", vectors_as_source, {0, 0, 0}, "'/source' of sentence 2070 is empty"},
        {"language-model", vectors_alone, {0, 0, 0}, "'/target' of sentence 2070 is empty"},
    };
    assert_all(list, sizeof list / sizeof *list);
}

static void a_corpus_has_the_sources_of_its_task(void **state)
{
    (void)state;
    static const struct forged list[] = {
        {"translate", second_source, {1, 1, 1}, NULL},
        {"translate", target_alone, {0, 0, 1}, "corpus.h5: is for translate, but has 0 sources"},
        {"translate", second_alone, {0, 1, 1}, "corpus.h5: has a second source without a first"},
        {"tag", second_source, {1, 1, 1}, "corpus.h5: is for tag, but has 2 sources"},
        {"classify", second_source, {1, 1, 1}, NULL},
        {"classify", target_alone, {0, 0, 1}, "corpus.h5: is for classify, but has 0 sources"},
        {"generate", second_source, {1, 1, 1}, "corpus.h5: is for generate, but has 2 sources"},
        {"language-model", vectors_alone, {0, 0, 1}, NULL},
        {"language-model",
         made_contents,
         {1, 0, 1},
         "corpus.h5: is for language-model, but has 1 source"},
    };
    assert_all(list, sizeof list / sizeof *list);
}

/* Where they are not, `evaluate` would take a label of the raw text that no model knows. */
static void classes_are_closed(void **state)
{
    (void)state;
    static const char *const classes[] = {"tag", "classify"};
    for (int i = 0; i < 2; i++) {
        const struct forged one = {classes[i], made_contents, {1, 0, 1}, NULL};
        struct made_corpus made = {
            .shards = 1, .task = classes[i], .closed = 1, .sentences = 9, .lengths = lengths_of};
        forged = &one;
        make_corpus(&made, made_path("forged"));
        assert_corpus(made_path("forged"), task_rules, classes[i], NULL);
        made.closed = 0;
        make_corpus(&made, made_path("forged"));
        assert_corpus(made_path("forged"), task_rules, classes[i],
                      "but the symbols of its target are not closed");
        made.contents = vectors_as_target;
        make_corpus(&made, made_path("forged"));
        assert_corpus(made_path("forged"), task_rules, classes[i], NULL);
    }
}

static int64_t cost(const void *model, int count, const int *const lengths[SIDES])
{
    (void)model;
    (void)lengths;
    return count;
}

/* One epoch: false with a reason; every cell of a sentence is there, of an empty one too. */
static bool stream_all(int end, struct reason *why)
{
    const struct stream_options options = {.lanes = 2,
                                           .lane_count = 2,
                                           .batch_tokens = 1000,
                                           .batch_sentences = 100,
                                           .ends = {[SOURCE] = end, [SECOND] = end, [TARGET] = 1},
                                           .cost = cost};
    struct corpus *corpus = corpus_open(made_path("forged"), task_rules, why);
    assert_true(corpus_check(corpus, why));
    struct stream *stream = stream_open(corpus, &options, why);
    struct stream_group group = {0};
    bool well = true;
    while (well && !group.last) {
        well = stream_next(stream, &group, why);
        for (int lane = 0; well && lane < 2; lane++)
            for (int i = 0; i < group.batches[lane].count; i++)
                for (int side = 0; side < SIDES; side++)
                    assert_non_null(group.batches[lane].sentences[i].sentence.side[side].cells);
    }
    stream_close(stream);
    corpus_close(corpus);
    return well;
}

static void a_source_without_end_has_a_place_at_least(void **state)
{
    (void)state;
    static const struct forged list[] = {
        {"translate", made_contents, {0, 0, 1}, "'/source' of sentence 2070 is empty, and no end"},
        {"classify", second_source, {1, 0, 1}, "'/second' of sentence 2070 is empty, and no end"},
        {"tag", made_contents, {0, 0, 0}, "'/source' of sentence 2070 is empty, and no end"},
        {"generate", made_contents, {1, 0, 0}, NULL},
        {"language-model", target_alone, {0, 0, 0}, NULL},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        struct reason why = {""};
        make_forged(&list[i], 1);
        bool sound = stream_all(0, &why);
        if (sound != !list[i].words || (!sound && !strstr(why.text, list[i].words)))
            fail_msg("%s: '%s' does not say '%s'", list[i].task, why.text, list[i].words);
        assert_true(stream_all(1, &why));
    }
}

static void nothing(int64_t line, int lengths[SIDES])
{
    (void)line;
    memset(lengths, 0, SIDES * sizeof *lengths);
}

/* NULL would be a side that is yet to be found. */
static void sides_that_are_all_empty_are_there(void **state)
{
    (void)state;
    const struct made_corpus made = {.shards = 2, .sentences = 50, .lengths = nothing};
    struct reason why = {""};
    make_corpus(&made, made_path("forged"));
    if (!stream_all(1, &why))
        fail_msg("%s", why.text);
    struct corpus *corpus = corpus_open(made_path("forged"), task_rules, &why);
    struct pairs *pairs = pairs_open_corpus(corpus, &why);
    struct pairs_block block = {0};
    assert_true(pairs_next(pairs, PAIRS_BLOCK, &block, &why));
    assert_int_equal(block.count, 50);
    for (int i = 0; i < block.count; i++)
        for (int side = 0; side < SIDES; side++)
            assert_non_null(block.list[i].sentence.side[side].cells);
    pairs_block_release(&block);
    pairs_close(pairs);
    corpus_close(corpus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_target_has_the_places_that_its_task_wants),
        cmocka_unit_test(vectors_have_a_place_at_least),
        cmocka_unit_test(a_corpus_has_the_sources_of_its_task),
        cmocka_unit_test(classes_are_closed),
        cmocka_unit_test(a_source_without_end_has_a_place_at_least),
        cmocka_unit_test(sides_that_are_all_empty_are_there),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
