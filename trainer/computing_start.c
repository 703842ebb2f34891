#include "comm/base/die.h"
#include "comm/base/hash.h"
#include "comm/base/memory.h"
#include "comm/comm.h"
#include "model/product.h"
#include "model/threads.h"
#include "trainer/computing.h"
#include "trainer/cores.h"
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

/* [all] Ranks of this host that may use the same cores, this one included: those that no launcher
 * bound, or bound to one socket together. */
static int sharers(void)
{
    struct place {
        uint64_t host, mask;
    } mine = {hash_text(comm_host()), cores_mask()};
    int count = 0;
    struct place *all = memory_take((size_t)comm_size() * sizeof *all);
    comm_all_gather(&mine, sizeof mine, all);
    for (int rank = 0; rank < comm_size(); rank++)
        count += all[rank].host == mine.host && all[rank].mask == mine.mask;
    memory_free(all);
    return count;
}

/* A library that does not know a kernel takes another and says nothing. */
static void refuse_other_kernel(const char *wanted)
{
    char trouble[256];
    int taken = strcasecmp(wanted, "auto") == 0 || strcasecmp(wanted, product_kernel()) == 0;
    snprintf(trouble, sizeof trouble, "kernel '%s' was not taken by %s, which took '%s'", wanted,
             product_library(), product_kernel());
    comm_agree(taken ? NULL : trouble, STATUS_USAGE, 0);
}

void computing_start(const struct settings *settings)
{
    int chosen = cores_threads(getenv("OMP_NUM_THREADS"), cores_count(), sharers());
    product_start();
    if (settings->kernel)
        refuse_other_kernel(settings->kernel);
    threads_set(settings->threads == CHOSEN ? chosen : (int)settings->threads);
}
