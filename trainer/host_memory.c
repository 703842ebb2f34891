#include "trainer/host_memory.h"
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

/* -1 where there is none: "max", or no such file. */
static int64_t number_in(const char *folder, const char *name)
{
    char path[2 * PATH_MAX];
    long long number = -1;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "re");
    if (file && fscanf(file, "%lld", &number) != 1)
        number = -1;
    if (file)
        fclose(file);
    return (int64_t)number;
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
struct version {
    const char *mount, *limit, *used, *given_back;
};
static const struct version first = {"/sys/fs/cgroup/memory", "memory.limit_in_bytes",
                                     "memory.usage_in_bytes", "total_inactive_file"},
                            second = {"/sys/fs/cgroup", "memory.max", "memory.current",
                                      "inactive_file"};

static int64_t left_in(const char *folder, const struct version *version)
{
    int64_t limit = number_in(folder, version->limit), used = number_in(folder, version->used);
    if (limit < 0)
        return INT64_MAX;
    if (used > 0)
        used -= least(used, given_back(folder, version->given_back));
    return used > 0 ? limit - least(limit, used) : limit;
}

/* Of a group and all that it is in. In a container the group's path may lead nowhere; the mount's
 * own root is then the container's group. */
static int64_t left_of_group(const char *root, const struct version *version, char *group)
{
    char path[PATH_MAX];
    int64_t left = INT64_MAX;
    for (char *slash = group + strlen(group);; slash = strrchr(group, '/')) {
        if (slash)
            *slash = '\0';
        if (snprintf(path, sizeof path, "%s%s%s", root, version->mount, group) < PATH_MAX)
            left = least(left, left_in(path, version));
        if (!group[0] || !slash)
            return left;
    }
}

/* A line of /proc/self/cgroup: "0::/group" (v2) or "4:memory:/group" (v1). */
static int64_t left_of_line(const char *root, char *line)
{
    line[strcspn(line, "\n")] = '\0';
    char *controllers = strchr(line, ':');
    char *group = controllers ? strchr(controllers + 1, ':') : NULL;
    if (!group)
        return INT64_MAX;
    *group++ = '\0';
    if (strcmp(controllers, ":") == 0)
        return left_of_group(root, &second, group);
    if (strcmp(controllers, ":memory") == 0)
        return left_of_group(root, &first, group);
    return INT64_MAX;
}

static int64_t left_of_groups(const char *root)
{
    char path[PATH_MAX], line[PATH_MAX];
    int64_t left = INT64_MAX;
    snprintf(path, sizeof path, "%s/proc/self/cgroup", root);
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof line, file))
        left = least(left, left_of_line(root, line));
    if (file)
        fclose(file);
    return left;
}

int64_t host_memory(const char *root)
{
    return least(available(root), left_of_groups(root));
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
