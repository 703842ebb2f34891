// A running text, and a running series of vectors: read by place across lines and shards, and once
// an epoch in rows that go on.
#include "made_corpus.h"

#include "io/stream/running.h"
#include "io/stream/running_stream.h"

enum { LINES = 150, SHARDS = 4, PLACES = 4000, WIDEST = 3 };

/* As it should be, ends included. */
static struct whole {
    const char *name;
    enum form form;
    int width;
    int32_t begin, cells[PLACES * WIDEST];
    int64_t length;
} wholes[] = {{"text", FORM_SYMBOLS, 1, ID_BEGIN, {0}, 0}, {"series", FORM_VECTORS, 3, 0, {0}, 0}};
enum { WHOLES = sizeof wholes / sizeof *wholes };
static const char words[] = "abcdefg";

/* Empty lines of a text; a sequence of vectors is never empty. */
static int length_of(const struct whole *whole, int64_t line)
{
    int length = line % 7 == 3 ? 0 : line == 40 ? 500 : (int)(line * 5 % 11);
    return length == 0 && whole->form == FORM_VECTORS ? 1 : length;
}

static size_t bytes_of(const struct whole *whole, int64_t places)
{
    return (size_t)(places * whole->width) * sizeof(int32_t);
}

static const int32_t *place_of(const struct whole *whole, int64_t place)
{
    return whole->cells + place * whole->width;
}

static void check_before(const struct whole *whole, const int32_t *cells, int64_t place,
                         bool begins)
{
    if (place > 0 && !begins)
        assert_memory_equal(cells, place_of(whole, place - 1), bytes_of(whole, 1));
    for (int k = 0; (place == 0 || begins) && k < whole->width; k++)
        assert_int_equal(cells[k], whole->begin);
}

static void make_tokenizer(struct tokenizer *tokenizer)
{
    struct vocabulary vocabulary;
    vocabulary_init(&vocabulary);
    for (int i = 0; words[i]; i++)
        vocabulary_add(&vocabulary, words + i, 1);
    made_tokenizer(tokenizer, TOKENIZER_CHARACTERS, &vocabulary);
}

/* Float cells that are different everywhere. */
static void fill(const struct whole *whole, int64_t line, int length, int32_t *cells)
{
    for (int i = 0; i < length * whole->width; i++) {
        float value = (float)line + (float)i / 2048;
        if (whole->form == FORM_SYMBOLS)
            cells[i] = IDS_RESERVED + (int)((line + i * i) % 7);
        else
            memcpy(&cells[i], &value, sizeof value);
    }
}

static void write_lines(struct whole *whole, struct corpus *corpus, const char *folder)
{
    struct reason why;
    for (int s = 0; s < SHARDS; s++) {
        struct shard_writer *writer = shard_writer_open(folder, s, corpus, &why);
        assert_non_null(writer);
        for (int64_t line = 0; line < LINES; line++) {
            int32_t *cells = whole->cells + whole->length * whole->width;
            int length = length_of(whole, line);
            struct sentence sentence = {.side[TARGET] = {cells, length}};
            if (corpus_shard_in_order(line, LINES, SHARDS) != s)
                continue;
            fill(whole, line, length, cells);
            assert_true(shard_writer_add(writer, line, &sentence, "", 0, &why));
            whole->length += length;
            if (whole->form == FORM_SYMBOLS)
                whole->cells[whole->length++] = ID_END;
        }
        assert_true(shard_writer_close(writer, &corpus->table[s], &why));
    }
}

static void make_content(const struct whole *whole, struct content *content)
{
    content->form = whole->form;
    if (whole->form == FORM_SYMBOLS) {
        make_tokenizer(&content->tokenizer);
        return;
    }
    content->dimension = whole->width;
    content->stack = 1;
    content->mean = memory_take((size_t)whole->width * sizeof(float));
    content->deviation = memory_take((size_t)whole->width * sizeof(float));
    for (int k = 0; k < whole->width; k++)
        content->deviation[k] = 1;
}

static int make(void **state)
{
    if (make_folder(state) != 0)
        return -1;
    for (int i = 0; i < WHOLES; i++) {
        struct reason why;
        struct corpus_shard table[SHARDS];
        struct corpus corpus = {
            .task = "language-model", .stream = 1, .shards = SHARDS, .table = table};
        const char *folder = made_path(wholes[i].name);
        mkdir(folder, 0777);
        make_content(&wholes[i], &corpus.contents[TARGET]);
        write_lines(&wholes[i], &corpus, folder);
        assert_true(corpus_write(folder, &corpus, &why));
        content_release(&corpus.contents[TARGET]);
    }
    return 0;
}

