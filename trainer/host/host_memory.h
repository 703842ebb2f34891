/* What memory is there. */
#ifndef HOST_MEMORY_H
#define HOST_MEMORY_H

#include <stdint.h>

/* Bytes for all ranks of this host together: the smallest of MemAvailable and what is left in the
 * cgroups that this process is in (v2 memory.max, v1 memory.limit_in_bytes, less what the group
 * uses beside files that were read; a batch system's or a container's). INT64_MAX where nothing is
 * known. root: "", or the folder that stands for it. */
int64_t host_memory(const char *root);
/* Bytes of address space that RLIMIT_AS leaves this process; INT64_MAX without a limit. */
int64_t host_memory_addresses(void);

#endif
