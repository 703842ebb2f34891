/* The verbs that apply a model to inputs: translate, tag, classify, generate. Rank 0 reads --input,
 * and where the model has a second source --second, a block at a time, all ranks apply (apply.h),
 * rank 0 writes --output, for each input what came of it and a line end. */
#include "comm/base/clock.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "comm/base/points.h"
#include "comm/comm.h"
#include "io/corpus/encode.h"
#include "io/folder/aside.h"
#include "io/folder/folder.h"
#include "trainer/apply/application.h"
#include "trainer/apply/apply.h"
#include "trainer/checkpoint/snapshot.h"
#include "trainer/process/agree.h"
#include "trainer/process/stop.h"
#include "trainer/settings/commands.h"
#include "trainer/settings/sides.h"
#include "trainer/settings/task.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct work {
    const struct settings *settings;
    const struct content *contents;
    struct application *application;
    struct examples *input; // on rank 0
    struct encode_room rooms[SIDES];
    FILE *output; // on rank 0: of `aside`, or standard output
    struct aside aside;
    struct ids lengths; // of the block's inputs: of each the source, then the second source
    int64_t number;     // of the input read last
    struct apply apply;
    int64_t sentences;
};

static const char *path_of(const struct settings *settings, enum side side)
{
    return side == SOURCE ? settings->input : settings->second;
}

static const char *unit_of(const struct settings *settings, enum side side)
{
    int64_t format = side == SOURCE ? settings->source_format : settings->second_format;
    return examples_unit((enum examples_format)format);
}

/* On rank 0: one example's sources become cells. */
static bool encode_example(struct work *work, const struct example *example, struct reason *why)
{
    for (int side = 0; side < SOURCES; side++) {
        struct reason inner;
        int places = 0;
        if (work->contents[side].form != FORM_NONE &&
            !encode(&work->contents[side], &example->side[side], &work->rooms[side],
                    &work->apply.block.cells, &places, &inner))
            return fail(why, "'%s': %s %lld: %.900s", path_of(work->settings, (enum side)side),
                        unit_of(work->settings, (enum side)side), (long long)example->number,
                        inner.text);
        ids_add(&work->lengths, places);
    }
    return true;
}

/* On rank 0: at most PAIRS_BLOCK inputs; one at a time from a terminal. */
static void read_block(struct work *work)
{
    int most = strcmp(work->settings->input, "-") == 0 && isatty(0) ? 1 : PAIRS_BLOCK;
    for (int i = 0; i < most && !stop_requested(); i++) {
        struct reason why;
        struct example example;
        int got = examples_next(work->input, &example, &why);
        if (got > 0 && !encode_example(work, &example, &why))
            got = -1;
        if (got < 0) {
            aside_abandon(&work->aside);
            die("%s", why.text);
        }
        if (got == 0)
            break;
        work->number = example.number;
    }
}

/* [all] The list of rank 0. */
static void spread(struct ids *ids)
{
    struct text bytes = {0};
    if (comm_rank() == 0)
        text_add(&bytes, (const char *)ids->list, (size_t)ids->count * sizeof *ids->list);
    comm_broadcast_text(&bytes, 0);
    if (comm_rank() != 0) {
        const char *from = bytes.bytes;
        for (size_t at = 0; at < bytes.length; at += sizeof(int32_t)) {
            int32_t id;
            memcpy(&id, from + at, sizeof id);
            ids_add(ids, id);
        }
    }
    text_release(&bytes);
}

/* [all] The next block, the same on every rank. */
static void take_block(struct work *work)
{
    struct pairs_block *block = &work->apply.block;
    block->cells.count = work->lengths.count = 0;
    if (comm_rank() == 0)
        read_block(work);
    spread(&work->lengths);
    spread(&block->cells);
    block->count = (int)(work->lengths.count / SOURCES);
    const int32_t *cells = block->cells.list, *lengths = work->lengths.list;
    for (int i = 0; i < block->count; i++) {
        block->list[i] = (struct pair){0};
        for (int side = 0; side < SOURCES; side++) {
            int length = lengths[i * SOURCES + side];
            block->list[i].sentence.side[side] = (struct sequence){cells, length};
            cells += (int64_t)length * content_width(&work->contents[side]);
        }
    }
}

