/* How many cores this rank may use, and what part of them is its share. */
#ifndef CORES_H
#define CORES_H

#include "comm/base/text.h"
#include <stdint.h>

int cores_count(void);     // in the mask of this process, hardware threads of one core counted once
uint64_t cores_mask(void); // a hash of the mask

/* Threads that a rank runs where no setting says it: wanted (the value of OMP_NUM_THREADS, or NULL)
 * if it starts with a whole number from 1; else its share of the cores, which `ranks` ranks have in
 * common, at least 1. */
int cores_threads(const char *wanted, int cores, int ranks);

/* Ranks of one host that share a set of cores. */
struct crowd {
    int ranks, threads, cores; // threads of each rank
};
bool cores_crowded(const struct crowd *crowd); // more threads than cores
void cores_words(const struct crowd *crowd, const char *host, struct text *words); // the warning

#endif
