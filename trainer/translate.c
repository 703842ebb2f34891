/* Translation by search, a block of lines at a time: rank 0 reads, batches are cut from the block
 * alone and dealt out to the ranks, rank 0 writes in order. So the output is the same bytes for any
 * number of ranks. */
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "comm/base/points.h"
#include "comm/comm.h"
#include "io/aside.h"
#include "io/folder.h"
#include "io/lines.h"
#include "io/pairs.h"
#include "io/utf8.h"
#include "model/search.h"
#include "trainer/agree.h"
#include "trainer/clock.h"
#include "trainer/commands.h"
#include "trainer/computing.h"
#include "trainer/evaluate.h"
#include "trainer/run_memory.h"
#include "trainer/snapshot.h"
#include "trainer/stop.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct work {
    const struct settings *settings;
    struct snapshot snapshot;
    struct arena arena;
    struct batch batch;
    struct lines *input; // on rank 0
    FILE *output;        // on rank 0: of `aside`, or standard output
    struct aside aside;
    struct text lines; // the block's lines, each with its line end
    int64_t number;    // of the line read last
    struct pairs_block block;
    int32_t order[PAIRS_BLOCK], starts[PAIRS_BLOCK + 1];
    struct text *translations; // of the block's lines; empty for the other ranks' batches
    int64_t sentences, limited, tokens;
};

/* On rank 0: at most PAIRS_BLOCK lines into work->lines; one at a time from a terminal. */
static void read_block(struct work *work)
{
    int most =
        work->input && strcmp(work->settings->input, "-") == 0 && isatty(0) ? 1 : PAIRS_BLOCK;
    text_clear(&work->lines);
    for (int i = 0; i < most && !stop_requested(); i++) {
        struct reason why;
        const char *bytes;
        size_t length;
        int got = lines_next(work->input, &bytes, &length, &why);
        if (got < 0) {
            aside_abandon(&work->aside);
            die("'%s': %s", work->settings->input, why.text);
        }
        if (got == 0)
            break;
        work->number = lines_number(work->input);
        if (!utf8_valid(bytes, length)) {
            aside_abandon(&work->aside);
            die("'%s': line %lld: invalid UTF-8", work->settings->input, (long long)work->number);
        }
        text_add(&work->lines, bytes, length);
        text_add(&work->lines, "\n", 1);
    }
}

/* Tokenises the block, on every rank. */
static void tokenise(struct work *work)
{
    struct pairs_block *block = &work->block;
    block->count = 0;
    block->cells.count = 0;
    const char *end = work->lines.bytes + work->lines.length;
    for (const char *line = work->lines.bytes; line < end; block->count++) {
        const char *next = memchr(line, '\n', (size_t)(end - line));
        int64_t before = block->cells.count;
        tokenizer_encode(&work->snapshot.contents[SOURCE].tokenizer, line, (size_t)(next - line),
                         &block->cells);
        block->list[block->count] = (struct pair){0};
        block->list[block->count].sentence.side[SOURCE].length = (int)(block->cells.count - before);
        line = next + 1;
    }
    const int32_t *cells = block->cells.list;
    for (int i = 0; i < block->count; i++) {
        struct sequence *source = &block->list[i].sentence.side[SOURCE];
        source->cells = cells;
        cells += source->length;
    }
}

static void add_words(const struct work *work, const int32_t *symbols, int length,
                      struct text *text)
{
    const struct tokenizer *target = &work->snapshot.contents[TARGET].tokenizer;
    if (work->settings->keep_tokens)
        tokenizer_tokens(target, symbols, length, text);
    else
        tokenizer_decode(target, symbols, length, text);
}

