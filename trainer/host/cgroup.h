/* The control groups that this process is in, and what they are in, of either version: where a
 * batch system or a container sets its limits. */
#ifndef CGROUP_H
#define CGROUP_H

#include <stdint.h>

/* Calls `look` for the folder of each group of this controller ("memory", "cpu"), from the
 * process's own up to the root; version: 1 or 2. In a container the group's path may lead nowhere;
 * the mount's own root is then the container's group. root: "", or the folder that stands for
 * it. */
void cgroup_each(const char *root, const char *controller,
                 void (*look)(const char *folder, int version, void *context), void *context);

/* The number at the head of a group's file, or -1 where there is none: "max", or no such file. */
int64_t cgroup_number(const char *folder, const char *name);

/* How many cores' time the groups grant this process and all that share them (cpu.max, or
 * cpu.cfs_quota_us); 0: no limit. */
double cgroup_cores(const char *root);

#endif
