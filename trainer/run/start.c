/* How a run begins: a first start makes the folder with update 0 in it; every later start finds
 * where it stands. */
#include "comm/audit.h"
#include "comm/base/die.h"
#include "comm/base/points.h"
#include "comm/comm.h"
#include "comm/watch.h"
#include "io/folder/folder.h"
#include "io/run/run_folder.h"
#include "trainer/host/computing.h"
#include "trainer/process/agree.h"
#include "trainer/process/stop.h"
#include "trainer/run/carried.h"
#include "trainer/run/continue.h"
#include "trainer/run/guard.h"
#include "trainer/run/origin.h"
#include "trainer/run/run_blocks.h"
#include "trainer/run/run_memory.h"
#include "trainer/run/saver.h"
#include "trainer/settings/task.h"
#include <string.h>

/* [all] The lowest rank that cannot says why. */
static struct corpus *open_corpus(const char *path)
{
    struct reason why;
    struct corpus *corpus = corpus_open(path, task_rules, &why);
    agree(corpus != NULL, "corpus '%s': %s", path, why.text);
    agree(corpus->sentences > 0, "corpus '%s': holds no sentences", path);
    return corpus;
}

/* [all] The same, and with --check all of it is read, once. */
static struct corpus *open_and_check(const struct settings *settings, const char *path)
{
    struct reason why;
    struct corpus *corpus = open_corpus(path);
    bool read_all = settings->check && comm_rank() == 0;
    agree(!read_all || corpus_check(corpus, &why), "corpus '%s': %s", path, why.text);
    return corpus;
}

static void open_corpora(struct run *run)
{
    struct reason why;
    run->corpus = open_and_check(run->settings, run->settings->corpus);
    if (!run->settings->valid)
        return;
    run->valid = open_and_check(run->settings, run->settings->valid);
    agree(strcmp(run->valid->task, run->corpus->task) == 0,
          "corpus '%s' is not like '%s': they were prepared for %s and %s", run->valid->path,
          run->corpus->path, run->valid->task, run->corpus->task);
    agree(contents_alike(run->valid->contents, run->corpus->contents, &why),
          "corpus '%s' is not like '%s': %s (prepare it with --like)", run->valid->path,
          run->corpus->path, why.text);
    agree(run->valid->stream == run->corpus->stream,
          "corpus '%s' is not like '%s': one is a running text (prepare it with --like)",
          run->valid->path, run->corpus->path);
}

/* The corpus's task is the run's. */
static void take_task(struct run *run, struct faults *faults)
{
    struct settings *s = run->settings;
    const struct task *task = task_find(run->corpus->task);
    agree(task != NULL, "corpus '%s': task '%s' is unknown", run->corpus->path, run->corpus->task);
    if (s->from[settings_row("task")] != FROM_DEFAULT && s->task != (int64_t)task_kind(task))
        faults_add(faults, "--task %s: corpus '%s' was prepared for %s",
                   task_of((enum task_kind)s->task)->name, run->corpus->path, task->name);
    s->task = task_kind(task);
    if (settings_given(s, &s->stream) && s->stream != run->corpus->stream)
        faults_add(faults, "--stream: that is for prepare to say: corpus '%s' is %s running text",
                   run->corpus->path, run->corpus->stream ? "a" : "no");
    s->stream = run->corpus->stream;
    if (settings_given(s, &s->bptt) && !s->stream)
        faults_add(faults, "--bptt has no effect: corpus '%s' is no running text",
                   run->corpus->path);
}

/* Chosen defaults and contradictions, then the lanes against the ranks. Wrong usage is the same on
 * every rank: rank 0 speaks. */
static void resolve(struct run *run)
{
    struct settings *s = run->settings;
    struct faults faults = {0};
    take_task(run, &faults);
    struct settings_facts facts = {
        .contents = run->corpus->contents,
        .longest = run->corpus->longest,
        .has_valid = run->valid != NULL,
        .valid_has_text = run->valid && run->valid->has_text,
        .updates_an_epoch = run_updates_an_epoch,
        .corpus = run->corpus,
    };
    settings_resolve(s, &facts, &faults);
    if (!run->continued && s->lanes < comm_size())
        faults_add(&faults,
                   "%lld lanes cannot use %d ranks: start at most %lld ranks, or give --lanes %d",
                   (long long)s->lanes, comm_size(), (long long)s->lanes, comm_size());
    faults_agree(&faults);
}

static void make_cuts(struct run *run)
{
    const struct parameters *parameters = &run->model.parameters;
    run->cuts = (struct cuts){.total = parameters->total};
    if (!run->optimizer.kind->whole)
        return;
    run->cuts.count = parameters->count;
    run->cuts.ends = memory_take((size_t)parameters->count * sizeof *run->cuts.ends);
    for (int i = 0; i < parameters->count; i++)
        run->cuts.ends[i] = parameters_end(parameters, i);
}

/* [all] */
static void make_model(struct run *run)
{
    struct shape shape;
    settings_shape(run->settings, run->corpus->contents, &shape);
    settings_optimizer(run->settings, &run->optimizer);
    model_init(&run->model, &shape);
    make_cuts(run);
    struct faults faults = {0};
    freeze_init(&run->freeze, run->settings->freeze, &run->model.parameters, &faults);
    faults_agree(&faults);
}

