#define _GNU_SOURCE // sched_getaffinity
#include "trainer/host/cores.h"
#include "comm/base/hash.h"
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static cpu_set_t mask_of(pid_t process) // 0: this one
{
    cpu_set_t mask;
    CPU_ZERO(&mask);
    if (sched_getaffinity(process, sizeof mask, &mask) != 0 || CPU_COUNT(&mask) == 0)
        CPU_SET(0, &mask);
    return mask;
}

/* The lowest hardware thread of the core that this one belongs to: the core's name. */
static int core_of(int cpu)
{
    char path[96];
    int first = cpu;
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", cpu);
    FILE *file = fopen(path, "r");
    if (!file)
        return cpu;
    bool known = fscanf(file, "%d", &first) == 1 && first >= 0 && first < CPU_SETSIZE;
    fclose(file);
    return known ? first : cpu;
}

static int count(cpu_set_t mask)
{
    cpu_set_t cores;
    CPU_ZERO(&cores);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &mask))
            CPU_SET(core_of(cpu), &cores);
    return CPU_COUNT(&cores);
}

int cores_count(void)
{
    return count(mask_of(0));
}

uint64_t cores_mask(void)
{
    cpu_set_t mask = mask_of(0);
    return hash_bytes(&mask, sizeof mask);
}

/* The first word of a file; "" where there is none. */
static void read_word(const char *path, char word[32])
{
    FILE *file = fopen(path, "re");
    if (!file || fscanf(file, "%31s", word) != 1)
        word[0] = '\0';
    if (file)
        fclose(file);
}

int cores_offered(void)
{
    char path[64], name[32];
    snprintf(path, sizeof path, "/proc/%ld/comm", (long)getppid());
    read_word(path, name);
    bool launcher = strcmp(name, "mpirun") == 0 || strcmp(name, "orted") == 0;
    return launcher ? count(mask_of(getppid())) : 0;
}

/* The drivers intel_pstate and amd-pstate-epp mean something else by that name. */
bool cores_slow(const char *root)
{
    char path[512], governor[32], driver[32];
    cpu_set_t mask = mask_of(0);
    int first = 0;
    while (!CPU_ISSET(first, &mask))
        first++;
    snprintf(path, sizeof path, "%s/sys/devices/system/cpu/cpu%d/cpufreq/scaling_governor", root,
             first);
    read_word(path, governor);
    snprintf(path, sizeof path, "%s/sys/devices/system/cpu/cpu%d/cpufreq/scaling_driver", root,
             first);
    read_word(path, driver);
    return strcmp(governor, "powersave") == 0 && strcmp(driver, "intel_pstate") != 0 &&
           strcmp(driver, "amd-pstate-epp") != 0;
}

int cores_threads(const char *wanted, int cores, int ranks)
{
    char *end;
    long number = wanted ? strtol(wanted, &end, 10) : 0;
    if (number >= 1 && number <= 4096 && (*end == '\0' || *end == ','))
        return (int)number;
    int share = cores / ranks;
    return share > 1 ? share : 1;
}
