/* What a run gets less than its hosts could give, and what to do, in lines of the log: a pure
 * function of what each rank found. Nothing is timed. */
#ifndef PERFORMANCE_H
#define PERFORMANCE_H

#include "comm/base/text.h"
#include <stdbool.h>
#include <stdint.h>

/* What one rank found; gathered from all. */
struct performance_rank {
    uint64_t host, mask; // hashes: of the host's name, of the hardware threads that it may use
    int threads;         // that it runs
    int cores;           // that it may use
    int offered;         // that mpirun has on this host for all ranks; 0: not known
    double quota;        // cores' time that a control group grants to all of this host; 0: no limit
    int slow;            // the governor keeps its cores at their lowest frequency
    char widest[16];     // kernel_widest() of its processor
};

struct performance {
    const struct performance_rank *ranks; // of all ranks
    int size;
    const char *(*host_of)(int rank);
    const char *kernel; // that computes
    const char *asked;  // what asked for it ("--kernel"), or NULL
    bool choosable;     // the library has several kernels
    bool optimised;     // by the compiler
};

/* How many ranks of this one's host may use the same hardware threads, itself included. */
int performance_sharers(const struct performance_rank *ranks, int size, int rank);

/* Adds a line, ended by a newline, for each thing; of several hosts alike the first is named. */
void performance_words(const struct performance *performance, struct text *lines);

#endif
