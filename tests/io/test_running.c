// A running text: read by place across lines and shards, and once an epoch in rows that go on.
#include "made_corpus.h"

#include "io/running.h"
#include "io/running_stream.h"

enum { LINES = 150, SHARDS = 4, TEXT = 4000 };
static int32_t text[TEXT]; // as it should be, ends included
static int64_t text_length;
static const char words[] = "abcdefg";

static int length_of(int64_t line)
{
    return line % 7 == 3 ? 0 : line == 40 ? 500 : (int)(line * 5 % 11);
}

static void make_tokenizer(struct tokenizer *tokenizer)
{
    struct vocabulary vocabulary;
    vocabulary_init(&vocabulary);
    for (int i = 0; words[i]; i++)
        vocabulary_add(&vocabulary, words + i, 1);
    made_tokenizer(tokenizer, TOKENIZER_CHARACTERS, &vocabulary);
}

static void write_lines(struct corpus *corpus, const char *folder)
{
    struct reason why;
    for (int s = 0; s < SHARDS; s++) {
        struct shard_writer *writer = shard_writer_open(folder, s, corpus, &why);
        assert_non_null(writer);
        for (int64_t line = 0; line < LINES; line++) {
            int32_t *ids = text + text_length;
            int length = length_of(line);
            struct sentence sentence = {.side[TARGET] = {ids, length}};
            if (corpus_shard_in_order(line, LINES, SHARDS) != s)
                continue;
            for (int i = 0; i < length; i++)
                ids[i] = IDS_RESERVED + (int)((line + i * i) % 7);
            assert_true(shard_writer_add(writer, line, &sentence, "", 0, &why));
            text_length += length;
            text[text_length++] = ID_END;
        }
        assert_true(shard_writer_close(writer, &corpus->table[s], &why));
    }
}

static int make(void **state)
{
    struct reason why;
    struct corpus_shard table[SHARDS];
    struct corpus corpus = {
        .task = "language-model", .stream = 1, .shards = SHARDS, .table = table};
    if (make_folder(state) != 0)
        return -1;
    const char *folder = made_path("running");
    mkdir(folder, 0777);
    corpus.contents[TARGET].form = FORM_SYMBOLS;
    make_tokenizer(&corpus.contents[TARGET].tokenizer);
    write_lines(&corpus, folder);
    assert_true(corpus_write(folder, &corpus, &why));
    content_release(&corpus.contents[TARGET]);
    return 0;
}

static struct corpus *open_corpus(void)
{
    struct reason why;
    struct corpus *corpus = corpus_open(made_path("running"), &why);
    assert_string_equal(corpus ? "" : why.text, "");
    assert_true(corpus && corpus->stream);
    return corpus;
}

static void every_range_is_read_as_it_stands(void **state)
{
    (void)state;
    struct reason why;
    struct corpus *corpus = open_corpus();
    struct running *running = running_open(corpus, &why);
    int32_t symbols[TEXT + 1];
    assert_int_equal(running_length(running), text_length);
    for (int64_t first = 0; first < text_length; first += first % 13 + 1)
        for (int64_t count = 0; first + count <= text_length; count = 3 * count + 1) {
            assert_true(running_read(running, first, count, first % 2, symbols, &why));
            assert_int_equal(symbols[0], first == 0 || first % 2 ? ID_BEGIN : text[first - 1]);
            assert_memory_equal(symbols + 1, text + first, (size_t)count * sizeof *symbols);
        }
    running_close(running);
    corpus_close(corpus);
}

static void pieces_lie_side_by_side(void **state)
{
    (void)state;
    for (int64_t length = 0; length < 50; length++)
        for (int64_t pieces = 1; pieces < 20; pieces++) {
            int64_t end = 0;
            for (int64_t p = 0; p < pieces; p++) {
                struct running_piece piece = running_piece(length, pieces, p);
                assert_int_equal(piece.first, end);
                assert_true(piece.count == length / pieces || piece.count == length / pieces + 1);
                end += piece.count;
            }
            assert_int_equal(end, length);
        }
    struct running_piece last = running_piece(INT64_MAX, 1000000, 999999);
    assert_int_equal(last.first + (last.count - 1), INT64_MAX - 1);
}

static struct stream_options options_of(int lanes, int rows, int steps)
{
    return (struct stream_options){
        .lanes = lanes, .lane_count = lanes, .rows = rows, .steps = steps};
}

