#include "trainer/checkpoint/snapshot.h"
#include "comm/base/memory.h"
#include "trainer/host/address_space.h"
#include "trainer/host/computing.h"
#include "trainer/metric/metric.h"
#include "trainer/process/agree.h"
#include <string.h>

const char *const snapshot_block_names[] = {"parameters", "moments/first", "moments/second",
                                            "average", "carried"};

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

bool snapshot_write_settings(const struct settings *settings, struct checkpoint_writer *writer,
                             struct reason *why)
{
    struct text value = {0};
    bool well = true;
    for (int row = 0; row < settings_count && well; row++) {
        text_clear(&value);
        if (kept_in_checkpoint(&settings_table[row]) && settings_get(settings, row, &value) &&
            !goes_without_saying(&settings_table[row], &value))
            well = checkpoint_setting(writer, settings_table[row].name, value.bytes, why);
    }
    text_release(&value);
    return well;
}

static bool read_settings(struct settings *settings, const struct checkpoint *checkpoint,
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

bool snapshot_check(const struct parameters *parameters, struct checkpoint *checkpoint,
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

bool snapshot_read(const struct parameters *parameters, struct checkpoint *checkpoint,
                   enum snapshot_block block, struct range part, float *data, struct reason *why)
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

static bool open_parts(struct snapshot *snapshot, struct checkpoint *checkpoint, int with_weights,
                       struct reason *why)
{
    struct shape shape;
    if (!read_settings(&snapshot->settings, checkpoint, why) ||
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
    if (!snapshot_check(&snapshot->model.parameters, checkpoint, block, why))
        return false;
    snapshot->weights = memory_take((size_t)whole.count * sizeof *snapshot->weights);
    return snapshot_read(&snapshot->model.parameters, checkpoint, block, whole, snapshot->weights,
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

void snapshot_load(struct snapshot *snapshot, const struct settings *settings)
{
    struct reason why;
    computing_start(settings);
    agree(snapshot_open(snapshot, settings->model, 1, &why), "checkpoint '%s': %s", settings->model,
          why.text);
    address_space_check(0, "");
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
