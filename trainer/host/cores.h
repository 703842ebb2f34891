/* How many cores this rank may use, what part of them is its share, and how fast they may run. */
#ifndef CORES_H
#define CORES_H

#include <stdbool.h>
#include <stdint.h>

int cores_count(void);     // in the mask of this process, hardware threads of one core counted once
uint64_t cores_mask(void); // a hash of the mask
/* In the mask of mpirun, or of its daemon on this host, where that is what started this process;
 * else 0. */
int cores_offered(void);
/* Does the governor keep the first core of the mask at its lowest frequency? root: "", or the
 * folder that stands for it. */
bool cores_slow(const char *root);

/* Threads that a rank runs where no setting says it: wanted (the value of OMP_NUM_THREADS, or NULL)
 * if it starts with a whole number from 1; else its share of the cores, which `ranks` ranks have in
 * common, at least 1. */
int cores_threads(const char *wanted, int cores, int ranks);

#endif