static struct corpus *open_corpus(const struct whole *whole)
{
    struct reason why;
    struct corpus *corpus = corpus_open(made_path(whole->name), NULL, &why);
    assert_string_equal(corpus ? "" : why.text, "");
    assert_true(corpus && corpus->stream);
    return corpus;
}

static void check_ranges(const struct whole *whole)
{
    struct reason why;
    struct corpus *corpus = open_corpus(whole);
    struct running *running = running_open(corpus, &why);
    static int32_t cells[(PLACES + 1) * WIDEST];
    assert_int_equal(running_length(running), whole->length);
    assert_int_equal(running_length_of(corpus), whole->length);
    assert_int_equal(running_sequences(running), LINES);
    assert_int_equal(running_width(running), whole->width);
    for (int64_t first = 0; first < whole->length; first += first % 13 + 1)
        for (int64_t count = 0; first + count <= whole->length; count = 3 * count + 1) {
            assert_true(running_read(running, first, count, first % 2, cells, &why));
            check_before(whole, cells, first, first % 2);
            assert_memory_equal(cells + whole->width, place_of(whole, first),
                                bytes_of(whole, count));
        }
    running_close(running);
    corpus_close(corpus);
}

static void every_range_is_read_as_it_stands(void **state)
{
    (void)state;
    for (int i = 0; i < WHOLES; i++)
        check_ranges(&wholes[i]);
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
 * rows together are the whole. */
static void check_epoch(const struct whole *whole, struct running_stream *stream,
                        const struct stream_options *o, int64_t epoch, int64_t updates)
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
            struct running_piece piece = running_piece(whole->length, rows, r);
            if (lane->count == 0)
                continue;
            const struct sentence *sentence = &lane->sentences[r % o->rows].sentence;
            const struct sequence *target = &sentence->side[TARGET];
            const int32_t *cells = target->cells;
            int64_t at = piece.first + done;
            assert_true(sentence->continues);
            assert_memory_equal(cells, place_of(whole, at), bytes_of(whole, target->length));
            if (target->length > 0)
                check_before(whole, cells - whole->width, at, number == 0);
            all += target->length;
        }
    }
    assert_int_equal(all, whole->length);
}

static void check_epochs(const struct whole *whole)
{
    static const int shapes[][3] = {{1, 1, 7}, {2, 3, 10}, {3, 2, 128}, {4, 500, 2}, {2, 1, 4000}};
    struct reason why;
    struct corpus *corpus = open_corpus(whole);
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct stream_options options = options_of(shapes[i][0], shapes[i][1], shapes[i][2]);
        struct running_stream *stream = running_stream_open(corpus, &options, &why);
        assert_non_null(stream);
        int64_t updates = running_stream_updates(corpus, &options);
        check_epoch(whole, stream, &options, 0, updates);
        check_epoch(whole, stream, &options, 1, updates);
        running_stream_close(stream);
    }
    corpus_close(corpus);
}

static void an_epoch_has_the_whole_exactly_once(void **state)
{
    (void)state;
    for (int i = 0; i < WHOLES; i++)
        check_epochs(&wholes[i]);
}

static void check_seeking(const struct whole *whole, const char *refusal)
{
    struct reason why;
    struct corpus *corpus = open_corpus(whole);
    struct stream_options all = options_of(3, 2, 9), some = all;
    some.first_lane = 1;
    some.lane_count = 2;
    struct running_stream *all_lanes = running_stream_open(corpus, &all, &why);
    struct stream_group group, other;
    for (int64_t k = 0; k < 2 * running_stream_updates(corpus, &all); k++) {
        assert_true(running_stream_next(all_lanes, &group, &why));
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
                assert_memory_equal((const int32_t *)x->cells - whole->width,
                                    (const int32_t *)y->cells - whole->width,
                                    bytes_of(whole, x->length + 1));
            }
        running_stream_close(part);
    }
    assert_false(running_stream_seek(all_lanes, 3, 10000, &why));
    assert_string_equal(why.text, refusal);
    running_stream_close(all_lanes);
    corpus_close(corpus);
}

static void a_stream_that_is_sought_goes_on_as_one_that_went_there(void **state)
{
    (void)state;
    check_seeking(&wholes[0], "epoch 3 has only 24 updates");
    check_seeking(&wholes[1], "epoch 3 has only 22 updates");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_range_is_read_as_it_stands),
        cmocka_unit_test(pieces_lie_side_by_side),
        cmocka_unit_test(an_epoch_has_the_whole_exactly_once),
        cmocka_unit_test(a_stream_that_is_sought_goes_on_as_one_that_went_there),
    };
    return cmocka_run_group_tests(tests, make, remove_folder);
}
