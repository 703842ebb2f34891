/* What was measured of training, and how it is told. */
#ifndef BENCHMARK_REPORT_H
#define BENCHMARK_REPORT_H

#include "comm/base/parts.h"
#include "trainer/benchmark/benchmark.h"

struct measured_block {
    double seconds;
    int64_t tokens, source_tokens; // of all ranks
    int64_t useful;                // multiply-adds
    double validation_seconds;     // on the same micro-batches, in turn with the updates
    int64_t validation_tokens;     // target, of all ranks
};
struct measured {
    int64_t updates, skipped;
    int64_t block_size, block_count; // in updates; whole ones
    struct measured_block *blocks;
    double first;          // seconds of the first update
    double checkpoint;     // seconds of one
    double parts[PARTS];   // seconds of all updates
    int64_t useful[PARTS]; // multiply-adds of all updates
    int64_t memory;        // peak of a rank, bytes
};

/* On rank 0: a table on standard output, or with --json an object. */
void benchmark_report(const struct benchmark *benchmark, const struct measured *measured);

#endif
