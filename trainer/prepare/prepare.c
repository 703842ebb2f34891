/* From raw text to a corpus (design, section 4): tokenizers are learnt by rank 0 and given to all;
 * then every rank reads the whole text, tokenises the lines of its own shards and writes these. The
 * folder is written aside and renamed. */
#include "comm/base/clock.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "comm/base/points.h"
#include "comm/comm.h"
#include "io/corpus/corpus_writer.h"
#include "io/corpus/encode.h"
#include "io/folder/folder.h"
#include "io/text/utf8.h"
#include "trainer/prepare/prepare_count.h"
#include "trainer/prepare/prepare_learn.h"
#include "trainer/prepare/prepare_text.h"
#include "trainer/process/agree.h"
#include "trainer/process/inside.h"
#include "trainer/settings/commands.h"
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum {
    SHARDS_AT_ONCE = 32
}; // files open on a rank; with more shards the text is read several times

struct work {
    const struct settings *settings;
    const struct task *task;
    struct prepare_text text;
    struct corpus corpus; // as it will be written
    struct prepare_count count;
    struct encode_room rooms[SIDES];
    struct ids cells[SIDES];  // of the example at hand
    struct sentence sentence; // likewise
    int64_t lines;            // of a running text
    int64_t wrong;            // number of the first example of this rank's that is wrong; 0: none
    struct reason why;        // in words, with its file and line
};

/* Where the corpus is written; a failure removes it. */
static char aside[PATH_MAX];

static void drop_aside(void)
{
    struct reason ignored;
    folder_remove(aside, &ignored);
}

static const char *path_of_side(const struct work *work, enum side side)
{
    const struct settings *s = work->settings;
    return s->pairs                    ? s->pairs
           : s->format == FORMAT_CONLL ? s->source
                                       : settings_texts(s).paths[side];
}

static int is_blank(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!strchr(" \t\r\v\f", bytes[i]))
            return 0;
    return 1;
}

/* What ends the preparation, once all is read: of all ranks' first ones the first. */
static void note_wrong(struct work *work, enum side side, const struct example *example,
                       const char *what)
{
    const struct raw *raw = &example->side[side];
    if (work->wrong)
        return;
    work->wrong = example->number;
    if (raw->line > 0)
        fail(&work->why, "'%s': line %lld: %.900s", path_of_side(work, side), (long long)raw->line,
             what);
    else
        fail(&work->why, "'%s': sequence %lld: %.900s", path_of_side(work, side),
             (long long)example->number, what);
}

/* Why one side of an example is dropped, before it is encoded; of a running text empty lines are a
 * part. */
static enum drop drop_of(const struct work *work, const struct raw *raw)
{
    if (raw->values)
        return DROPS;
    if (!utf8_valid(raw->bytes, raw->length))
        return DROP_ENCODING;
    return !work->corpus.stream && is_blank(raw->bytes, raw->length) ? DROP_EMPTY : DROPS;
}

/* Encodes one side of an example into work->sentence; or why it is dropped. */
static enum drop take_side(struct work *work, enum side side, const struct example *example)
{
    struct reason why;
    struct sequence *sequence = &work->sentence.side[side];
    struct ids *cells = &work->cells[side];
    enum drop drop = drop_of(work, &example->side[side]);
    sequence->length = 0;
    cells->count = 0;
    if (drop != DROPS)
        return drop;
    if (!encode(&work->corpus.contents[side], &example->side[side], &work->rooms[side], cells,
                &sequence->length, &why))
        note_wrong(work, side, example, why.text);
    sequence->cells = cells->list;
    bool kept = work->settings->like || work->corpus.stream;
    return !kept && sequence->length > work->settings->max_length ? DROP_LENGTH : DROPS;
}

static void check_step(struct work *work, const struct example *example)
{
    struct reason why;
    if (!task_fits(work->task->head, work->corpus.contents[TARGET].form, &work->sentence, &why))
        note_wrong(work, TARGET, example, why.text);
}

/* Encodes an example into work->sentence; false if it is dropped, for the first of the reasons in
 * the order of enum drop. */
