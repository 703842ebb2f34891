#include "made_corpus.h"

#include "io/stream/stream.h"

static void lengths(int64_t line, int lengths_of[SIDES])
{
    struct random_key key = {.seed = 3};
    int target = (int)random_below(&key, (uint64_t)(2 * line), 25) + 1;
    int source = target + (int)random_below(&key, (uint64_t)(2 * line + 1), 9) - 4;
    lengths_of[SOURCE] = source < 1 ? 1 : source;
    lengths_of[TARGET] = target;
}

static const struct made_corpus tiny = {.shards = 3, .sentences = 40, .lengths = lengths};
static const struct made_corpus some = {.shards = 5, .sentences = 30000, .lengths = lengths};
static const struct made_corpus many_shards = {
    .shards = 80, .sentences = 30000, .lengths = lengths};

static int make_corpora(void **state)
{
    if (make_folder(state) != 0)
        return -1;
    make_corpus(&tiny, made_path("tiny"));
    make_corpus(&some, made_path("some"));
    make_corpus(&many_shards, made_path("many"));
    return 0;
}

static int64_t cost(const void *model, int count, const int *const of[SIDES])
{
    (void)model;
    int64_t longest[SIDES] = {0};
    for (int i = 0; i < count; i++) {
        longest[SOURCE] = of[SOURCE][i] > longest[SOURCE] ? of[SOURCE][i] : longest[SOURCE];
        longest[TARGET] = of[TARGET][i] > longest[TARGET] ? of[TARGET][i] : longest[TARGET];
    }
    return count * (longest[SOURCE] + 2 * longest[TARGET]);
}

static struct stream_options options_of(int lanes, int batch_tokens)
{
    return (struct stream_options){
        .seed = 9,
        .lanes = lanes,
        .lane_count = lanes,
        .batch_tokens = batch_tokens,
        .batch_sentences = 128,
        .ends = {[SOURCE] = 1, [TARGET] = 1},
        .cost = cost,
    };
}

struct opened {
    struct corpus *corpus;
    struct stream *stream;
};

static struct opened open_stream(const char *name, const struct stream_options *options)
{
    struct reason why;
    struct opened opened = {.corpus = corpus_open(made_path(name), NULL, &why)};
    assert_non_null(opened.corpus);
    opened.stream = stream_open(opened.corpus, options, &why);
    assert_non_null(opened.stream);
    return opened;
}

static void close_stream(struct opened *opened)
{
    stream_close(opened->stream);
    corpus_close(opened->corpus);
}

static void next(struct stream *stream, struct stream_group *group)
{
    struct reason why;
    if (!stream_next(stream, group, &why))
        fail_msg("%s", why.text);
}

/* A number of its own for each sentence. */
static int64_t number_of(const struct corpus *corpus, const struct stream_sentence *sentence)
{
    int64_t number = sentence->index;
    for (int s = 0; s < sentence->shard; s++)
        number += corpus->table[s].sentences;
    return number;
}

/* line[number] */
static int64_t *lines_of(const struct corpus *corpus)
{
    struct reason why;
    int64_t *lines = malloc((size_t)corpus->sentences * sizeof *lines), *to = lines;
    for (int s = 0; s < corpus->shards; s++) {
        struct shard *shard = shard_open(corpus, s, &why);
        assert_true(shard_lines(shard, 0, corpus->table[s].sentences, to, &why));
        to += corpus->table[s].sentences;
        shard_close(shard);
    }
    return lines;
}

static void assert_content(const struct stream_sentence *sentence, int64_t line)
{
    int expected[SIDES] = {0};
    lengths(line, expected);
    for (int side = 0; side < SIDES; side++) {
        const struct sequence *found = &sentence->sentence.side[side];
        assert_int_equal(found->length, expected[side]);
        for (int i = 0; i < expected[side]; i++)
            assert_int_equal(((const int32_t *)found->cells)[i], made_id(line, side, i));
    }
}

static void assert_limits(const struct stream_batch *batch, const struct stream_options *options)
{
    int64_t tokens[SIDES] = {0};
    for (int i = 0; i + 1 < batch->count; i++) { // the last one may fill it
        const struct sequence *sides = batch->sentences[i].sentence.side;
        tokens[SOURCE] += sides[SOURCE].length + options->ends[SOURCE];
        tokens[TARGET] += sides[TARGET].length + 1;
    }
    assert_true(tokens[SOURCE] < options->batch_tokens && tokens[TARGET] < options->batch_tokens);
    assert_in_range(batch->count, 0, options->batch_sentences);
}

/* Epoch `epoch`: every sentence once, with its own ids; empty lanes in the last window's groups
 * only. */
