#include "trainer/host/computing.h"
#include "comm/base/die.h"
#include "comm/base/hash.h"
#include "comm/base/memory.h"
#include "comm/comm.h"
#include "io/run/run_folder.h"
#include "io/sealed/sealed.h"
#include "io/text/json.h"
#include "model/product/kernel.h"
#include "model/product/product.h"
#include "model/product/threads.h"
#include "trainer/host/cgroup.h"
#include "trainer/host/cores.h"
#include "trainer/host/performance.h"
#include "trainer/process/agree.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static struct text remarks; // on rank 0

/* [all] What each rank found, to be freed; threads are not known yet. */
static struct performance_rank *gather(void)
{
    struct performance_rank mine = {.host = hash_text(comm_host()),
                                    .mask = cores_mask(),
                                    .cores = cores_count(),
                                    .offered = cores_offered(),
                                    .quota = cgroup_cores(""),
                                    .slow = cores_slow("")};
    struct processor processor;
    processor_read(&processor);
    snprintf(mine.widest, sizeof mine.widest, "%s", kernel_widest(&processor));
    struct performance_rank *all = memory_take((size_t)comm_size() * sizeof *all);
    comm_all_gather(&mine, sizeof mine, all);
    return all;
}

/* [all] How many threads each rank has taken. */
static void gather_threads(struct performance_rank *all)
{
    int mine = threads();
    int *counts = memory_take((size_t)comm_size() * sizeof *counts);
    comm_all_gather(&mine, sizeof mine, counts);
    for (int rank = 0; rank < comm_size(); rank++)
        all[rank].threads = counts[rank];
    memory_free(counts);
}

/* This rank's share of the cores that it may use and of the time that it is granted. */
static int chosen_threads(const struct performance_rank *all)
{
    const struct performance_rank *mine = &all[comm_rank()];
    int granted =
        mine->quota > 0 && mine->quota < mine->cores ? (int)ceil(mine->quota) : mine->cores;
    return cores_threads(getenv("OMP_NUM_THREADS"), granted,
                         performance_sharers(all, comm_size(), comm_rank()));
}

static void remark(const struct settings *settings, const struct performance_rank *all)
{
    const char *coretype = getenv("OPENBLAS_CORETYPE");
    struct performance performance = {.ranks = all,
                                      .size = comm_size(),
                                      .host_of = comm_host_of,
                                      .kernel = product_kernel(),
                                      .choosable = product_choosable(),
                                      .asked =
                                          coretype && coretype[0] ? "OPENBLAS_CORETYPE" : NULL};
#ifdef __OPTIMIZE__
    performance.optimised = true;
#endif
    if (settings->kernel && strcasecmp(settings->kernel, "auto") != 0)
        performance.asked = "--kernel";
    performance_words(&performance, &remarks);
}

const char *computing_remarks(void)
{
    return remarks.bytes ? remarks.bytes : "";
}

static void refuse_unless(bool can, const char *name, const struct reason *why)
{
    char trouble[sizeof why->text + 32];
    snprintf(trouble, sizeof trouble, "--%s: %s", name, why->text);
    comm_agree(can ? NULL : trouble, STATUS_USAGE, 0);
}

static void start_products(const struct settings *settings)
{
    struct reason why = {""};
    refuse_unless(product_start((enum products)settings->products, &why), "products", &why);
    refuse_unless(product_precise((enum precision)settings->precision, &why), "precision", &why);
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

/* Everything that may change bits. Ranks, hosts and threads may not, so they are not in it. */
static void describe(const struct settings *settings, struct text *text)
{
    text_add_format(text, "chorus %s (%s), %s, %s", CHORUS_VERSION, __VERSION__,
                    product_words((enum precision)settings->precision), sealed_library());
}

/* [all] */
static void refuse_others(const struct settings *settings)
{
    enum { MOST = 256 };
    char mine[MOST] = "", first[MOST];
    struct text text = {0};
    describe(settings, &text);
    snprintf(mine, sizeof mine, "%s", text.bytes);
    text_release(&text);
    memcpy(first, mine, sizeof first);
    comm_broadcast(first, sizeof first, 0);
    agree(strcmp(mine, first) == 0,
          "computes with %s, but rank 0 with %s: choose one with --kernel and --products", mine,
          first);
}

void computing_start(const struct settings *settings)
{
    struct performance_rank *all = gather();
    start_products(settings);
    if (settings->kernel)
        refuse_other_kernel(settings->kernel);
    threads_set(settings->threads == CHOSEN ? chosen_threads(all) : (int)settings->threads);
    gather_threads(all);
    if (comm_rank() == 0)
        remark(settings, all);
    memory_free(all);
    refuse_others(settings);
}

void computing_record(const struct settings *settings, const char *folder, int continued)
{
    if (comm_rank() != 0)
        return;
    struct reason why;
    struct text now = {0}, before = {0}, description = {0};
    describe(settings, &description);
    json_open(&now, NULL);
    json_text(&now, "computing", description.bytes);
    json_close(&now);
    text_add(&now, "\n", 1);
    if (continued && run_folder_read(folder, "computing.json", &before, &why) &&
        strcmp(before.bytes, now.bytes) != 0)
        fprintf(stderr,
                "warning: the run was computed with %.*s and goes on with %s: its bits may differ "
                "from an undisturbed run's "
                "(--kernel and --products give the old choice back)\n",
                (int)strcspn(before.bytes, "\n"), before.bytes, description.bytes);
    if (!run_folder_write(folder, "computing.json", &now, &why))
        die("run folder '%s': %s", folder, why.text);
    text_release(&now);
    text_release(&before);
    text_release(&description);
}
