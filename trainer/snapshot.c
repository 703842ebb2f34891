#include "trainer/snapshot.h"
#include "comm/base/die.h"
#include "comm/base/points.h"
#include "comm/comm.h"
#include "io/run_folder.h"
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SLAB = 1 << 20 }; // floats: 4 MB at a time

/* One row for each value of the state: its name and its place. */
/* clang-format off */
#define STATE_INTEGERS(X)                                                                          \
    X(update) X(steps) X(skips) X(epoch) X(group) X(validation_due) X(best_update) X(since_best)   \
    X(bad) X(sum_tokens) X(sum_updates) X(sum_clipped)
#define STATE_REALS(X) X(best_loss) X(rate_factor) X(sum_loss)
/* clang-format on */
#define NAME(member) #member,
#define OFFSET(member) offsetof(struct train_state, member),

const char *const snapshot_integers[] = {STATE_INTEGERS(NAME) NULL};
const char *const snapshot_reals[] = {STATE_REALS(NAME) NULL};
static const size_t integer_offsets[] = {STATE_INTEGERS(OFFSET)};
static const size_t real_offsets[] = {STATE_REALS(OFFSET)};

static int kept_in_checkpoint(const struct setting *row)
{
    return (row->commands & COMMAND_TRAIN) &&
           (row->kind == SETTING_MODEL || row->kind == SETTING_TRAINING);
}

static bool write_head(const struct run *run, struct checkpoint_writer *writer, struct reason *why)
{
    struct text value = {0};
    bool well = true;
    for (int row = 0; row < settings_count && well; row++) {
        text_clear(&value);
        if (kept_in_checkpoint(&settings_table[row]) && settings_get(run->settings, row, &value))
            well = checkpoint_setting(writer, settings_table[row].name, value.bytes, why);
    }
    text_release(&value);
    const char *state = (const char *)&run->state;
    for (int i = 0; well && snapshot_integers[i]; i++)
        well = checkpoint_integer(writer, snapshot_integers[i],
                                  *(const int64_t *)(state + integer_offsets[i]), why);
    for (int i = 0; well && snapshot_reals[i]; i++)
        well = checkpoint_real(writer, snapshot_reals[i],
                               *(const double *)(state + real_offsets[i]), why);
    return well && checkpoint_integer(writer, "corpus_digest", (int64_t)run->corpus->digest, why) &&
           checkpoint_tokenizers(writer, run->corpus->tokenizers, why);
}

/* [all] One slab [first, first + count) of a block that is spread as the parts are, to rank 0. */
static void gather_slab(const float *mine, int64_t total, int64_t first, int64_t count, float *slab)
{
    for (int rank = 0; rank < comm_size(); rank++) {
        struct range part = tree_part(total, comm_size(), rank);
        int64_t from = first > part.first ? first : part.first;
        int64_t end =
            first + count < part.first + part.count ? first + count : part.first + part.count;
        if (from >= end)
            continue;
        size_t bytes = (size_t)(end - from) * sizeof(float);
        if (comm_rank() == rank && rank == 0)
            memcpy(slab + (from - first), mine + (from - part.first), bytes);
        else if (comm_rank() == rank)
            comm_send(0, mine + (from - part.first), bytes);
        else if (comm_rank() == 0)
            comm_receive(rank, slab + (from - first), bytes);
    }
}

/* [all] The arrays of one block. spread: `mine` is this rank's part; else every rank has the whole.
 * writer is NULL elsewhere than on rank 0, and once writing has failed. */
static bool write_block(const struct run *run, struct checkpoint_writer *writer, const char *block,
                        const float *mine, int spread, float *slab, struct reason *why)
{
    const struct parameters *parameters = &run->model.parameters;
    bool well = true;
    for (int i = 0; i < parameters->count; i++) {
        const struct parameter *p = &parameters->list[i];
        if (writer)
            well = well && checkpoint_array(writer, block, p->name, p->rows, p->columns, why);
        int64_t elements = parameter_elements(p);
        for (int64_t done = 0; done < elements; done += SLAB) {
            int64_t count = elements - done < SLAB ? elements - done : SLAB;
            const float *data = slab;
            if (spread)
                gather_slab(mine, parameters->total, p->first + done, count, slab);
            else
                data = mine + p->first + done;
            if (writer)
                well = well && checkpoint_append(writer, count, data, why);
        }
        point_at("snapshot.array", run->state.update, NULL, 0);
    }
    return well;
}