/* Of the i-th sentence of a batch: what the output has for the line, without its last line end. */
static void keep_translation(struct work *work, int32_t line, const struct search_result *result,
                             int i)
{
    struct text *text = &work->translations[line], words = {0};
    int64_t first = (int64_t)i * result->best;
    work->limited += result->limited[first];
    work->tokens += result->lengths[first];
    for (int64_t k = first; k < first + result->counts[i]; k++) {
        const int32_t *symbols = result->symbols + k * result->width;
        text_clear(&words);
        add_words(work, symbols, result->lengths[k], &words);
        if (work->settings->n_best == 0)
            text_add(text, words.bytes, words.length);
        else
            text_add_format(text, "%s%lld ||| %s ||| logprob= %.6f ||| %.6f", k > first ? "\n" : "",
                            (long long)(work->sentences + line), words.bytes,
                            result->log_probabilities[k], result->scores[k]);
    }
    text_release(&words);
}

/* Of one batch at most: rows of a beam take memory as sentences do. */
static int most_sentences(const struct settings *settings)
{
    enum { ROWS = 512 };
    int most = ROWS / (int)settings->beam;
    return most < 1 ? 1 : most > EVALUATE_SENTENCES ? EVALUATE_SENTENCES : most;
}

static void translate_batch(struct work *work, const int32_t *members, int count)
{
    const struct settings *s = work->settings;
    const struct search_options options = {
        .beam = (int)s->beam,
        .n_best = (int)s->n_best,
        .allow_unknown = (int)s->allow_unknown,
        .length_normalisation = (enum length_normalisation)s->length_normalisation,
        .length_penalty = s->length_penalty,
    };
    struct sentence views[EVALUATE_SENTENCES];
    int limits[EVALUATE_SENTENCES];
    for (int i = 0; i < count; i++) {
        views[i] = work->block.list[members[i]].sentence;
        limits[i] = search_limit(views[i].side[SOURCE].length);
    }
    batch_pack(&work->batch, &work->snapshot.model.shape, views, count);
    arena_reset(&work->arena);
    struct search_result result = search_beam(&work->snapshot.model, work->snapshot.weights,
                                              &work->batch, limits, &options, &work->arena);
    for (int i = 0; i < count; i++)
        keep_translation(work, members[i], &result, i);
}

/* An empty line in is an empty line out: it is in no batch. pairs_cut sorts by length, so the empty
 * ones come first. */
static void translate_block(struct work *work)
{
    int batches = pairs_cut(&work->block, most_sentences(work->settings), EVALUATE_TOKENS,
                            work->order, work->starts);
    for (int b = comm_rank(); b < batches && !stop_requested(); b += comm_size()) {
        const int32_t *members = work->order + work->starts[b];
        int count = work->starts[b + 1] - work->starts[b];
        while (count > 0 && work->block.list[members[0]].sentence.side[SOURCE].length == 0) {
            members++;
            count--;
        }
        if (count > 0)
            translate_batch(work, members, count);
    }
}

/* [all] Every rank's translations, each behind its line's number and length, to rank 0, which
 * writes them in order. */
static void collect(struct work *work)
{
    struct text mine = {0}, all = {0};
    for (int32_t i = 0; i < work->block.count; i++) {
        struct text *translation = &work->translations[i];
        uint64_t length = translation->length;
        if (comm_rank() == 0 || length == 0)
            continue;
        text_add(&mine, (const char *)&i, sizeof i);
        text_add(&mine, (const char *)&length, sizeof length);
        text_add(&mine, translation->bytes, length);
    }
    uint64_t *lengths = memory_take((size_t)comm_size() * sizeof *lengths);
    comm_gather_text(&mine, &all, lengths);
    for (size_t at = 0; at < all.length;) {
        int32_t line;
        uint64_t length;
        memcpy(&line, all.bytes + at, sizeof line);
        memcpy(&length, all.bytes + at + sizeof line, sizeof length);
        at += sizeof line + sizeof length;
        text_add(&work->translations[line], all.bytes + at, length);
        at += length;
    }
    memory_free(lengths);
    text_release(&mine);
    text_release(&all);
}

