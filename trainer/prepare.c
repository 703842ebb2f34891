/* From raw text to a corpus (design, section 4): tokenizers are learnt by rank 0 and given to all;
 * then every rank reads the whole text, tokenises the lines of its own shards and writes these. The
 * folder is written aside and renamed. */
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "comm/base/points.h"
#include "comm/comm.h"
#include "io/corpus_writer.h"
#include "io/folder.h"
#include "io/utf8.h"
#include "trainer/agree.h"
#include "trainer/clock.h"
#include "trainer/commands.h"
#include "trainer/inside.h"
#include "trainer/prepare_count.h"
#include "trainer/prepare_learn.h"
#include "trainer/prepare_text.h"
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum {
    SHARDS_AT_ONCE = 32
}; // files open on a rank; with more shards the text is read several times

struct work {
    const struct settings *settings;
    struct prepare_text text;
    struct corpus corpus; // as it will be written
    struct prepare_count count;
    char aside[PATH_MAX];
    struct ids ids[SIDES]; // of the line at hand
};

static const char *path_of_side(const struct work *work, int side)
{
    const struct settings *s = work->settings;
    return s->pairs ? s->pairs : side == SOURCE ? s->source : s->target;
}

static int is_blank(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!strchr(" \t\r\v\f", bytes[i]))
            return 0;
    return 1;
}

/* Tokenises a line into work->ids; false if it is dropped. */
static bool take_line(struct work *work, const struct bitext_line *line)
{
    for (enum drop drop = 0; drop < DROPS; drop++)
        for (int side = 0; side < SIDES; side++) {
            struct ids *ids = &work->ids[side];
            bool bad = false;
            if (drop == DROP_ENCODING) {
                bad = !utf8_valid(line->bytes[side], line->length[side]);
            } else if (drop == DROP_EMPTY) {
                bad = is_blank(line->bytes[side], line->length[side]);
            } else {
                ids->count = 0;
                tokenizer_encode(&work->corpus.tokenizers[side], line->bytes[side],
                                 line->length[side], ids);
                bad = !work->settings->like && ids->count > work->settings->max_length;
            }
            if (bad) {
                prepare_count_drop(&work->count, drop, side, line->number);
                return false;
            }
        }
    for (int side = 0; side < SIDES; side++)
        prepare_count_keep(&work->count, side, work->ids[side].list, work->ids[side].count);
    return true;
}

/* The shards that one reading of the text writes here: first, first + step, ... */
struct writing {
    struct work *work;
    int first, step;
    struct shard_writer *writers[SHARDS_AT_ONCE];
};

static void write_line(void *taker, const struct bitext_line *line)
{
    struct reason why;
    struct writing *writing = taker;
    struct work *work = writing->work;
    const struct ids *ids = work->ids;
    if (line->number % PREPARE_POLL == 0) {
        prepare_poll();
        point_at("prepare.lines", line->number, NULL, 0);
    }
    int shard = corpus_shard_of_line(work->corpus.seed, line->number - 1, work->corpus.shards);
    int place = (shard - writing->first) / writing->step;
    if (shard < writing->first || (shard - writing->first) % writing->step != 0 ||
        place >= SHARDS_AT_ONCE || !take_line(work, line))
        return;
    if (!shard_writer_add(writing->writers[place], line->number - 1, ids[SOURCE].list,
                          (int)ids[SOURCE].count, ids[TARGET].list, (int)ids[TARGET].count,
                          line->bytes[TARGET], line->length[TARGET], &why))
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
        writers[k] = shard_writer_open(work->aside, first + k * step, work->corpus.has_text, &why);
        if (!writers[k])
            die("corpus '%s': %s", work->settings->output, why.text);
    }
    prepare_text_read(&work->text, true, write_line, &writing);
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
    if (!folder_begin(output, work->aside, sizeof work->aside, &why))
        die("corpus '%s': %s", output, why.text);
}

static void finish_folder(struct work *work)
{
    struct reason why;
    for (int side = 0; side < SIDES && work->count.kept > 0; side++)
        work->corpus.longest[side] = prepare_count_quantile(&work->count, side, 1);
    bool written = corpus_write(work->aside, &work->corpus, &why);
    point_at("prepare.rename", 0, NULL, 0);
    if (!written || !folder_finish(work->settings->output, (int)work->settings->overwrite, &why))
        die("corpus '%s': %s", work->settings->output, why.text);
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
    prepare_text_open(&work->text, settings, work->aside);
    point_at("prepare.learn", 0, NULL, 0);
    prepare_learn(settings, &work->text, work->corpus.tokenizers, &work->corpus.joint);
    write_all_shards(work);
    prepare_count_sum(&work->count);
    refuse_if_strict(work);
    prepare_text_close(&work->text, settings);
    if (comm_rank() == 0) {
        const char *paths[SIDES] = {path_of_side(work, SOURCE), path_of_side(work, TARGET)};
        finish_folder(work);
        prepare_count_print(&work->count, &work->corpus, paths, work->text.lines,
                            clock_seconds() - start);
        prepare_text_remarks(&work->text, settings);
    }
    for (int side = 0; side < SIDES; side++) {
        ids_release(&work->ids[side]);
        tokenizer_release(&work->corpus.tokenizers[side]);
    }
    prepare_count_release(&work->count);
    memory_free(work->corpus.table);
    memory_free(work);
    return STATUS_DONE;
}
