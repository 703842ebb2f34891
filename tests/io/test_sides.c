/* Corpora of every kind of side: a second source, features beside words, vectors. Each cell comes
 * back through shard, stream and pairs as it was written. */
#include "made_sides.h"

#include "io/stream/pairs.h"
#include "io/stream/stream.h"

enum { SENTENCES = 500 };

static void lengths(int64_t line, int lengths_of[SIDES])
{
    lengths_of[SOURCE] = (int)(line % 7) + 1;
    lengths_of[SECOND] = (int)(line % 4) + 1;
    lengths_of[TARGET] = (int)(line % 5) + 1;
}

static const struct {
    const char *name;
    void (*contents)(struct content contents[SIDES]);
} kinds[] = {{"second", second_source},
             {"features", with_features},
             {"vectors", vectors_as_source},
             {"values", vectors_as_target},
             {"alone", target_alone}};
enum { KINDS = sizeof kinds / sizeof *kinds };

static int make_corpora(void **state)
{
    if (make_folder(state) != 0)
        return -1;
    for (int i = 0; i < KINDS; i++)
        make_corpus(&(struct made_corpus){.shards = 3,
                                          .sentences = SENTENCES,
                                          .text = 1,
                                          .lengths = lengths,
                                          .contents = kinds[i].contents},
                    made_path(kinds[i].name));
    return 0;
}

static struct corpus *open_made(const char *name)
{
    struct reason why;
    struct corpus *corpus = corpus_open(made_path(name), NULL, &why);
    if (!corpus)
        fail_msg("%s", why.text);
    return corpus;
}

/* Of a line: on every side that there is its own length and cells, on the others nothing. */
static void assert_sides(const struct corpus *corpus, const struct sentence *sentence, int64_t line)
{
    int expected[SIDES];
    lengths(line, expected);
    for (int side = 0; side < SIDES; side++) {
        const struct sequence *found = &sentence->side[side];
        const struct content *content = &corpus->contents[side];
        if (content->form == FORM_NONE) {
            assert_int_equal(found->length, 0);
            continue;
        }
        int32_t *cells = made_cells(content, line, side, expected[side]);
        assert_int_equal(found->length, expected[side]);
        assert_memory_equal(found->cells, cells,
                            (size_t)(expected[side] * content_width(content)) * sizeof *cells);
        free(cells);
    }
}

static void what_the_sides_are_made_of_is_read_again(void **state)
{
    (void)state;
    for (int i = 0; i < KINDS; i++) {
        struct reason why;
        struct content expected[SIDES];
        struct corpus *corpus = open_made(kinds[i].name);
        kinds[i].contents(expected);
        if (!contents_alike(expected, corpus->contents, &why) || !corpus_check(corpus, &why))
            fail_msg("%s: %s", kinds[i].name, why.text);
        assert_int_equal(corpus->contents[TARGET].closed, expected[TARGET].closed);
        release_contents(expected);
        corpus_close(corpus);
    }
}

static void assert_shard(const struct corpus *corpus, int number)
{
    struct reason why;
    struct shard *shard = shard_open(corpus, number, &why);
    assert_non_null(shard);
    for (int64_t i = 0; i < corpus->table[number].sentences; i++) {
        int32_t cells[SIDES][64], length;
        int64_t line;
        struct sentence sentence;
        for (enum side side = 0; side < SIDES; side++) {
            assert_true(shard_lengths(shard, side, i, 1, &length, &why));
            assert_true(shard_cells(shard, side, i, 1, length, cells[side], &why));
            sentence.side[side] = (struct sequence){cells[side], length};
        }
        assert_true(shard_lines(shard, i, 1, &line, &why));
        assert_sides(corpus, &sentence, line);
    }
    shard_close(shard);
}

static void cells_come_back_from_the_shards(void **state)
{
    (void)state;
    for (int i = 0; i < KINDS; i++) {
        struct corpus *corpus = open_made(kinds[i].name);
        for (int s = 0; s < corpus->shards; s++)
            assert_shard(corpus, s);
        corpus_close(corpus);
    }
}

static int64_t cost(const void *model, int count, const int *const of[SIDES])
{
    (void)model;
    return count * (1 + (int64_t)of[TARGET][0]);
}

