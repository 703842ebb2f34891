#include "trainer/snapshot.h"
#include "comm/base/die.h"
#include "comm/comm.h"
#include "trainer/carried.h"
#include "trainer/validation.h"
#include <math.h>
#include <string.h>

const char *const snapshot_block_names[] = {"parameters", "moments/first", "moments/second",
                                            "average", "carried"};

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

static const char *default_of(const struct setting *row)
{
    return row->fallback ? row->fallback : "";
}

/* So that what does not use a setting has the bytes that it had before there was this setting. */
static bool goes_without_saying(const struct setting *row, const struct text *value)
{
    return row->later && strcmp(value->length ? value->bytes : "", default_of(row)) == 0;
}

const char *snapshot_setting(const struct checkpoint *checkpoint, int row)
{
    const struct setting *setting = &settings_table[row];
    const char *stored = checkpoint_get_setting(checkpoint, setting->name);
    return !stored && setting->later && kept_in_checkpoint(setting) ? default_of(setting) : stored;
}

bool snapshot_has(const struct settings *settings, enum snapshot_block block)
{
    struct optimizer optimizer;
    settings_optimizer(settings, &optimizer);
    switch (block) {
    case SNAPSHOT_FIRST:
    case SNAPSHOT_SECOND:
        return (int)block - SNAPSHOT_FIRST < optimizer_moments(&optimizer);
    case SNAPSHOT_AVERAGE:
        return settings->average > 0;
    case SNAPSHOT_CARRIED:
        return settings->stream == 1;
    default:
        return true;
    }
}

enum snapshot_block snapshot_used(const struct settings *settings)
{
    return snapshot_has(settings, SNAPSHOT_AVERAGE) ? SNAPSHOT_AVERAGE : SNAPSHOT_WEIGHTS;
}

float *snapshot_block_of(const struct run *run, enum snapshot_block block)
{
    float *const blocks[SNAPSHOT_BLOCKS] = {run->weights, run->first, run->second, run->average,
                                            run->carried};
    return blocks[block];
}

int64_t snapshot_elements(const struct run *run, enum snapshot_block block)
{
    return block == SNAPSHOT_CARRIED ? carried_of_lane(run) * run->settings->lanes
                                     : run->model.parameters.total;
}

struct range snapshot_share(const struct run *run, enum snapshot_block block, int rank)
{
    return block == SNAPSHOT_CARRIED ? carried_range(run, rank)
                                     : tree_part(run->model.parameters.total, comm_size(), rank);
}

bool snapshot_array(const struct run *run, enum snapshot_block block, int i,
                    struct snapshot_array *array)
{
    if (block == SNAPSHOT_CARRIED) {
        *array = (struct snapshot_array){"states", 0, (int)run->settings->lanes,
                                         (int)carried_of_lane(run)};
        return i == 0;
    }
    if (i >= run->model.parameters.count)
        return false;
    const struct parameter *p = &run->model.parameters.list[i];
    *array = (struct snapshot_array){p->name, p->first, p->rows, p->columns};
    return true;
}

static bool read_carried(const struct run *run, struct checkpoint *checkpoint, struct reason *why)
{
    struct snapshot_array array;
    struct range share = carried_range(run, comm_rank());
    require(snapshot_array(run, SNAPSHOT_CARRIED, 0, &array));
    return checkpoint_read(checkpoint, snapshot_block_names[SNAPSHOT_CARRIED], array.name,
                           array.rows, array.columns, share.first, share.count, run->carried, why);
}

bool snapshot_write_head(const struct run *run, const struct train_state *state,
                         struct checkpoint_writer *writer, struct reason *why)
{
    struct text value = {0};
    bool well = true;
    for (int row = 0; row < settings_count && well; row++) {
        text_clear(&value);
        if (kept_in_checkpoint(&settings_table[row]) && settings_get(run->settings, row, &value) &&
            !goes_without_saying(&settings_table[row], &value))
            well = checkpoint_setting(writer, settings_table[row].name, value.bytes, why);
    }
    text_release(&value);
    const char *from = (const char *)state;
    for (int i = 0; well && snapshot_integers[i]; i++)
        well = checkpoint_integer(writer, snapshot_integers[i],
                                  *(const int64_t *)(from + integer_offsets[i]), why);
    for (int i = 0; well && snapshot_reals[i]; i++)
        well = checkpoint_real(writer, snapshot_reals[i], *(const double *)(from + real_offsets[i]),
                               why);
    if (well && validation_metric(run->settings->valid_metric))
        well = checkpoint_real(writer, "lowest_loss", state->lowest_loss, why);
    return well && checkpoint_integer(writer, "corpus_digest", (int64_t)run->corpus->digest, why) &&
           checkpoint_contents(writer, run->corpus->contents, why);
}

