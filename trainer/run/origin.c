#include "trainer/run/origin.h"
#include "comm/base/memory.h"
#include "comm/comm.h"
#include "trainer/process/agree.h"
#include "trainer/settings/faults.h"
#include <string.h>

static void take_model(struct settings *settings, const struct settings *origin)
{
    struct faults faults = {0};
    struct text now = {0}, stored = {0};
    for (int row = 0; row < settings_count; row++) {
        const struct setting *setting = &settings_table[row];
        if (setting->kind != SETTING_MODEL || !settings_get(origin, row, &stored))
            continue;
        if (settings->from[row] >= FROM_CONFIG && settings_get(settings, row, &now) &&
            strcmp(now.bytes, stored.bytes) != 0)
            faults_add(&faults, "--%s %s contradicts --from '%s', which has %s", setting->name,
                       now.bytes, settings->origin, stored.bytes);
        else
            settings_set(settings, row, stored.bytes, FROM_RUN, setting->name, &faults);
    }
    text_release(&now);
    text_release(&stored);
    faults_agree(&faults);
}

struct snapshot *origin_open(struct settings *settings)
{
    struct reason why;
    if (!settings->origin)
        return NULL;
    struct snapshot *origin = memory_take(sizeof *origin);
    agree(snapshot_open(origin, settings->origin, comm_rank() == 0, &why), "checkpoint '%s': %s",
          settings->origin, why.text);
    take_model(settings, &origin->settings);
    return origin;
}

void origin_compare(const struct snapshot *origin, const struct corpus *corpus,
                    const struct settings *settings)
{
    struct reason why;
    agree(contents_alike(corpus->contents, origin->contents, &why),
          "corpus '%s' is not like '%s': %s (prepare it with --like %s)", corpus->path,
          settings->origin, why.text, settings->origin);
}

void origin_close(struct snapshot *origin)
{
    if (origin)
        snapshot_close(origin);
    memory_free(origin);
}
