#include "trainer/host/cgroup.h"
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

int64_t cgroup_number(const char *folder, const char *name)
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

struct visit {
    const char *root, *controller;
    void (*look)(const char *folder, int version, void *context);
    void *context;
};

static void visit_group(const struct visit *visit, int version, char *group)
{
    char path[PATH_MAX];
    bool own_mount = version == 1;
    for (char *slash = group + strlen(group);; slash = strrchr(group, '/')) {
        if (slash)
            *slash = '\0';
        if (snprintf(path, sizeof path, "%s/sys/fs/cgroup%s%s%s", visit->root, own_mount ? "/" : "",
                     own_mount ? visit->controller : "", group) < PATH_MAX)
            visit->look(path, version, visit->context);
        if (!group[0] || !slash)
            return;
    }
}

static bool is_among(const char *name, char *names)
{
    char *rest = NULL;
    for (char *each = strtok_r(names, ",", &rest); each; each = strtok_r(NULL, ",", &rest))
        if (strcmp(each, name) == 0)
            return true;
    return false;
}

/* A line of /proc/self/cgroup: "0::/group" (v2) or "4:cpu,cpuacct:/group" (v1). */
static void visit_line(const struct visit *visit, char *line)
{
    line[strcspn(line, "\n")] = '\0';
    char *controllers = strchr(line, ':');
    char *group = controllers ? strchr(controllers + 1, ':') : NULL;
    if (!group)
        return;
    *group++ = '\0';
    if (!controllers[1])
        visit_group(visit, 2, group);
    else if (is_among(visit->controller, controllers + 1))
        visit_group(visit, 1, group);
}

void cgroup_each(const char *root, const char *controller,
                 void (*look)(const char *folder, int version, void *context), void *context)
{
    struct visit visit = {root, controller, look, context};
    char path[PATH_MAX], line[PATH_MAX];
    snprintf(path, sizeof path, "%s/proc/self/cgroup", root);
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof line, file))
        visit_line(&visit, line);
    if (file)
        fclose(file);
}

/* cpu.max holds quota and period. */
static int64_t period_of(const char *folder)
{
    char path[2 * PATH_MAX];
    long long quota, period = 0;
    snprintf(path, sizeof path, "%s/cpu.max", folder);
    FILE *file = fopen(path, "re");
    if (file && fscanf(file, "%lld %lld", &quota, &period) != 2)
        period = 0;
    if (file)
        fclose(file);
    return (int64_t)period;
}

static void look_for_quota(const char *folder, int version, void *context)
{
    double *cores = context;
    int64_t quota = cgroup_number(folder, version == 1 ? "cpu.cfs_quota_us" : "cpu.max");
    int64_t period = version == 1 ? cgroup_number(folder, "cpu.cfs_period_us") : period_of(folder);
    if (quota <= 0 || period <= 0)
        return;
    double granted = (double)quota / (double)period;
    if (*cores == 0 || granted < *cores)
        *cores = granted;
}

double cgroup_cores(const char *root)
{
    double cores = 0;
    cgroup_each(root, "cpu", look_for_quota, &cores);
    return cores;
}
