#include "trainer/run/saver.h"
#include "comm/base/clock.h"
#include "comm/base/die.h"
#include "comm/base/hash.h"
#include "comm/base/points.h"
#include "comm/comm.h"
#include "io/run/run_folder.h"
#include "trainer/process/agree.h"
#include "trainer/run/guard.h"
#include "trainer/run/report.h"
#include "trainer/run/run_blocks.h"
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum { SLAB = 1 << 20, PIECE = 16384 }; // floats: written at a time (4 MB), hashed at a time

struct saver {
    struct run *run;
    double slowest;
    /* On rank 0 alone: what is saved, which the thread reads. */
    struct train_state state;
    float *copy[SNAPSHOT_BLOCKS];      // (parameters.total), or NULL where the run has none
    uint64_t *hashes[SNAPSHOT_BLOCKS]; // of each piece of the copy

    pthread_t thread;
    bool touching, touched; // the copy's memory, before it is filled for the first time
    bool writing;           // it was started, and has not been waited for
    atomic_bool done;
    atomic_int steps; // so far: slabs written, and what follows them
    double start, seconds;
    bool failed;
    char trouble[2 * PATH_MAX];
};

static int64_t pieces(int64_t total)
{
    return (total + PIECE - 1) / PIECE;
}

int64_t saver_bytes(const struct run *run)
{
    int64_t bytes = 0;
    for (enum snapshot_block block = 0; comm_rank() == 0 && block < SNAPSHOT_BLOCKS; block++) {
        int64_t total = run_block_elements(run, block);
        if (snapshot_has(run->settings, block))
            bytes += total * (int64_t)sizeof(float) + pieces(total) * (int64_t)sizeof(uint64_t);
    }
    return bytes;
}

struct saver *saver_open(struct run *run)
{
    struct saver *saver = memory_take(sizeof *saver);
    saver->run = run;
    if (comm_rank() != 0)
        return saver;
    for (enum snapshot_block block = 0; block < SNAPSHOT_BLOCKS; block++) {
        int64_t total = run_block_elements(run, block);
        if (!snapshot_has(run->settings, block))
            continue;
        saver->copy[block] = memory_take((size_t)total * sizeof(float));
        saver->hashes[block] = memory_take((size_t)pieces(total) * sizeof(uint64_t));
    }
    if (run->continued)
        saver->slowest = report_noted_saving(run->settings->output);
    return saver;
}

/* Memory that was never used takes the system much longer to give than to copy into it. */
static void *touch(void *saver_)
{
    const struct saver *saver = saver_;
    const int64_t page = 4096 / sizeof(float);
    for (enum snapshot_block block = 0; block < SNAPSHOT_BLOCKS; block++) {
        volatile float *copy = saver->copy[block];
        for (int64_t i = 0; copy && i < run_block_elements(saver->run, block); i += page)
            copy[i] = 0;
    }
    return NULL;
}

void saver_expect(struct saver *saver)
{
    if (comm_rank() != 0 || saver->touched)
        return;
    saver->touched = true;
    saver->touching = pthread_create(&saver->thread, NULL, touch, saver) == 0;
}

static void finish_touching(struct saver *saver)
{
    saver->touched = true;
    if (saver->touching)
        pthread_join(saver->thread, NULL);
    saver->touching = false;
}

void saver_close(struct saver *saver)
{
    if (!saver)
        return;
    require(!saver->writing);
    finish_touching(saver);
    for (int block = 0; block < SNAPSHOT_BLOCKS; block++) {
        memory_free(saver->copy[block]);
        memory_free(saver->hashes[block]);
    }
    memory_free(saver);
}

/* [all] A block that is spread over the ranks, to rank 0, which has its own. */
static void gather(const struct run *run, enum snapshot_block block, float *copy)
{
    const float *mine = run_block(run, block);
    for (int rank = 0; rank < comm_size(); rank++) {
        struct range part = run_block_share(run, block, rank);
        size_t bytes = (size_t)part.count * sizeof(float);
        if (comm_rank() == rank && rank != 0)
            comm_send(0, mine, bytes);
        else if (comm_rank() == 0 && rank != 0)
            comm_receive(rank, copy + part.first, bytes);
        point_at("saver.copy", rank, NULL, 0);
    }
}

