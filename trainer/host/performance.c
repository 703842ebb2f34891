#include "trainer/host/performance.h"
#include "model/product/kernel.h"
#include <math.h>
#include <strings.h>

int performance_sharers(const struct performance_rank *ranks, int size, int rank)
{
    int count = 0;
    for (int i = 0; i < size; i++)
        count += ranks[i].host == ranks[rank].host && ranks[i].mask == ranks[rank].mask;
    return count;
}

/* More threads than cores, of the ranks that share these. */
static bool crowded(const struct performance *performance, int rank)
{
    const struct performance_rank *mine = &performance->ranks[rank];
    int sharers = performance_sharers(performance->ranks, performance->size, rank);
    return (int64_t)sharers * mine->threads > mine->cores;
}

/* The ranks of a host together. */
struct host {
    int ranks, threads;
    int cores; // that one of them at least may use
    bool crowded;
};

static struct host host_of(const struct performance *performance, int rank)
{
    const struct performance_rank *ranks = performance->ranks;
    struct host host = {0};
    for (int i = 0; i < performance->size; i++) {
        if (ranks[i].host != ranks[rank].host)
            continue;
        bool seen = false;
        for (int k = 0; k < i && !seen; k++)
            seen = ranks[k].host == ranks[i].host && ranks[k].mask == ranks[i].mask;
        host.ranks++;
        host.threads += ranks[i].threads;
        host.cores += seen ? 0 : ranks[i].cores;
        host.crowded |= crowded(performance, i);
    }
    return host;
}

static bool is_first_of_its_host(const struct performance *performance, int rank)
{
    for (int i = 0; i < rank; i++)
        if (performance->ranks[i].host == performance->ranks[rank].host)
            return false;
    return true;
}

static bool crowd_words(const struct performance *performance, int rank, struct text *lines)
{
    const struct performance_rank *mine = &performance->ranks[rank];
    int ranks = performance_sharers(performance->ranks, performance->size, rank);
    int threads = mine->threads, cores = mine->cores;
    if (!crowded(performance, rank))
        return false;
    text_add_format(lines,
                    "warning: %d rank%s of %d thread%s share%s %d core%s on host '%s': %s: mpirun "
                    "--map-by slot:PE=%d --bind-to core\n",
                    ranks, ranks == 1 ? "" : "s", threads, threads == 1 ? "" : "s",
                    ranks == 1 ? "s" : "", cores, cores == 1 ? "" : "s", performance->host_of(rank),
                    ranks == 1 ? "fewer --threads, or more cores for it"
                               : "fewer ranks or --threads, or for each its own cores",
                    threads);
    return true;
}

static bool quota_words(const struct performance *performance, int rank, struct text *lines)
{
    double quota = performance->ranks[rank].quota;
    int threads = host_of(performance, rank).threads;
    if (quota == 0 || threads <= ceil(quota))
        return false;
    text_add_format(lines,
                    "warning: %d threads on host '%s' have the time of %.3g core%s, by the quota "
                    "of a control group (cpu.max): fewer --threads, or a larger quota\n",
                    threads, performance->host_of(rank), quota, quota == 1 ? "" : "s");
    return true;
}

/* mpirun binds one or two ranks to a core each where it is not told otherwise. */
static bool idle_words(const struct performance *performance, int rank, struct text *lines)
{
    struct host host = host_of(performance, rank);
    int offered = performance->ranks[rank].offered;
    if (host.crowded || 2 * host.cores > offered)
        return false;
    text_add_format(lines,
                    "warning: mpirun bound its ranks to %d of %d cores on host '%s': mpirun "
                    "--map-by slot:PE=%d --bind-to core\n",
                    host.cores, offered, performance->host_of(rank), offered / host.ranks);
    return true;
}

static bool frequency_words(const struct performance *performance, int rank, struct text *lines)
{
    if (!performance->ranks[rank].slow)
        return false;
    text_add_format(lines,
                    "warning: the governor 'powersave' keeps the cores of host '%s' at their "
                    "lowest frequency: cpupower frequency-set --governor performance\n",
                    performance->host_of(rank));
    return true;
}

static void kernel_words(const struct performance *performance, struct text *lines)
{
    const char *taken = performance->kernel, *could = performance->ranks[0].widest;
    for (int i = 1; i < performance->size; i++)
        if (kernel_narrower(performance->ranks[i].widest, could))
            could = performance->ranks[i].widest;
    if (kernel_narrower(taken, could)) {
        text_add_format(lines,
                        "warning: kernel %s is made of %s, and the processors have %s: ", taken,
                        kernel_instructions(taken), kernel_instructions(could));
        if (!performance->choosable)
            text_add_format(lines,
                            "an OpenBLAS built for them, or with DYNAMIC_ARCH, would be faster\n");
        else if (performance->asked)
            text_add_format(lines, "without %s it would be faster\n", performance->asked);
        else
            text_add_format(lines, "--kernel %s would be faster\n", could);
    }
    if (!performance->asked && strcasecmp(taken, "ARMV8") == 0)
        text_add_format(lines,
                        "warning: OpenBLAS does not know this processor and took its "
                        "generic kernel %s: a newer OpenBLAS, or another --kernel, may be "
                        "faster\n",
                        taken);
}

void performance_words(const struct performance *performance, struct text *lines)
{
    bool (*const of_hosts[])(const struct performance *, int,
                             struct text *) = {quota_words, idle_words, frequency_words};
    for (int rank = 0; rank < performance->size; rank++)
        if (crowd_words(performance, rank, lines))
            break;
    for (size_t i = 0; i < sizeof of_hosts / sizeof *of_hosts; i++)
        for (int rank = 0; rank < performance->size; rank++)
            if (is_first_of_its_host(performance, rank) && of_hosts[i](performance, rank, lines))
                break;
    kernel_words(performance, lines);
    if (!performance->optimised)
        text_add_format(lines, "warning: chorus was built without optimisation and is many times "
                               "slower: cmake --preset release\n");
}