static int64_t assert_epoch(struct opened *opened, const struct stream_options *options,
                            const int64_t *lines, int64_t epoch)
{
    char *seen = calloc((size_t)opened->corpus->sentences, 1);
    struct stream_group group = {0};
    int64_t count = 0, groups = 0, empty = 0;
    while (!group.last) {
        next(opened->stream, &group);
        assert_int_equal(group.epoch, epoch);
        assert_int_equal(group.number, groups++);
        for (int lane = 0; lane < options->lanes; lane++) {
            const struct stream_batch *batch = &group.batches[lane];
            empty += batch->count == 0;
            assert_limits(batch, options);
            for (int i = 0; i < batch->count; i++) {
                int64_t number = number_of(opened->corpus, &batch->sentences[i]);
                assert_false(seen[number]);
                seen[number] = 1;
                assert_content(&batch->sentences[i], lines[number]);
                count++;
            }
        }
    }
    assert_int_equal(count, opened->corpus->sentences);
    assert_true(empty < options->lanes);
    free(seen);
    return groups;
}

static void every_sentence_comes_once_an_epoch(void **state)
{
    (void)state;
    static const struct {
        const char *corpus;
        int lanes, batch_tokens;
    } list[] = {{"tiny", 1, 1},    {"tiny", 1, 1000},   {"tiny", 3, 50},
                {"tiny", 200, 10}, {"some", 8, 1000},   {"some", 1, 500},
                {"some", 64, 400}, {"some", 3, 100000}, {"many", 8, 1000}};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        struct stream_options options = options_of(list[i].lanes, list[i].batch_tokens);
        struct opened opened = open_stream(list[i].corpus, &options);
        int64_t *lines = lines_of(opened.corpus);
        for (int64_t epoch = 0; epoch < 3; epoch++)
            assert_epoch(&opened, &options, lines, epoch);
        free(lines);
        close_stream(&opened);
    }
}

/* read: the cells were asked for; else there are lengths only. */
static void assert_same_sides(const struct sentence *x, const struct sentence *y, bool read)
{
    for (int side = 0; side < SIDES; side++) {
        const struct sequence *a = &x->side[side], *b = &y->side[side];
        assert_int_equal(a->length, b->length);
        if (read)
            assert_memory_equal(a->cells, b->cells, 4 * (size_t)a->length);
        else
            assert_null(b->cells);
    }
}

static void lanes_of_all_ranks_are_the_stream_of_one(void **state)
{
    (void)state;
    enum { LANES = 8, PARTS = 3 };
    static const int first[PARTS + 1] = {0, 3, 6, 8};
    struct stream_options options = options_of(LANES, 700);
    struct opened whole = open_stream("some", &options), part[PARTS];
    for (int p = 0; p < PARTS; p++) {
        options.first_lane = first[p];
        options.lane_count = first[p + 1] - first[p];
        part[p] = open_stream("some", &options);
    }
    for (int g = 0; g < 150; g++) {
        struct stream_group expected, found;
        next(whole.stream, &expected);
        for (int p = 0; p < PARTS; p++) {
            next(part[p].stream, &found);
            assert_int_equal(found.epoch, expected.epoch);
            assert_int_equal(found.last, expected.last);
            for (int lane = 0; lane < LANES; lane++) {
                const struct stream_batch *a = &expected.batches[lane], *b = &found.batches[lane];
                int ours = lane >= first[p] && lane < first[p + 1];
                assert_int_equal(a->count, b->count);
                assert_int_equal(a->cost, b->cost);
                for (int i = 0; i < a->count; i++) {
                    const struct stream_sentence *x = &a->sentences[i], *y = &b->sentences[i];
                    assert_int_equal(x->shard, y->shard);
                    assert_int_equal(x->index, y->index);
                    assert_same_sides(&x->sentence, &y->sentence, ours);
                }
            }
        }
    }
    close_stream(&whole);
    for (int p = 0; p < PARTS; p++)
        close_stream(&part[p]);
}

static void assert_same_group(const struct stream_group *a, const struct stream_group *b, int lanes)
{
    assert_int_equal(a->epoch, b->epoch);
    assert_int_equal(a->number, b->number);
    assert_int_equal(a->last, b->last);
    for (int lane = 0; lane < lanes; lane++) {
        assert_int_equal(a->batches[lane].count, b->batches[lane].count);
        for (int i = 0; i < a->batches[lane].count; i++) {
            const struct stream_sentence *x = &a->batches[lane].sentences[i];
            const struct stream_sentence *y = &b->batches[lane].sentences[i];
            assert_int_equal(x->shard, y->shard);
            assert_int_equal(x->index, y->index);
            assert_same_sides(&x->sentence, &y->sentence, true);
        }
    }
}

