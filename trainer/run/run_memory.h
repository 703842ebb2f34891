/* What memory a rank of a run will hold, by part, and whether its host has it. */
#ifndef RUN_MEMORY_H
#define RUN_MEMORY_H

#include "trainer/run/run.h"

/* Bytes, about, beside what libraries take. batches: with the longest sentences that there are. */
struct run_memory {
    int64_t weights, gradients, moments, batches;
    int64_t average; // 0 without --average
    int64_t carried; // 0 but of a running text
    int64_t copy;    // rank 0's, for checkpoints
};
/* From settings, model and corpora alone. */
void run_memory(const struct run *run, struct run_memory *memory);
/* "weights 1.1 MB, gradients and exchange 9 MB, moments 2.2 MB, a micro-batch 30 MB" */
enum { RUN_MEMORY_WORDS = 320 };
void run_memory_words(const struct run_memory *memory, char words[RUN_MEMORY_WORDS]);
/* [all] Ends the run where there is less than it needs: on a host for its ranks together, in the
 * address space that a rank is allowed. */
void run_memory_check(const struct run *run);

#endif