static void write_block(struct work *work)
{
    for (int i = 0; i < work->apply.block.count; i++) {
        struct text *output = &work->apply.outputs[i];
        if (output->length == 0 && work->settings->n_best > 0) // an empty line's only one
            fprintf(work->output, "%lld |||  ||| logprob= 0.000000 ||| 0.000000",
                    (long long)(work->sentences + i));
        fwrite(output->bytes, 1, output->length, work->output);
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
    take_block(work);
    if (work->apply.block.count == 0)
        return 0;
    point_at("apply.block", work->number, NULL, 0);
    work->application->first = work->sentences;
    if (!apply_block(&work->apply, application_sentences(work->application), application_batch,
                     work->application))
        return 0;
    int ended = 0;
    if (comm_rank() == 0) {
        write_block(work);
        ended = ferror(work->output) ? ENDED : 0;
    }
    work->sentences += work->apply.block.count;
    return !(comm_agree(NULL, 0, ended) & ENDED);
}

static void open_input(struct work *work)
{
    struct reason why;
    const struct settings *s = work->settings;
    struct examples_options options = settings_texts(s);
    struct faults faults = {0};
    options.paths[SOURCE] = s->input;
    sides_check(work->contents, &options, SOURCES, &faults);
    faults_end(&faults);
    work->input = examples_open(&options, &why);
    if (!work->input)
        die("%s", why.text);
}

static void open_files(struct work *work)
{
    struct reason why;
    const struct settings *s = work->settings;
    open_input(work);
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

static void close_files(struct work *work)
{
    struct reason why;
    examples_close(work->input);
    if (work->output != stdout && !aside_finish(&work->aside, &why))
        die("'%s': %s", work->settings->output, why.text);
}

/* [all] To the end of the input, or until nobody reads the output any more; a stop ends the job.
 * contents: of the model's sides. Returns the number of inputs. */
static int64_t apply_lines(const struct settings *settings, const struct content *contents,
                           struct application *application)
{
    struct work *work = memory_take(sizeof *work);
    work->settings = settings;
    work->contents = contents;
    work->application = application;
    for (enum side side = 0; side < SIDES; side++)
        encode_init(&work->rooms[side], &contents[side]);
    if (comm_rank() == 0)
        open_files(work);
    apply_init(&work->apply, application->model->sources);
    while (go_on(work)) {
    }
    int stopped = stop_agreed();
    if (stopped)
        aside_abandon(&work->aside);
    agree(!stopped, "%s: the output is not complete", stop_words());
    if (comm_rank() == 0)
        close_files(work);
    int64_t sentences = work->sentences;
    apply_release(&work->apply);
    ids_release(&work->lengths);
    for (enum side side = 0; side < SIDES; side++)
        encode_release(&work->rooms[side]);
    memory_free(work);
    return sentences;
}

/* [all] A model of another task: its own verb is named. */
static void check_task(const struct settings *settings, const struct snapshot *snapshot,
                       enum command command)
{
    const struct task *task = task_of((enum task_kind)snapshot->settings.task);
    agree(task->verb == command, "checkpoint '%s': its task is %s: chorus %s", settings->model,
          task->name, command_name(task->verb));
}

int translate(const struct settings *settings, enum command command)
{
    double start = clock_seconds();
    struct snapshot snapshot;
    struct arena arena;
    struct application application;
    snapshot_load(&snapshot, settings);
    check_task(settings, &snapshot, command);
    arena_init(&arena);
    application_init(&application, &snapshot.model, snapshot.weights, &snapshot.contents[TARGET],
                     &arena);
    application_search(&application, settings);
    application.keep_tokens = (int)settings->keep_tokens;
    application.probabilities = (int)settings->probabilities;
    int64_t sentences = apply_lines(settings, snapshot.contents, &application);
    application_summary(&application, sentences, clock_seconds() - start);
    application_release(&application);
    arena_release(&arena);
    snapshot_close(&snapshot);
    return STATUS_DONE;
}
