/* Training: updates as train makes them, and where their time goes; validation beside it. */
#include "comm/base/clock.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "comm/comm.h"
#include "model/useful.h"
#include "trainer/benchmark/benchmark.h"
#include "trainer/benchmark/benchmark_report.h"
#include "trainer/process/agree.h"
#include "trainer/process/temporary.h"
#include "trainer/run/saver.h"
#include "trainer/run/update.h"
#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { WARMING = 3, BLOCK = 10, BLOCKS_LEAST = 4 };

/* [all] The micro-batches of an update as validation has them: plain loss, no gradient. */
static void validate(struct benchmark *benchmark, const struct feed_group *group,
                     struct measured_block *block)
{
    struct run *run = &benchmark->run;
    int64_t tokens = 0;
    double start = clock_seconds();
    for (int i = 0; i < group->count; i++) {
        const struct batch *batch = &group->batches[i];
        arena_reset(&run->arena);
        double *losses = arena_take(&run->arena, (size_t)batch->B, sizeof *losses);
        model_loss(&run->model, run->weights, batch, losses, &run->arena);
        tokens += batch->target_tokens;
    }
    comm_sum_integers(&tokens, 1); // waits for the others, as the end of a block of pairs does
    block->validation_seconds += clock_seconds() - start;
    block->validation_tokens += tokens;
}

/* [all] One update, and behind it validation on the same; what was done is added. */
static void update(struct benchmark *benchmark, struct measured_block *block,
                   struct measured *measured)
{
    struct update_result result;
    int64_t useful[PARTS] = {0};
    parts_start(clock_seconds);
    double start = clock_seconds();
    enum part before = part_enter(PART_DATA);
    const struct feed_group *group = benchmark_next(benchmark);
    part_enter(PART_EXCHANGE);
    benchmark_poll();
    part_enter(before);
    update_run(&benchmark->run, group, 0, &result);
    for (int i = 0; i < group->count; i++)
        useful_add(&benchmark->run.model, &group->batches[i], useful);
    block->seconds += clock_seconds() - start;
    part_enter(PART_REST);
    block->tokens += result.tokens;
    block->source_tokens += result.source_tokens;
    for (enum part part = 0; part < PARTS; part++) {
        measured->parts[part] += parts_seconds(part);
        measured->useful[part] += useful[part];
        block->useful += useful[part];
    }
    measured->skipped += result.skipped;
    parts_start(NULL);
    validate(benchmark, group, block);
    benchmark_done(benchmark);
}

/* [all] Blocks of 10 updates, but at least four. */
static void measure_updates(struct benchmark *benchmark, struct measured *measured)
{
    int64_t updates = benchmark->settings->updates;
    int64_t size = updates >= BLOCK * BLOCKS_LEAST ? BLOCK : (updates + 3) / BLOCKS_LEAST;
    measured->updates = updates;
    measured->block_size = size;
    measured->block_count = updates / size;
    measured->blocks = memory_take((size_t)(measured->block_count + 1) * sizeof *measured->blocks);
    struct measured_block first = {0}, warming = {0};
    update(benchmark, &first, measured);
    for (int i = 1; i < WARMING; i++)
        update(benchmark, &warming, measured);
    measured->first = first.seconds;
    memset(measured->parts, 0, sizeof measured->parts);
    memset(measured->useful, 0, sizeof measured->useful);
    measured->skipped = 0;
    for (int64_t i = 0; i < updates; i++) // behind the last whole block stands the rest
        update(benchmark, &measured->blocks[i / size], measured);
    measured->memory = memory_peak_resident(); // before measuring itself takes some
}

/* [all] A minute is not spent where its end will fail. */
static void refuse_no_folder(void)
{
    struct reason why;
    bool well = comm_rank() != 0 || temporary_open(&why);
    agree(well, "%s", why.text);
    if (comm_rank() == 0)
        temporary_close();
}

/* [all] One checkpoint, as if nothing were computed while it is written; seconds. */
static double measure_checkpoint(struct benchmark *benchmark)
{
    struct reason why;
    struct run *run = &benchmark->run;
    char *output = benchmark->settings->output, folder[PATH_MAX] = "";
    const char *path = comm_rank() == 0 ? temporary_open(&why) : folder;
    agree(path != NULL, "%s", why.text);
    snprintf(folder, sizeof folder, "%s", path);
    benchmark->settings->output = folder;
    run->saver = saver_open(run);
    double start = clock_seconds(), saving;
    saver_save(run->saver);
    saver_finish(run->saver, &saving);
    double seconds = clock_seconds() - start;
    benchmark->settings->output = output;
    if (comm_rank() == 0)
        temporary_close();
    comm_broadcast(&seconds, sizeof seconds, 0);
    return seconds;
}

/* [all] Over all ranks: the sum of useful work, the mean of times. */
static void gather(struct measured *measured)
{
    int size = comm_size();
    struct measured *all = memory_take((size_t)size * sizeof *all);
    comm_all_gather(measured, sizeof *measured, all);
    for (enum part part = 0; part < PARTS; part++) {
        double sum = 0;
        int64_t useful = 0;
        for (int rank = 0; rank < size; rank++) {
            sum += all[rank].parts[part];
            useful += all[rank].useful[part];
        }
        measured->parts[part] = sum / size;
        measured->useful[part] = useful;
    }
    for (int rank = 0; rank < size; rank++)
        measured->memory =
            all[rank].memory > measured->memory ? all[rank].memory : measured->memory;
    for (int64_t i = 0; i < measured->block_count; i++)
        comm_sum_integers(&measured->blocks[i].useful, 1);
    memory_free(all);
}

int benchmark_train(struct settings *settings)
{
    struct benchmark benchmark;
    struct measured measured = {0};
    refuse_no_folder();
    benchmark_open(&benchmark, settings);
    benchmark_peak(&benchmark);
    measure_updates(&benchmark, &measured);
    benchmark_peak(&benchmark);
    measured.checkpoint = measure_checkpoint(&benchmark);
    gather(&measured);
    measured.parts[PART_CHECKPOINT] =
        measured.checkpoint * (double)measured.updates / (double)settings->checkpoint_interval;
    if (comm_rank() == 0)
        benchmark_report(&benchmark, &measured);
    memory_free(measured.blocks);
    benchmark_close(&benchmark);
    return STATUS_DONE;
}