/* One epoch: every row is its piece from its beginning, with nothing between its updates, and all
 * rows together are the text. */
static void check_epoch(struct running_stream *stream, const struct stream_options *o,
                        int64_t epoch, int64_t updates)
{
    struct reason why;
    int64_t rows = (int64_t)o->lanes * o->rows, all = 0, done = 0;
    for (int last = 0, number = 0; !last; number++, done += o->steps) {
        struct stream_group group;
        assert_true(running_stream_next(stream, &group, &why));
        assert_int_equal(group.epoch, epoch);
        assert_int_equal(group.number, number);
        last = group.last;
        assert_int_equal(last, number + 1 == updates);
        for (int64_t r = 0; r < rows; r++) {
            const struct stream_batch *lane = &group.batches[r / o->rows];
            struct running_piece piece = running_piece(text_length, rows, r);
            if (lane->count == 0)
                continue;
            const struct sentence *sentence = &lane->sentences[r % o->rows].sentence;
            const struct sequence *target = &sentence->side[TARGET];
            const int32_t *symbols = target->cells;
            int64_t at = piece.first + done;
            assert_true(sentence->continues);
            assert_memory_equal(symbols, text + at, (size_t)target->length * sizeof *symbols);
            if (target->length > 0)
                assert_int_equal(symbols[-1], number == 0 ? ID_BEGIN : text[at - 1]);
            all += target->length;
        }
    }
    assert_int_equal(all, text_length);
}

static void an_epoch_has_the_text_exactly_once(void **state)
{
    (void)state;
    static const int shapes[][3] = {{1, 1, 7}, {2, 3, 10}, {3, 2, 128}, {4, 500, 2}, {2, 1, 4000}};
    struct reason why;
    struct corpus *corpus = open_corpus();
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct stream_options options = options_of(shapes[i][0], shapes[i][1], shapes[i][2]);
        struct running_stream *stream = running_stream_open(corpus, &options, &why);
        assert_non_null(stream);
        int64_t updates = running_stream_updates(corpus, &options);
        check_epoch(stream, &options, 0, updates);
        check_epoch(stream, &options, 1, updates);
        running_stream_close(stream);
    }
    corpus_close(corpus);
}

static void a_stream_that_is_sought_goes_on_as_one_that_went_there(void **state)
{
    (void)state;
    struct reason why;
    struct corpus *corpus = open_corpus();
    struct stream_options all = options_of(3, 2, 9), some = all;
    some.first_lane = 1;
    some.lane_count = 2;
    struct running_stream *whole = running_stream_open(corpus, &all, &why);
    struct stream_group group, other;
    for (int64_t k = 0; k < 2 * running_stream_updates(corpus, &all); k++) {
        assert_true(running_stream_next(whole, &group, &why));
        struct running_stream *part = running_stream_open(corpus, &some, &why);
        assert_true(running_stream_seek(part, group.epoch, group.number, &why));
        assert_true(running_stream_next(part, &other, &why));
        assert_int_equal(other.last, group.last);
        for (int lane = 0; lane < 3; lane++)
            for (int i = 0; i < group.batches[lane].count; i++) {
                const struct stream_sentence *a = &group.batches[lane].sentences[i];
                const struct stream_sentence *b = &other.batches[lane].sentences[i];
                const struct sequence *x = &a->sentence.side[TARGET];
                const struct sequence *y = &b->sentence.side[TARGET];
                assert_int_equal(x->length, y->length);
                if (lane == 0 || x->length == 0)
                    continue;
                assert_int_equal(a->index, b->index);
                assert_memory_equal((const int32_t *)x->cells - 1, (const int32_t *)y->cells - 1,
                                    ((size_t)x->length + 1) * sizeof(int32_t));
            }
        running_stream_close(part);
    }
    assert_false(running_stream_seek(whole, 3, 10000, &why));
    assert_string_equal(why.text, "epoch 3 has only 24 updates");
    running_stream_close(whole);
    corpus_close(corpus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_range_is_read_as_it_stands),
        cmocka_unit_test(pieces_lie_side_by_side),
        cmocka_unit_test(an_epoch_has_the_text_exactly_once),
        cmocka_unit_test(a_stream_that_is_sought_goes_on_as_one_that_went_there),
    };
    return cmocka_run_group_tests(tests, make, remove_folder);
}