static bool read_block(const struct parameters *parameters, struct checkpoint *checkpoint,
                       enum snapshot_block block, struct range part, float *data,
                       struct reason *why)
{
    for (int i = 0; i < parameters->count; i++) {
        const struct parameter *p = &parameters->list[i];
        int64_t from = p->first > part.first ? p->first : part.first;
        int64_t end = p->first + parameter_elements(p);
        if (end > part.first + part.count)
            end = part.first + part.count;
        if (from < end &&
            !checkpoint_read(checkpoint, snapshot_block_names[block], p->name, p->rows, p->columns,
                             from - p->first, end - from, data + (from - part.first), why))
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
                         enum snapshot_block block, struct reason *why)
{
    int64_t count;
    const char *name = snapshot_block_names[block];
    if (!checkpoint_arrays(checkpoint, name, &count, why))
        return false;
    for (int i = 0; i < parameters->count; i++) {
        const struct parameter *p = &parameters->list[i];
        if (!checkpoint_read(checkpoint, name, p->name, p->rows, p->columns, 0, 0, NULL, why))
            return false;
    }
    return count == parameters->count ||
           fail(why, "has %lld %s, but its settings make %d", (long long)count,
                block == SNAPSHOT_AVERAGE ? "averages" : "parameters", parameters->count);
}

bool snapshot_state(struct train_state *state, struct checkpoint *checkpoint, struct reason *why)
{
    char *start = (char *)state;
    for (int i = 0; snapshot_integers[i]; i++)
        if (!checkpoint_get_integer(checkpoint, snapshot_integers[i],
                                    (int64_t *)(start + integer_offsets[i]), why))
            return false;
    for (int i = 0; snapshot_reals[i]; i++)
        if (!checkpoint_get_real(checkpoint, snapshot_reals[i], (double *)(start + real_offsets[i]),
                                 why))
            return false;
    state->lowest_loss = state->best_loss;
    const char *name = checkpoint_get_setting(checkpoint, "valid-metric");
    const struct metric *metric = name ? metric_find(name, ~0, true, why) : NULL;
    return (!metric || metric->of & METRIC_NO_OUTPUTS ||
            checkpoint_get_real(checkpoint, "lowest_loss", &state->lowest_loss, why)) &&
           check_state(state, why);
}

bool snapshot_read(struct run *run, struct checkpoint *checkpoint, struct reason *why)
{
    int64_t digest;
    if (!snapshot_state(&run->state, checkpoint, why) ||
        !checkpoint_get_integer(checkpoint, "corpus_digest", &digest, why))
        return false;
    if (digest != (int64_t)run->corpus->digest)
        return fail(why, "was trained on a corpus with digest %016llx, but '%s' has %016llx",
                    (unsigned long long)digest, run->corpus->path,
                    (unsigned long long)run->corpus->digest);
    struct range whole = {0, run->model.parameters.total}, part = exchange_part(run->exchange);
    bool well = check_shapes(&run->model.parameters, checkpoint, SNAPSHOT_WEIGHTS, why);
    for (enum snapshot_block block = 0; well && block < SNAPSHOT_BLOCKS; block++) {
        float *data = snapshot_block_of(run, block);
        if (data && block == SNAPSHOT_CARRIED)
            well = read_carried(run, checkpoint, why);
        else
            well = !data || read_block(&run->model.parameters, checkpoint, block,
                                       block == SNAPSHOT_WEIGHTS ? whole : part, data, why);
    }
    return well;
}

bool snapshot_settings(struct settings *settings, const struct checkpoint *checkpoint,
                       struct reason *why)
{
    struct faults faults = {0};
    for (int row = 0; row < settings_count; row++) {
        const char *value = snapshot_setting(checkpoint, row);
        if (kept_in_checkpoint(&settings_table[row]) && value)
            settings_set(settings, row, value, FROM_RUN, settings_table[row].name, &faults);
    }
    struct reason inner;
    if (!metric_find(settings->valid_metric, ~0, true, &inner))
        faults_add(&faults, "valid-metric: %s", inner.text);
    bool well = faults.count == 0 || fail(why, "has a wrong setting: %s", faults.text.bytes);
    text_release(&faults.text);
    return well;
}

static bool open_parts(struct snapshot *snapshot, struct checkpoint *checkpoint, int with_weights,
                       struct reason *why)
{
    struct shape shape;
    if (!snapshot_settings(&snapshot->settings, checkpoint, why) ||
        !checkpoint_get_contents(checkpoint, snapshot->contents, why))
        return false;
    settings_shape(&snapshot->settings, snapshot->contents, &shape);
    if (!shape_check(&shape, why))
        return false;
    model_init(&snapshot->model, &shape);
    if (!with_weights)
        return true;
    struct range whole = {0, snapshot->model.parameters.total};
    enum snapshot_block block = snapshot_used(&snapshot->settings);
    if (!check_shapes(&snapshot->model.parameters, checkpoint, block, why))
        return false;
    snapshot->weights = memory_take((size_t)whole.count * sizeof *snapshot->weights);
    return read_block(&snapshot->model.parameters, checkpoint, block, whole, snapshot->weights,
                      why);
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
        content_release(&snapshot->contents[side]);
    if (snapshot->model.parameters.list)
        model_release(&snapshot->model);
    memory_free(snapshot->weights);
    settings_release(&snapshot->settings);
}
