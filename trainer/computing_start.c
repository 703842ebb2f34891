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

static struct {
    struct crowd crowd;
    int rank; // one of it
} worst;

/* [all] Ranks of this host that may use the same cores, this one included: those that no launcher
 * bound, or bound to one socket together. The first crowd that has more threads than cores is kept
 * in `worst`. */
static int sharers(int threads_of_rank)
{
    struct place {
        uint64_t host, mask;
        struct crowd crowd;
    } mine = {hash_text(comm_host()), cores_mask(), {0, threads_of_rank, cores_count()}};
    int size = comm_size();
    struct place *all = memory_take((size_t)size * sizeof *all);
    comm_all_gather(&mine, sizeof mine, all);
    for (int i = 0; i < size; i++)
        for (int k = 0; k < size; k++)
            all[i].crowd.ranks += all[i].host == all[k].host && all[i].mask == all[k].mask;
    int count = all[comm_rank()].crowd.ranks;
    for (int i = size - 1; i >= 0; i--)
        if (cores_crowded(&all[i].crowd)) {
            worst.crowd = all[i].crowd;
            worst.rank = i;
        }
    memory_free(all);
    return count;
}

bool computing_crowded(struct text *words)
{
    if (worst.crowd.ranks > 0)
        cores_words(&worst.crowd, comm_host_of(worst.rank), words);
    return worst.crowd.ranks > 0;
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
    int chosen = cores_threads(getenv("OMP_NUM_THREADS"), cores_count(), sharers(0));
    product_start();
    if (settings->kernel)
        refuse_other_kernel(settings->kernel);
    threads_set(settings->threads == CHOSEN ? chosen : (int)settings->threads);
    sharers(threads());
}