static uint64_t hash_piece(const struct saver *saver, enum snapshot_block block, int64_t piece)
{
    int64_t rest = run_block_elements(saver->run, block) - piece * PIECE;
    return hash_bytes(saver->copy[block] + piece * PIECE,
                      (size_t)(rest < PIECE ? rest : PIECE) * sizeof(float));
}

static void hash_copy(struct saver *saver)
{
    for (enum snapshot_block block = 0; block < SNAPSHOT_BLOCKS; block++)
        for (int64_t i = 0; saver->copy[block] && i < pieces(run_block_elements(saver->run, block));
             i++)
            saver->hashes[block][i] = hash_piece(saver, block, i);
}

/* [all] Training stands still meanwhile: the hashes can wait for the thread. */
static void take_copy(struct saver *saver)
{
    struct reason why;
    struct run *run = saver->run;
    float *carried = saver->copy[SNAPSHOT_CARRIED];
    saver->start = clock_seconds();
    finish_touching(saver);
    agree(guard_copy_all(run->guard, run, saver->copy, &why), "%s", why.text);
    saver->state = run->state;
    point_at("snapshot.begin", run->state.update, NULL, 0);
    for (enum snapshot_block block = SNAPSHOT_FIRST; block < SNAPSHOT_BLOCKS; block++)
        if (snapshot_has(run->settings, block))
            gather(run, block, saver->copy[block]);
    if (carried)
        memcpy(carried, run->carried,
               (size_t)run_block_share(run, SNAPSHOT_CARRIED, 0).count * sizeof *carried);
}

/* Keeps what went wrong for the thread that may end the program; false. */
__attribute__((format(printf, 2, 3))) static bool trouble(struct saver *saver, const char *format,
                                                          ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(saver->trouble, sizeof saver->trouble, format, arguments);
    va_end(arguments);
    return false;
}

static bool unchanged(const struct saver *saver, enum snapshot_block block, int64_t first,
                      int64_t count)
{
    bool same = true;
    for (int64_t i = first / PIECE; same && i * PIECE < first + count; i++)
        same = hash_piece(saver, block, i) == saver->hashes[block][i];
    return same;
}

static bool write_array(struct saver *saver, struct checkpoint_writer *writer,
                        enum snapshot_block block, const struct block_array *p, struct reason *why)
{
    const char *name = snapshot_block_names[block];
    int64_t elements = (int64_t)p->rows * (p->columns ? p->columns : 1);
    bool well = checkpoint_array(writer, name, p->name, p->rows, p->columns, why);
    for (int64_t done = 0; well && done < elements; done += SLAB) {
        int64_t count = elements - done < SLAB ? elements - done : SLAB;
        float *slab = saver->copy[block] + p->first + done;
        point_at("saver.slab", saver->state.update, slab, (size_t)count * sizeof *slab);
        well = unchanged(saver, block, p->first + done, count)
                   ? checkpoint_append(writer, count, slab, why)
                   : fail(why, "the copy of its state changed in memory ('%s/%s')", name, p->name);
        atomic_fetch_add(&saver->steps, 1);
    }
    point_at("snapshot.array", saver->state.update, NULL, 0);
    return well;
}

static bool write_contents(struct saver *saver, struct checkpoint_writer *writer,
                           struct reason *why)
{
    struct block_array array;
    bool well = run_write_head(saver->run, &saver->state, writer, why);
    for (enum snapshot_block block = 0; block < SNAPSHOT_BLOCKS; block++)
        for (int i = 0; well && saver->copy[block] && run_block_array(saver->run, block, i, &array);
             i++)
            well = write_array(saver, writer, block, &array, why);
    return well && checkpoint_seal(writer, why);
}

/* The copy into its file, which gets its name only while the folder is still this run's. */
static bool write_file(struct saver *saver, const char *folder)
{
    struct reason why;
    char file[PATH_MAX];
    run_folder_checkpoint_path(folder, saver->state.update, file, sizeof file);
    if (!run_folder_held(folder, &why))
        return trouble(saver, "run folder '%s': %s", folder, why.text);
    struct reason lost;
    struct checkpoint_writer *writer = checkpoint_create(file, &why);
    bool well = writer && write_contents(saver, writer, &why);
    atomic_fetch_add(&saver->steps, 1);
    if (!run_folder_held(folder, &lost)) {
        checkpoint_abandon(writer);
        return trouble(saver, "run folder '%s': %s", folder, lost.text);
    }
    if (!well)
        checkpoint_abandon(writer);
    else
        well = checkpoint_commit(writer, &why);
    return well || trouble(saver, "checkpoint '%s': %s", file, why.text);
}