static bool take_example(struct work *work, const struct example *example)
{
    enum drop first = DROPS;
    enum side first_side = SOURCE;
    for (enum side side = 0; side < SIDES; side++) {
        if (work->corpus.contents[side].form == FORM_NONE)
            continue;
        enum drop drop = take_side(work, side, example);
        if (drop < first) {
            first = drop;
            first_side = side;
        }
    }
    if (first < DROPS) {
        prepare_count_drop(&work->count, first, first_side, example->number);
        return false;
    }
    check_step(work, example);
    if (work->wrong)
        return false;
    for (enum side side = 0; side < SIDES; side++)
        prepare_count_keep(&work->count, side, &work->corpus.contents[side],
                           &work->sentence.side[side]);
    work->count.kept++;
    return true;
}

/* The shards that one reading of the text writes here: first, first + step, ... */
struct writing {
    struct work *work;
    int first, step;
    struct shard_writer *writers[SHARDS_AT_ONCE];
};

static int shard_of(const struct work *work, int64_t line)
{
    const struct corpus *corpus = &work->corpus;
    return corpus->stream ? corpus_shard_in_order(line, work->lines, corpus->shards)
                          : corpus_shard_of_line(corpus->seed, line, corpus->shards);
}

static void write_example(void *taker, const struct example *example)
{
    struct reason why;
    struct writing *writing = taker;
    struct work *work = writing->work;
    const struct raw *target = &example->side[TARGET];
    if (example->number % PREPARE_POLL == 0) {
        prepare_poll();
        point_at("prepare.lines", example->number, NULL, 0);
    }
    int shard = shard_of(work, example->number - 1);
    int place = (shard - writing->first) / writing->step;
    if (shard < writing->first || (shard - writing->first) % writing->step != 0 ||
        place >= SHARDS_AT_ONCE || !take_example(work, example))
        return;
    if (!shard_writer_add(writing->writers[place], example->number - 1, &work->sentence,
                          target->bytes, target->length, &why))
        die("corpus '%s': %s", work->settings->output, why.text);
}

/* [all] One reading of the text. */
static void write_shards(struct work *work, int first, int step)
{
    struct reason why;
    struct writing writing = {.work = work, .first = first, .step = step};
    struct shard_writer **writers = writing.writers;
    int shards = work->corpus.shards;
    for (int k = 0; k < SHARDS_AT_ONCE && first + k * step < shards; k++) {
        writers[k] = shard_writer_open(aside, first + k * step, &work->corpus, &why);
        if (!writers[k])
            die("corpus '%s': %s", work->settings->output, why.text);
    }
    prepare_text_read(&work->text, true, write_example, &writing);
    point_at("prepare.shards", first, NULL, 0);
    for (int k = 0; k < SHARDS_AT_ONCE && writers[k]; k++)
        if (!shard_writer_close(writers[k], &work->corpus.table[first + k * step], &why))
            die("corpus '%s': %s", work->settings->output, why.text);
}

/* [all] Every rank's shards, in as many readings as the first rank needs, and the whole table on
 * every rank. */
static void write_all_shards(struct work *work)
{
    int size = comm_size(), rank = comm_rank(), shards = work->corpus.shards;
    int most = (shards + size - 1) / size;
    for (int done = 0; done < most; done += SHARDS_AT_ONCE)
        write_shards(work, rank + done * size, size);
    struct corpus_shard *all = memory_take((size_t)(size * shards) * sizeof *all);
    comm_all_gather(work->corpus.table, (size_t)shards * sizeof *all, all);
    for (int shard = 0; shard < shards; shard++)
        work->corpus.table[shard] = all[(shard % size) * shards + shard];
    memory_free(all);
}

/* [all] */
static void refuse_wrong(const struct work *work)
{
    int64_t *all = memory_take((size_t)comm_size() * sizeof *all), first = 0;
    comm_all_gather(&work->wrong, sizeof work->wrong, all);
    for (int rank = 0; rank < comm_size(); rank++)
        if (all[rank] && (!first || all[rank] < first))
            first = all[rank];
    memory_free(all);
    agree(!first || work->wrong != first, "%s", work->why.text);
}

static void refuse_if_strict(const struct work *work)
{
    if (!work->settings->strict)
        return;
    int first = -1;
    for (int drop = 0; drop < DROPS; drop++)
        if (work->count.first_line[drop] > 0 &&
            (first < 0 || work->count.first_line[drop] < work->count.first_line[first]))
            first = drop;
    if (first < 0)
        return;
    agree(false, "'%s': line %lld: %s", path_of_side(work, work->count.first_side[first]),
          (long long)work->count.first_line[first], drop_names[first]);
}

