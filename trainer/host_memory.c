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

/* "max" and what is not there limit nothing. */
static int64_t limit_in(const char *path)
{
    long long bytes = -1;
    FILE *file = fopen(path, "re");
    if (file && fscanf(file, "%lld", &bytes) != 1)
        bytes = -1;
    if (file)
        fclose(file);
    return bytes < 0 ? INT64_MAX : (int64_t)bytes;
}

/* Of a group and all that it is in. In a container the group's path may lead nowhere; the mount's
 * own root is then the container's group. */
static int64_t limit_of_group(const char *root, const char *mount, char *group, const char *name)
{
    char path[PATH_MAX];
    int64_t limit = INT64_MAX;
    for (char *slash = group + strlen(group);; slash = strrchr(group, '/')) {
        if (slash)
            *slash = '\0';
        if (snprintf(path, sizeof path, "%s%s%s/%s", root, mount, group, name) < PATH_MAX)
            limit = least(limit, limit_in(path));
        if (!group[0] || !slash)
            return limit;
    }
}

/* A line of /proc/self/cgroup: "0::/group" (v2) or "4:memory:/group" (v1). */
static int64_t limit_of_line(const char *root, char *line)
{
    line[strcspn(line, "\n")] = '\0';
    char *controllers = strchr(line, ':');
    char *group = controllers ? strchr(controllers + 1, ':') : NULL;
    if (!group)
        return INT64_MAX;
    *group++ = '\0';
    if (strcmp(controllers, ":") == 0)
        return limit_of_group(root, "/sys/fs/cgroup", group, "memory.max");
    if (strcmp(controllers, ":memory") == 0)
        return limit_of_group(root, "/sys/fs/cgroup/memory", group, "memory.limit_in_bytes");
    return INT64_MAX;
}

static int64_t limit_of_groups(const char *root)
{
    char path[PATH_MAX], line[PATH_MAX];
    int64_t limit = INT64_MAX;
    snprintf(path, sizeof path, "%s/proc/self/cgroup", root);
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof line, file))
        limit = least(limit, limit_of_line(root, line));
    if (file)
        fclose(file);
    return limit;
}

int64_t host_memory(const char *root)
{
    return least(available(root), limit_of_groups(root));
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