static int64_t line_of(const struct corpus *corpus, const struct stream_sentence *sentence)
{
    struct reason why;
    int64_t line;
    struct shard *shard = shard_open(corpus, sentence->shard, &why);
    assert_true(shard_lines(shard, sentence->index, 1, &line, &why));
    shard_close(shard);
    return line;
}

static void cells_come_back_from_the_stream(void **state)
{
    (void)state;
    const struct stream_options options = {.lanes = 2,
                                           .lane_count = 2,
                                           .batch_tokens = 100,
                                           .batch_sentences = 16,
                                           .ends = {[TARGET] = 1},
                                           .cost = cost};
    for (int i = 0; i < KINDS; i++) {
        struct reason why;
        struct corpus *corpus = open_made(kinds[i].name);
        struct stream *stream = stream_open(corpus, &options, &why);
        struct stream_group group = {0};
        int64_t seen = 0;
        while (!group.last) {
            assert_true(stream_next(stream, &group, &why));
            for (int lane = 0; lane < options.lanes; lane++)
                for (int k = 0; k < group.batches[lane].count; k++, seen++) {
                    const struct stream_sentence *sentence = &group.batches[lane].sentences[k];
                    assert_sides(corpus, &sentence->sentence, line_of(corpus, sentence));
                }
        }
        assert_int_equal(seen, SENTENCES);
        stream_close(stream);
        corpus_close(corpus);
    }
}

static void cells_come_back_as_pairs(void **state)
{
    (void)state;
    for (int i = 0; i < KINDS; i++) {
        struct reason why;
        struct corpus *corpus = open_made(kinds[i].name);
        struct pairs *pairs = pairs_open_corpus(corpus, &why);
        struct pairs_block block = {0};
        int64_t seen = 0;
        do {
            assert_true(pairs_next(pairs, 64, &block, &why));
            for (int k = 0; k < block.count; k++, seen++) {
                assert_int_equal(block.list[k].line, seen + 1);
                assert_sides(corpus, &block.list[k].sentence, seen);
            }
        } while (block.count);
        assert_int_equal(seen, SENTENCES);
        pairs_block_release(&block);
        pairs_close(pairs);
        corpus_close(corpus);
    }
}

static void what_differs_is_named(void **state)
{
    (void)state;
    struct reason why;
    struct content a, b;
    static const char side[] = "source";
    made_symbols(&a);
    made_symbols(&b);
    add_features(&a);
    assert_false(content_alike(&a, &b, side, &why));
    assert_string_equal(why.text, "source words have 2 features and 0");
    add_features(&b);
    assert_true(content_alike(&a, &b, side, &why));
    vocabulary_add(&b.features[1].vocabulary, "more", 4);
    assert_false(content_alike(&a, &b, side, &why));
    assert_string_equal(why.text, "source feature 2 vocabularies differ: 7 and 8 symbols");
    content_release(&b);
    made_vectors(&b, DIMENSION);
    assert_false(content_alike(&a, &b, side, &why));
    assert_string_equal(why.text, "source sides differ: symbols and vectors");
    content_release(&a);
    made_vectors(&a, DIMENSION + 1);
    assert_false(content_alike(&a, &b, side, &why));
    assert_string_equal(why.text, "source vectors differ: 4 numbers of 1 frames and 3 of 1");
    content_release(&a);
    content_copy(&a, &b);
    assert_true(content_alike(&a, &b, side, &why));
    a.deviation[2] *= 2;
    assert_false(content_alike(&a, &b, side, &why));
    assert_string_equal(why.text, "source vectors are normalised differently");
    content_release(&a);
    assert_false(content_alike(&a, &b, side, &why));
    assert_string_equal(why.text, "source sides differ: nothing and vectors");
    content_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_sides_are_made_of_is_read_again),
        cmocka_unit_test(cells_come_back_from_the_shards),
        cmocka_unit_test(cells_come_back_from_the_stream),
        cmocka_unit_test(cells_come_back_as_pairs),
        cmocka_unit_test(what_differs_is_named),
    };
    return cmocka_run_group_tests(tests, make_corpora, remove_folder);
}