/* The checkpoint that best.h5 is: this one before there was a validation, and when somebody removed
 * the best. */
static int64_t best_there_is(const struct saver *saver, const char *folder)
{
    int64_t update = saver->state.update, best = saver->state.best_update;
    if (best == 0 || run_folder_has(folder, best))
        return best ? best : update;
    fprintf(stderr,
            "warning: run folder '%s': the best checkpoint, of update %lld, is gone: best.h5 is "
            "that of update %lld\n",
            folder, (long long)best, (long long)update);
    return update;
}

static bool write_links(struct saver *saver, const char *folder)
{
    struct reason why;
    int64_t update = saver->state.update, best = best_there_is(saver, folder);
    point_at("snapshot.link", update, NULL, 0);
    bool well = run_folder_link(folder, "last.h5", update, &why);
    point_at("snapshot.best", update, NULL, 0);
    well = well &&
           (run_folder_linked(folder, "best.h5") == best ||
            run_folder_link(folder, "best.h5", best, &why)) &&
           run_folder_remove_old(folder, (int)saver->run->settings->keep, best, &why);
    return well || trouble(saver, "run folder '%s': %s", folder, why.text);
}

static void *write_all(void *argument)
{
    struct saver *saver = argument;
    const char *folder = saver->run->settings->output;
    hash_copy(saver);
    saver->failed = !write_file(saver, folder) || !write_links(saver, folder);
    point_at("saver.end", saver->state.update, NULL, 0);
    saver->seconds = clock_seconds() - saver->start;
    atomic_store(&saver->done, true);
    return NULL;
}

/* Nothing changes meanwhile, so that no copy is needed: the moments, on all ranks, are the zeros
 * that the copy still holds, and the average is the weights. */
void saver_first(struct saver *saver, const char *aside)
{
    struct run *run = saver->run;
    run->saving = run->saved = run->state.update;
    if (comm_rank() != 0)
        return;
    float *copy = saver->copy[SNAPSHOT_WEIGHTS], *average = saver->copy[SNAPSHOT_AVERAGE];
    saver->start = clock_seconds();
    saver->state = run->state;
    saver->copy[SNAPSHOT_WEIGHTS] = run->weights;
    saver->copy[SNAPSHOT_AVERAGE] = average ? run->weights : NULL;
    point_at("snapshot.begin", run->state.update, NULL, 0);
    hash_copy(saver);
    if (!write_file(saver, aside))
        die("%s", saver->trouble);
    saver->copy[SNAPSHOT_WEIGHTS] = copy;
    saver->copy[SNAPSHOT_AVERAGE] = average;
    point_at("saver.end", saver->state.update, NULL, 0);
    saver->slowest = clock_seconds() - saver->start;
}

void saver_save(struct saver *saver)
{
    struct run *run = saver->run;
    require(!saver->writing);
    take_copy(saver);
    run->saving = run->state.update;
    if (comm_rank() != 0)
        return;
    atomic_store(&saver->done, false);
    int refusal = pthread_create(&saver->thread, NULL, write_all, saver);
    if (refusal)
        die("cannot start the thread that writes checkpoints: %s", strerror(refusal));
    saver->writing = true;
}

bool saver_poll(struct saver *saver, double *seconds)
{
    if (!saver->writing || !atomic_load(&saver->done))
        return false;
    pthread_join(saver->thread, NULL);
    saver->writing = false;
    if (saver->failed)
        die("%s", saver->trouble);
    saver->run->saved = saver->state.update;
    *seconds = saver->seconds;
    if (*seconds > saver->slowest)
        saver->slowest = *seconds;
    return true;
}

bool saver_finish(struct saver *saver, double *seconds)
{
    const struct timespec nap = {.tv_nsec = 1000000};
    int seen = -1;
    while (saver->writing && !atomic_load(&saver->done)) {
        int steps = atomic_load(&saver->steps);
        if (steps != seen)
            point_at("saver.wait", saver->state.update, NULL, 0);
        seen = steps;
        nanosleep(&nap, NULL);
    }
    return saver_poll(saver, seconds);
}

double saver_slowest(const struct saver *saver)
{
    return saver->slowest;
}