void snapshot_write(const struct run *run, const char *file)
{
    struct reason why;
    struct checkpoint_writer *writer = NULL;
    bool well = true;
    point_at("snapshot.begin", run->state.update, NULL, 0);
    if (comm_rank() == 0) {
        writer = checkpoint_create(file, &why);
        well = writer && write_head(run, writer, &why);
        if (!well)
            die("checkpoint '%s': %s", file, why.text);
    }
    float *slab = memory_take(SLAB * sizeof *slab);
    well = write_block(run, writer, "parameters", run->weights, 0, slab, &why);
    if (run->first)
        well = write_block(run, writer, "moments/first", run->first, 1, slab, &why) && well;
    if (run->second)
        well = write_block(run, writer, "moments/second", run->second, 1, slab, &why) && well;
    memory_free(slab);
    if (writer && !(checkpoint_commit(writer, &why) && well))
        die("checkpoint '%s': %s", file, why.text);
}

/* The checkpoint that best.h5 is: this one before there was a validation, and when somebody removed
 * the best. */
static int64_t best_there_is(const struct run *run)
{
    int64_t best = run->state.best_update;
    if (best == 0 || run_folder_has(run->settings->output, best))
        return best ? best : run->state.update;
    fprintf(stderr,
            "warning: run folder '%s': the best checkpoint, of update %lld, is gone: best.h5 "
            "is that of update %lld\n",
            run->settings->output, (long long)best, (long long)run->state.update);
    return run->state.update;
}

void snapshot_save(struct run *run)
{
    const char *folder = run->settings->output;
    char file[PATH_MAX];
    run_folder_checkpoint_path(folder, run->state.update, file, sizeof file);
    snapshot_write(run, file);
    run->saved = run->state.update;
    if (comm_rank() != 0)
        return;
    struct reason why;
    int64_t best = best_there_is(run);
    point_at("snapshot.link", run->state.update, NULL, 0);
    bool linked = run_folder_link(folder, "last.h5", run->state.update, &why);
    point_at("snapshot.best", run->state.update, NULL, 0);
    if (!linked ||
        (run_folder_linked(folder, "best.h5") != best &&
         !run_folder_link(folder, "best.h5", best, &why)) ||
        !run_folder_remove_old(folder, (int)run->settings->keep, best, &why))
        die("run folder '%s': %s", folder, why.text);
}

static bool read_block(const struct parameters *parameters, struct checkpoint *checkpoint,
                       const char *block, struct range part, float *data, struct reason *why)
{
    for (int i = 0; i < parameters->count; i++) {
        const struct parameter *p = &parameters->list[i];
        int64_t from = p->first > part.first ? p->first : part.first;
        int64_t end = p->first + parameter_elements(p);
        if (end > part.first + part.count)
            end = part.first + part.count;
        if (from < end &&
            !checkpoint_read(checkpoint, block, p->name, p->rows, p->columns, from - p->first,
                             end - from, data + (from - part.first), why))
            return false;
    }
    return true;
}

/* What no run can have come to, although the file is whole. */
static bool check_state(const struct train_state *state, struct reason *why)
{
    for (int i = 0; snapshot_integers[i]; i++) {
        int64_t value = *(const int64_t *)((const char *)state + integer_offsets[i]);
        if (value < 0 || value > (int64_t)1 << 53)
            return fail(why, "%s is %lld", snapshot_integers[i], (long long)value);
    }
    return (isfinite(state->rate_factor) && state->rate_factor >= 0) ||
           fail(why, "rate_factor is %g", state->rate_factor);
}

/* Every parameter is there, of the model's shape, and no other: known before memory is taken. */
static bool check_shapes(const struct parameters *parameters, struct checkpoint *checkpoint,
                         struct reason *why)
{
    int64_t count;
    if (!checkpoint_arrays(checkpoint, "parameters", &count, why))
        return false;
    for (int i = 0; i < parameters->count; i++) {
        const struct parameter *p = &parameters->list[i];
        if (!checkpoint_read(checkpoint, "parameters", p->name, p->rows, p->columns, 0, 0, NULL,
                             why))
            return false;
    }
    return count == parameters->count || fail(why, "has %lld parameters, but its settings make %d",
                                              (long long)count, parameters->count);
}

