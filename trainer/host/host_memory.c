#include "trainer/host/host_memory.h"
#include "trainer/host/cgroup.h"
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t available(const char *root)
{
    char path[PATH_MAX], line[256];
    long long kilobytes = -1;
    snprintf(path, sizeof path, "%s/proc/meminfo", root);
    FILE *file = fopen(path, "re");
    while (file && kilobytes < 0 && fgets(line, sizeof line, file))
        sscanf(line, "MemAvailable: %lld kB", &kilobytes);
    if (file)
        fclose(file);
    return kilobytes < 0 ? INT64_MAX : (int64_t)kilobytes * 1024;
}

/* What the kernel would give back of the pages of files. 0 where it is not told. */
static int64_t given_back(const char *folder, const char *name)
{
    char path[2 * PATH_MAX], word[64];
    long long number;
    int64_t found = 0;
    snprintf(path, sizeof path, "%s/memory.stat", folder);
    FILE *file = fopen(path, "re");
    while (file && fscanf(file, "%63s %lld", word, &number) == 2)
        if (strcmp(word, name) == 0)
            found = (int64_t)number;
    if (file)
        fclose(file);
    return found;
}

/* The files of a group, by the version of cgroups. */
static const struct {
    const char *limit, *used, *given_back;
} files[] = {[1] = {"memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"},
             [2] = {"memory.max", "memory.current", "inactive_file"}};

static void look_for_limit(const char *folder, int version, void *context)
{
    int64_t *left = context, limit = cgroup_number(folder, files[version].limit),
            used = cgroup_number(folder, files[version].used);
    if (limit < 0)
        return;
    if (used > 0)
        used -= least(used, given_back(folder, files[version].given_back));
    *left = least(*left, used > 0 ? limit - least(limit, used) : limit);
}

int64_t host_memory(const char *root)
{
    int64_t left = available(root);
    cgroup_each(root, "memory", look_for_limit, &left);
    return left;
}

int64_t host_memory_addresses(void)
{
    struct rlimit limit;
    long long pages = 0;
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return INT64_MAX;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file && fscanf(file, "%lld", &pages) != 1)
        pages = 0;
    if (file)
        fclose(file);
    int64_t left = (int64_t)limit.rlim_cur - (int64_t)pages * sysconf(_SC_PAGESIZE);
    return left > 0 ? left : 0;
}
