/* Damage to a corpus is found: of corpus.h5 when it is opened, of a shard when it is first read or,
 * while it is being read, as soon as it is read again. */
#include "damage.h"

#include "made_corpus.h"

static void lengths(int64_t line, int lengths_of[SIDES])
{
    lengths_of[SOURCE] = (int)(line % 13);
    lengths_of[TARGET] = (int)(line * 7 % 11) + 1;
}

static const struct made_corpus made = {.shards = 2, .sentences = 300, .lengths = lengths};
static struct corpus *open_corpus; // for the sweep over a shard

/* A shard in the form of the corpus' second one, of other ids. */
static int make_twin(void)
{
    struct reason why;
    struct corpus_shard row;
    int32_t ids[16];
    for (int i = 0; i < 16; i++)
        ids[i] = MADE_VOCABULARY - 1;
    mkdir(made_path("twin"), 0777);
    struct shard_writer *writer = shard_writer_open(made_path("twin"), 1, open_corpus, &why);
    for (int64_t line = 0; line < made.sentences; line++) {
        int lengths_of[SIDES] = {0};
        struct sentence sentence;
        lengths(line, lengths_of);
        for (int side = 0; side < SIDES; side++)
            sentence.side[side] = (struct sequence){ids, lengths_of[side]};
        if (corpus_shard_of_line(7, line, made.shards) == 1)
            shard_writer_add(writer, line, &sentence, "", 0, &why);
    }
    return shard_writer_close(writer, &row, &why) ? 0 : -1;
}

static int make_corpora(void **state)
{
    struct reason why;
    if (make_folder(state) != 0)
        return -1;
    make_corpus(&made, made_path("corpus"));
    open_corpus = corpus_open(made_path("corpus"), NULL, &why);
    return make_twin();
}

static int remove_corpora(void **state)
{
    corpus_close(open_corpus);
    return remove_folder(state);
}

static bool header_refused(struct reason *why)
{
    struct corpus *corpus = corpus_open(made_path("corpus"), NULL, why);
    corpus_close(corpus);
    return !corpus;
}

static bool shard_refused(struct reason *why)
{
    struct shard *shard = shard_open(open_corpus, 1, why);
    shard_close(shard);
    return !shard;
}

static void damage_to_the_header_is_found(void **state)
{
    (void)state;
    assert_damage_is_found_everywhere(made_path("corpus/corpus.h5"), header_refused);
}

static void damage_to_a_shard_is_found(void **state)
{
    (void)state;
    assert_damage_is_found_everywhere(made_path("corpus/shard-00001.h5"), shard_refused);
}

/* A shard that is open, or paused, and what then happens to its file. */
struct reading {
    struct corpus *corpus;
    struct shard *shard;
    unsigned char *bytes;
    size_t count;
};

static const char *shard_path(void)
{
    return made_path("corpus/shard-00001.h5");
}

static struct reading begin(void)
{
    struct reason why;
    int64_t line;
    struct reading reading = {.corpus = corpus_open(made_path("corpus"), NULL, &why)};
    assert_non_null(reading.corpus);
    assert_non_null(reading.shard = shard_open(reading.corpus, 1, &why));
    assert_true(shard_lines(reading.shard, 0, 1, &line, &why));
    reading.bytes = read_bytes(shard_path(), &reading.count);
    usleep(20000); // the next change of the file has another time
    return reading;
}

static void end(struct reading *reading)
{
    shard_close(reading->shard);
    corpus_close(reading->corpus);
    unlink(shard_path());
    write_bytes(shard_path(), reading->bytes, reading->count);
    free(reading->bytes);
}

static bool read_on(struct reading *reading, struct reason *why)
{
    int32_t found[256];
    int64_t count = reading->corpus->table[1].sentences, tokens = 0;
    assert_in_range(count, 1, 256);
    if (!shard_lengths(reading->shard, TARGET, 0, count, found, why))
        return false;
    for (int64_t i = 0; i < count; i++)
        tokens += found[i];
    int32_t *ids = malloc((size_t)tokens * sizeof *ids);
    bool done = shard_cells(reading->shard, TARGET, 0, count, tokens, ids, why);
    free(ids);
    return done;
}