/* On rank 0, before anything is written. */
static void begin_folder(struct work *work)
{
    struct reason why;
    struct stat status;
    const char *output = work->settings->output;
    refuse_inside("output", output);
    if (stat(output, &status) == 0) {
        char header[PATH_MAX + 16];
        snprintf(header, sizeof header, "%s/corpus.h5", output);
        if (!S_ISDIR(status.st_mode))
            die_usage("--output '%s': is a file, not a folder", output);
        if (!work->settings->overwrite)
            die_usage("--output '%s': exists (--overwrite replaces a corpus)", output);
        if (stat(header, &status) != 0)
            die_usage("--output '%s': is no corpus, and is not overwritten", output);
    }
    if (!folder_begin(output, aside, sizeof aside, &why))
        die("corpus '%s': %s", output, why.text);
}

static void finish_folder(struct work *work)
{
    struct reason why;
    for (int side = 0; side < SIDES && work->count.kept > 0; side++)
        work->corpus.longest[side] = prepare_count_quantile(&work->count, side, 1);
    bool written = corpus_write(aside, &work->corpus, &why);
    point_at("prepare.rename", 0, NULL, 0);
    if (!written || !folder_finish(work->settings->output, (int)work->settings->overwrite, &why))
        die("corpus '%s': %s", work->settings->output, why.text);
    die_before_ending(NULL);
}

static void only_count(void *nothing, const struct example *example)
{
    (void)nothing;
    (void)example;
}

/* [all] Which shard a line of a running text goes to depends on how many there are. */
static void count_lines(struct work *work)
{
    if (comm_rank() == 0 && work->text.lines == 0)
        prepare_text_read(&work->text, false, only_count, NULL);
    work->lines = work->text.lines;
    comm_broadcast(&work->lines, sizeof work->lines, 0);
}

/* [all] A side that is read must be one of the corpus's, and the other way round. */
static void check_sides(const struct work *work)
{
    for (enum side side = 0; side < SIDES; side++) {
        bool has = work->corpus.contents[side].form != FORM_NONE;
        agree(has || !prepare_text_has(&work->text, side), "corpus '%s': has no %s",
              work->settings->like, side_names[side]);
        agree(!has || prepare_text_has(&work->text, side),
              "no %s is given, but corpus '%s' has one", side_names[side], work->settings->like);
        bool vectors = work->corpus.contents[side].form == FORM_VECTORS;
        bool text = settings_texts(work->settings).formats[side] == EXAMPLES_TEXT;
        agree(!has || vectors != text, "--%s-format: the %s of '%s' is %s", side_names[side],
              side_names[side], work->settings->like, vectors ? "vectors" : "text");
    }
}

int prepare(const struct settings *settings)
{
    double start = clock_seconds();
    struct work *work = memory_take(sizeof *work);
    work->settings = settings;
    work->corpus.shards = (int)settings->shards;
    work->corpus.seed = (uint64_t)settings->seed;
    work->corpus.has_text = settings->like != NULL;
    work->corpus.table = memory_take((size_t)settings->shards * sizeof *work->corpus.table);
    if (comm_rank() == 0)
        begin_folder(work);
    comm_broadcast(aside, sizeof aside, 0);
    die_before_ending(drop_aside);
    prepare_text_open(&work->text, settings, aside);
    point_at("prepare.learn", 0, NULL, 0);
    work->task = prepare_learn(settings, &work->text, &work->corpus);
    check_sides(work);
    if (work->corpus.stream)
        count_lines(work);
    for (int side = 0; side < SIDES; side++)
        encode_init(&work->rooms[side], &work->corpus.contents[side]);
    write_all_shards(work);
    prepare_count_sum(&work->count);
    refuse_wrong(work);
    refuse_if_strict(work);
    prepare_text_close(&work->text);
    if (comm_rank() == 0) {
        const char *paths[SIDES];
        for (enum side side = 0; side < SIDES; side++)
            paths[side] = path_of_side(work, side);
        finish_folder(work);
        prepare_count_print(&work->count, &work->corpus, paths, work->text.lines,
                            clock_seconds() - start);
        prepare_text_remarks(&work->text, settings);
    }
    for (int side = 0; side < SIDES; side++) {
        ids_release(&work->cells[side]);
        encode_release(&work->rooms[side]);
        content_release(&work->corpus.contents[side]);
    }
    prepare_count_release(&work->count);
    memory_free(work->corpus.table);
    memory_free(work);
    return STATUS_DONE;
}
