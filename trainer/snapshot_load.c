#include "trainer/agree.h"
#include "trainer/computing.h"
#include "trainer/run_memory.h"
#include "trainer/snapshot.h"

void snapshot_load(struct snapshot *snapshot, const struct settings *settings)
{
    struct reason why;
    computing_start(settings);
    computing_agree(settings);
    agree(snapshot_open(snapshot, settings->model, 1, &why), "checkpoint '%s': %s", settings->model,
          why.text);
    run_memory_addresses(0, "");
}