static void assert_refuses(struct reading *reading, const char *reason)
{
    struct reason why = {""};
    assert_false(read_on(reading, &why));
    if (!strstr(why.text, "shard 'shard-00001.h5': ") || !strstr(why.text, reason))
        fail_msg("'%s' does not say '%s'", why.text, reason);
}

/* HDF5 would read the other without a word: its chunks have checksums that are right. */
static void a_shard_that_is_overwritten_by_another_is_noticed(void **state)
{
    (void)state;
    size_t count;
    unsigned char *other = read_bytes(made_path("twin/shard-00001.h5"), &count);
    for (int paused = 0; paused < 2; paused++) {
        struct reading reading = begin();
        assert_int_equal(reading.count, count);
        if (paused)
            shard_pause(reading.shard);
        write_bytes(shard_path(), other, count);
        assert_refuses(&reading, "is not the file that belongs here: its checksum is another");
        assert_refuses(&reading, "is not the file that belongs here: its checksum is another");
        end(&reading);
    }
    free(other);
}

static void a_shard_that_is_truncated_is_noticed(void **state)
{
    (void)state;
    for (int paused = 0; paused < 2; paused++) {
        struct reading reading = begin();
        if (paused)
            shard_pause(reading.shard);
        assert_int_equal(truncate(shard_path(), 1000), 0);
        assert_refuses(&reading, "is truncated: has 1000 bytes of ");
        end(&reading);
    }
}

static void bytes_that_change_behind_the_first_are_noticed(void **state)
{
    (void)state;
    for (int paused = 0; paused < 2; paused++) {
        struct reading reading = begin();
        if (paused)
            shard_pause(reading.shard);
        unsigned char *changed = malloc(reading.count);
        memcpy(changed, reading.bytes, reading.count);
        changed[reading.count - 1] ^= 1;
        write_bytes(shard_path(), changed, reading.count);
        free(changed);
        assert_refuses(&reading, "checksum of the file does not match");
        assert_refuses(&reading, "checksum of the file does not match");
        end(&reading);
    }
}

static void a_shard_that_is_removed_is_noticed_when_it_is_opened_again(void **state)
{
    (void)state;
    struct reason why;
    struct reading reading = begin();
    assert_int_equal(unlink(shard_path()), 0);
    assert_true(read_on(&reading, &why)); // it is there as long as it is open
    shard_pause(reading.shard);
    assert_refuses(&reading, "No such file or directory");
    end(&reading);
}

static void a_shard_that_is_replaced_stays_the_old_one_while_it_is_open(void **state)
{
    (void)state;
    struct reason why;
    struct reading reading = begin();
    assert_int_equal(rename(made_path("corpus/shard-00000.h5"), shard_path()), 0);
    assert_true(read_on(&reading, &why));
    shard_pause(reading.shard);
    assert_refuses(&reading, "is not the file that belongs here: its checksum is another");
    assert_int_equal(rename(shard_path(), made_path("corpus/shard-00000.h5")), 0);
    end(&reading);
}

static void equal_bytes_with_another_time_are_fine(void **state)
{
    (void)state;
    struct reason why;
    for (int paused = 0; paused < 2; paused++) {
        struct reading reading = begin();
        if (paused)
            shard_pause(reading.shard);
        write_bytes(shard_path(), reading.bytes, reading.count);
        assert_true(read_on(&reading, &why));
        end(&reading);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damage_to_the_header_is_found),
        cmocka_unit_test(damage_to_a_shard_is_found),
        cmocka_unit_test(a_shard_that_is_overwritten_by_another_is_noticed),
        cmocka_unit_test(a_shard_that_is_truncated_is_noticed),
        cmocka_unit_test(bytes_that_change_behind_the_first_are_noticed),
        cmocka_unit_test(a_shard_that_is_removed_is_noticed_when_it_is_opened_again),
        cmocka_unit_test(a_shard_that_is_replaced_stays_the_old_one_while_it_is_open),
        cmocka_unit_test(equal_bytes_with_another_time_are_fine),
    };
    return cmocka_run_group_tests(tests, make_corpora, remove_corpora);
}