bool snapshot_read(struct run *run, struct checkpoint *checkpoint, struct reason *why)
{
    char *state = (char *)&run->state;
    int64_t digest;
    for (int i = 0; snapshot_integers[i]; i++)
        if (!checkpoint_get_integer(checkpoint, snapshot_integers[i],
                                    (int64_t *)(state + integer_offsets[i]), why))
            return false;
    for (int i = 0; snapshot_reals[i]; i++)
        if (!checkpoint_get_real(checkpoint, snapshot_reals[i], (double *)(state + real_offsets[i]),
                                 why))
            return false;
    if (!check_state(&run->state, why) ||
        !checkpoint_get_integer(checkpoint, "corpus_digest", &digest, why))
        return false;
    if (digest != (int64_t)run->corpus->digest)
        return fail(why, "was trained on a corpus with digest %016llx, but '%s' has %016llx",
                    (unsigned long long)digest, run->corpus->path,
                    (unsigned long long)run->corpus->digest);
    struct range whole = {0, run->model.parameters.total}, part = exchange_part(run->exchange);
    return check_shapes(&run->model.parameters, checkpoint, why) &&
           read_block(&run->model.parameters, checkpoint, "parameters", whole, run->weights, why) &&
           (!run->first || read_block(&run->model.parameters, checkpoint, "moments/first", part,
                                      run->first, why)) &&
           (!run->second || read_block(&run->model.parameters, checkpoint, "moments/second", part,
                                       run->second, why));
}

bool snapshot_settings(struct settings *settings, const struct checkpoint *checkpoint,
                       struct reason *why)
{
    struct faults faults = {0};
    for (int row = 0; row < settings_count; row++) {
        const char *value = checkpoint_get_setting(checkpoint, settings_table[row].name);
        if (kept_in_checkpoint(&settings_table[row]) && value)
            settings_set(settings, row, value, FROM_RUN, settings_table[row].name, &faults);
    }
    bool well = faults.count == 0 || fail(why, "has a wrong setting: %s", faults.text.bytes);
    text_release(&faults.text);
    return well;
}

static bool open_parts(struct snapshot *snapshot, struct checkpoint *checkpoint, int with_weights,
                       struct reason *why)
{
    struct shape shape;
    if (!snapshot_settings(&snapshot->settings, checkpoint, why) ||
        !checkpoint_get_tokenizers(checkpoint, snapshot->tokenizers, why))
        return false;
    settings_shape(&snapshot->settings, snapshot->tokenizers[SOURCE].vocabulary.size,
                   snapshot->tokenizers[TARGET].vocabulary.size, &shape);
    if (!shape_check(&shape, why))
        return false;
    model_init(&snapshot->model, &shape);
    if (!with_weights)
        return true;
    struct range whole = {0, snapshot->model.parameters.total};
    if (!check_shapes(&snapshot->model.parameters, checkpoint, why))
        return false;
    snapshot->weights = memory_take((size_t)whole.count * sizeof *snapshot->weights);
    return read_block(&snapshot->model.parameters, checkpoint, "parameters", whole,
                      snapshot->weights, why);
}

bool snapshot_open(struct snapshot *snapshot, const char *file, int with_weights,
                   struct reason *why)
{
    memset(snapshot, 0, sizeof *snapshot);
    settings_init(&snapshot->settings);
    struct checkpoint *checkpoint = checkpoint_open(file, why);
    bool well = checkpoint && open_parts(snapshot, checkpoint, with_weights, why);
    if (checkpoint)
        checkpoint_close(checkpoint);
    return well;
}

void snapshot_close(struct snapshot *snapshot)
{
    for (int side = 0; side < SIDES; side++)
        tokenizer_release(&snapshot->tokenizers[side]);
    if (snapshot->model.parameters.list)
        model_release(&snapshot->model);
    memory_free(snapshot->weights);
    settings_release(&snapshot->settings);
}