static void seeking_equals_having_read_on(void **state)
{
    (void)state;
    struct stream_options options = options_of(4, 600);
    struct opened read = open_stream("some", &options), sought = open_stream("some", &options);
    struct stream_group expected = {0}, found;
    struct reason why;
    for (int g = 0; g < 500; g++) {
        int64_t epoch = expected.epoch,
                number = g ? expected.number + 1 : 0; // also behind the last
        next(read.stream, &expected);
        if (g % 23 && !expected.last && expected.number)
            continue;
        assert_true(stream_seek(sought.stream, epoch, number, &why));
        next(sought.stream, &found);
        assert_same_group(&expected, &found, options.lanes);
    }
    assert_true(expected.epoch >= 2);
    assert_false(stream_seek(sought.stream, 0, 100000, &why));
    assert_non_null(strstr(why.text, "epoch 0 has only "));
    close_stream(&read);
    close_stream(&sought);
}

static void composition_is_redrawn_each_epoch(void **state)
{
    (void)state;
    struct stream_options options = options_of(8, 1000);
    struct opened opened = open_stream("some", &options);
    int64_t sentences = opened.corpus->sentences, together = 0, neighbours = 0, batch = 0;
    int64_t *batch_of = malloc((size_t)sentences * sizeof *batch_of);
    struct stream_group group = {0};
    for (int64_t epoch = 0; epoch < 2; epoch++) {
        group.last = 0;
        while (!group.last) {
            next(opened.stream, &group);
            for (int lane = 0; lane < options.lanes; lane++, batch++)
                for (int i = 0; i < group.batches[lane].count; i++) {
                    const struct stream_sentence *sentence = &group.batches[lane].sentences[i];
                    int64_t number = number_of(opened.corpus, sentence);
                    if (epoch == 0)
                        batch_of[number] = batch;
                    else if (i > 0) {
                        neighbours++;
                        together +=
                            batch_of[number] == batch_of[number_of(opened.corpus, sentence - 1)];
                    }
                }
        }
    }
    assert_true(together * 3 < neighbours); // of sentences with like lengths
    free(batch_of);
    close_stream(&opened);
}

static void nothing_is_allocated_after_the_first_epoch(void **state)
{
    (void)state;
    static const char *const names[] = {"some", "many"};
    for (int i = 0; i < 2; i++) {
        struct stream_options options = options_of(8, 1000);
        struct opened opened = open_stream(names[i], &options);
        struct stream_group group = {0};
        while (group.epoch < 1)
            next(opened.stream, &group);
        int64_t before = memory_count().allocations;
        while (group.epoch < 4)
            next(opened.stream, &group);
        assert_int_equal(memory_count().allocations, before);
        close_stream(&opened);
    }
}

static void updates_are_foretold(void **state)
{
    (void)state;
    static const int tokens[] = {200, 1000, 100000};
    for (int i = 0; i < 3; i++) {
        struct stream_options options = options_of(8, tokens[i]);
        struct opened opened = open_stream("some", &options);
        int64_t told = stream_updates(opened.corpus, &options), count = 0;
        struct stream_group group = {0};
        for (; !group.last; count++)
            next(opened.stream, &group);
        assert_in_range(told, count * 8 / 10, count * 12 / 10 + 1);
        close_stream(&opened);
    }
}

static void a_damaged_shard_is_named(void **state)
{
    (void)state;
    struct stream_options options = options_of(2, 100);
    struct opened opened = open_stream("tiny", &options);
    struct stream_group group;
    struct reason why;
    size_t count;
    unsigned char *bytes = read_bytes(made_path("tiny/shard-00001.h5"), &count);
    bytes[count / 2] ^= 4;
    write_bytes(made_path("tiny/shard-00001.h5"), bytes, count);
    assert_false(stream_next(opened.stream, &group, &why));
    assert_string_equal(why.text, "shard 'shard-00001.h5': checksum of the file does not match");
    free(bytes);
    close_stream(&opened);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sentence_comes_once_an_epoch),
        cmocka_unit_test(lanes_of_all_ranks_are_the_stream_of_one),
        cmocka_unit_test(seeking_equals_having_read_on),
        cmocka_unit_test(composition_is_redrawn_each_epoch),
        cmocka_unit_test(nothing_is_allocated_after_the_first_epoch),
        cmocka_unit_test(updates_are_foretold),
        cmocka_unit_test(a_damaged_shard_is_named),
    };
    return cmocka_run_group_tests(tests, make_corpora, remove_folder);
}
