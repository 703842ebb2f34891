/* From raw text to a corpus: tokenizers are learnt by rank 0 and given to all;
 * then every rank reads the whole text, tokenises the lines of its own shards and writes these. The
 * folder is written aside and renamed. */
#include "comm/base/clock.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "comm/base/points.h"
#include "comm/comm.h"
#include "io/corpus/shard_writer.h"
#include "io/folder/folder.h"
#include "trainer/prepare/prepare_learn.h"
#include "trainer/prepare/prepare_sentence.h"
#include "trainer/prepare/prepare_text.h"
#include "trainer/process/agree.h"
#include "trainer/process/inside.h"
#include "trainer/settings/commands.h"
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

/* Files open on a rank; with more shards the text is read several times. */
enum { SHARDS_AT_ONCE = 32 };

struct work {
    const struct settings *settings;
    char aside[PATH_MAX]; // where the corpus is written; a failure removes it
    struct prepare_text text;
    struct corpus corpus; // as it will be written
    struct prepare_sentence taking;
    int64_t lines; // of a running text
};

static void drop_aside(void *aside)
{
    struct reason ignored;
    folder_remove(aside, &ignored);
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
        place >= SHARDS_AT_ONCE || !prepare_sentence_take(&work->taking, example))
        return;
    if (!shard_writer_add(writing->writers[place], example->number - 1, &work->taking.sentence,
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
        writers[k] = shard_writer_open(work->aside, first + k * step, &work->corpus, &why);
        if (!writers[k])
            die("corpus '%s': %s", work->settings->output, why.text);
    }
    prepare_text_read(&work->text, write_example, &writing);
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
    if (!folder_begin(output, work->aside, &why))
        die("corpus '%s': %s", output, why.text);
}

static void finish_folder(struct work *work)
{
    struct reason why;
    const struct prepare_count *count = &work->taking.count;
    const char *output = work->settings->output;
    for (int side = 0; side < SIDES && count->kept > 0; side++)
        work->corpus.longest[side] = prepare_count_quantile(count, side, 1);
    bool written = corpus_write(work->aside, &work->corpus, &why);
    point_at("prepare.rename", 0, NULL, 0);
    if (!written ||
        !(work->settings->overwrite ? folder_replace(output, &why) : folder_finish(output, &why)))
        die("corpus '%s': %s", output, why.text);
    die_before_ending(NULL, NULL);
}

/* [all] Which shard a line of a running text goes to depends on how many there are. */
static void count_lines(struct work *work)
{
    if (comm_rank() == 0)
        prepare_text_count(&work->text);
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
        bool text = work->text.options.formats[side] == EXAMPLES_TEXT;
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
    comm_broadcast(work->aside, sizeof work->aside, 0);
    die_before_ending(drop_aside, work->aside);
    prepare_text_open(&work->text, settings, work->aside);
    point_at("prepare.learn", 0, NULL, 0);
    const struct task *task = prepare_learn(settings, &work->text, &work->corpus);
    check_sides(work);
    if (work->corpus.stream)
        count_lines(work);
    prepare_sentence_init(&work->taking, settings, task, &work->corpus);
    write_all_shards(work);
    prepare_sentence_finish(&work->taking);
    prepare_text_close(&work->text);
    if (comm_rank() == 0) {
        finish_folder(work);
        prepare_count_print(&work->taking.count, &work->corpus, settings, work->text.lines,
                            clock_seconds() - start);
        prepare_text_remarks(&work->text);
    }
    prepare_sentence_release(&work->taking);
    for (int side = 0; side < SIDES; side++)
        content_release(&work->corpus.contents[side]);
    memory_free(work->corpus.table);
    memory_free(work);
    return STATUS_DONE;
}
