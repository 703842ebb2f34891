#include "trainer/run/origin.h"
#include "comm/base/memory.h"
#include "comm/comm.h"
#include "trainer/process/agree.h"
#include "trainer/run/continue.h"

static void take_model(struct settings *settings, const struct settings *origin)
{
    struct faults faults = {0};
    struct text stored = {0};
    for (int row = 0; row < settings_count; row++)
        if (settings_table[row].kind == SETTING_MODEL && settings_get(origin, row, &stored))
            continue_take(settings, row, stored.bytes, "--from", settings->origin, &faults);
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