static void write_block(struct work *work)
{
    for (int i = 0; i < work->block.count; i++) {
        struct text *translation = &work->translations[i];
        if (translation->length == 0 && work->settings->n_best > 0) // an empty line's only one
            fprintf(work->output, "%lld |||  ||| logprob= 0.000000 ||| 0.000000",
                    (long long)(work->sentences + i));
        fwrite(translation->bytes, 1, translation->length, work->output);
        putc('\n', work->output);
    }
    fflush(work->output);
    if (!ferror(work->output) || errno == EPIPE)
        return;
    const char *name = work->output == stdout ? "-" : work->settings->output;
    const char *reason = strerror(errno);
    aside_abandon(&work->aside);
    die("'%s': %s", name, reason);
}

/* [all] One block; returns 0 at the end of the input, on a stop, or when nobody reads the output
 * any more. */
static int go_on(struct work *work)
{
    enum { ENDED = STOP_FLAG + 1 };
    if (comm_rank() == 0)
        read_block(work);
    comm_broadcast_text(&work->lines, 0);
    if (work->lines.length == 0)
        return 0;
    point_at("translate.block", work->number, NULL, 0);
    tokenise(work);
    for (int i = 0; i < work->block.count; i++)
        text_clear(&work->translations[i]);
    translate_block(work);
    if (stop_agreed())
        return 0;
    collect(work);
    int ended = 0;
    if (comm_rank() == 0) {
        write_block(work);
        ended = ferror(work->output) ? ENDED : 0;
    }
    work->sentences += work->block.count;
    return !(comm_agree(NULL, 0, ended) & ENDED);
}

static void open_files(struct work *work)
{
    struct reason why;
    const struct settings *s = work->settings;
    work->input = lines_open(s->input, &why);
    if (!work->input)
        die("'%s': %s", s->input, why.text);
    if (s->output &&
        (folder_same_file(s->output, s->model) || folder_same_file(s->output, s->input)))
        die_usage("--output '%s': is the file that %s reads", s->output,
                  folder_same_file(s->output, s->model) ? "--model" : "--input");
    if (!s->output || strcmp(s->output, "-") == 0)
        work->output = stdout;
    else if (aside_open(&work->aside, s->output, &why))
        work->output = work->aside.file;
    else
        die("'%s': %s", s->output, why.text);
}

static void summary(const struct work *work, double seconds)
{
    char count[32], took[32];
    text_of_count(work->sentences, count);
    text_of_duration(seconds, took);
    fprintf(stderr,
            "%s sentences in %s, %.0f tokens/s; %lld reached the limit of 3 x source + 50 tokens\n",
            count, took, (double)work->tokens / (seconds > 0 ? seconds : 1),
            (long long)work->limited);
}

int translate(const struct settings *settings)
{
    double start = clock_seconds();
    struct reason why;
    struct work *work = memory_take(sizeof *work);
    work->settings = settings;
    computing_start(settings);
    computing_agree(settings);
    agree(snapshot_open(&work->snapshot, settings->model, 1, &why), "checkpoint '%s': %s",
          settings->model, why.text);
    run_memory_addresses(0, "");
    if (comm_rank() == 0)
        open_files(work);
    arena_init(&work->arena);
    batch_init(&work->batch);
    work->block.list = memory_take(PAIRS_BLOCK * sizeof *work->block.list);
    work->translations = memory_take(PAIRS_BLOCK * sizeof *work->translations);
    while (go_on(work)) {
    }
    int stopped = stop_agreed();
    comm_sum_integers(&work->limited, 1);
    comm_sum_integers(&work->tokens, 1);
    if (stopped)
        aside_abandon(&work->aside);
    agree(!stopped, "%s: the translation is not complete", stop_words());
    if (comm_rank() == 0) {
        summary(work, clock_seconds() - start);
        lines_close(work->input);
        if (work->output != stdout && !aside_finish(&work->aside, &why))
            die("'%s': %s", settings->output, why.text);
    }
    for (int i = 0; i < PAIRS_BLOCK; i++)
        text_release(&work->translations[i]);
    memory_free(work->translations);
    pairs_block_release(&work->block);
    text_release(&work->lines);
    batch_release(&work->batch);
    arena_release(&work->arena);
    snapshot_close(&work->snapshot);
    memory_free(work);
    return STATUS_DONE;
}