static void make_replica(struct run *run)
{
    int64_t total = run->model.parameters.total;
    run->exchange = exchange_open((int)run->settings->lanes, &run->cuts);
    size_t part = (size_t)exchange_part(run->exchange).count * sizeof(float);
    run->weights = memory_take((size_t)total * sizeof(float));
    run->first = optimizer_moments(&run->optimizer) > 0 ? memory_take(part) : NULL;
    run->second = optimizer_moments(&run->optimizer) > 1 ? memory_take(part) : NULL;
    run->average = run->settings->average > 0 ? memory_take(part) : NULL;
    carried_init(run);
    run->pieces = memory_take((size_t)run->model.parameters.count * sizeof *run->pieces);
    for (int i = 0; i < run->model.parameters.count; i++) {
        const struct parameter *p = &run->model.parameters.list[i];
        run->pieces[i] = (struct audit_piece){p->name, {p->first, parameter_elements(p)}};
    }
    arena_init(&run->arena);
}

/* [all] A first start: weights of the origin, or without one by definition, on rank 0 (libm chooses
 * by processor, so only there), then the folder, aside. */
static void begin(struct run *run, const struct snapshot *origin)
{
    struct reason why;
    struct settings *s = run->settings;
    char aside[PATH_MAX] = "";
    run->state = (struct train_state){.rate_factor = 1};
    size_t bytes = (size_t)run->model.parameters.total * sizeof(float);
    require(!origin || origin->model.parameters.total == run->model.parameters.total);
    if (comm_rank() == 0 && origin)
        memcpy(run->weights, origin->weights, bytes);
    else if (comm_rank() == 0)
        parameters_initialise(&run->model.parameters, (uint64_t)s->seed, run->weights);
    comm_broadcast(run->weights, bytes, 0);
    struct range part = exchange_part(run->exchange);
    if (run->average)
        memcpy(run->average, run->weights + part.first, (size_t)part.count * sizeof(float));
    run->guard = guard_open(run, part);
    if (s->check)
        return;
    if (comm_rank() == 0 && !folder_begin(s->output, aside, &why))
        die("run folder '%s': %s", s->output, why.text);
    saver_first(run->saver, aside);
    if (comm_rank() != 0)
        return;
    point_at("start.folder", 0, NULL, 0);
    continue_write_settings(s, aside);
    if (!run_folder_link(aside, "last.h5", 0, &why) ||
        !run_folder_link(aside, "best.h5", 0, &why) || !folder_finish(s->output, &why))
        die("run folder '%s': %s", s->output, why.text);
    continue_lock(s->output);
}

static void go_on(struct run *run, struct checkpoint *checkpoint)
{
    struct reason why;
    agree(run_read(run, checkpoint, &why), "checkpoint '%s': %s", checkpoint_path(checkpoint),
          why.text);
    run->guard = guard_open(run, exchange_part(run->exchange));
    run->saving = run->saved = run->state.update;
    checkpoint_close(checkpoint);
    point_at("start.continue", run->state.update, NULL, 0);
    if (comm_rank() == 0 && !run->settings->check)
        continue_write_settings(run->settings, run->settings->output);
}

static void init(struct run *run, struct settings *settings)
{
    memset(run, 0, sizeof *run);
    run->settings = settings;
    run->saving = run->saved = -1;
}

/* [all] Once settings and corpora are there. */
static void make(struct run *run)
{
    resolve(run);
    make_model(run);
    run_memory_check(run);
    make_replica(run);
}

void run_start_bare(struct run *run, struct settings *settings, struct corpus *corpus)
{
    require(settings->check);
    init(run, settings);
    watch_start((double)settings->watchdog, stop_requested);
    run->corpus = corpus ? corpus : open_corpus(settings->corpus);
    make(run);
    begin(run, NULL);
}

void run_start(struct run *run, struct settings *settings)
{
    init(run, settings);
    struct checkpoint *checkpoint = continue_find(settings);
    struct snapshot *origin = checkpoint ? NULL : origin_open(settings);
    computing_start(settings);
    run->continued = checkpoint != NULL;
    watch_start((double)settings->watchdog, stop_requested);
    open_corpora(run);
    if (origin)
        origin_compare(origin, run->corpus, settings);
    make(run);
    if (!settings->check)
        run->saver = saver_open(run);
    if (checkpoint)
        go_on(run, checkpoint);
    else
        begin(run, origin);
    origin_close(origin);
    if (!settings->check)
        computing_record(settings, settings->output, run->continued);
}

void run_release(struct run *run)
{
    saver_close(run->saver);
    guard_close(run->guard);
    text_release(&run->skipped);
    exchange_close(run->exchange);
    memory_free(run->cuts.ends);
    freeze_release(&run->freeze);
    model_release(&run->model);
    arena_release(&run->arena);
    memory_free(run->weights);
    memory_free(run->first);
    memory_free(run->second);
    memory_free(run->average);
    memory_free(run->carried);
    memory_free(run->pieces);
    corpus_close(run->corpus);
    corpus_close(run->valid);
}
