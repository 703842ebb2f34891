/* The yardstick: sgemm on all ranks at once, with the best kernel that there is, which need not be
 * the one that computes here: then the program measures it by itself. */
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "comm/comm.h"
#include "model/product/kernel.h"
#include "model/product/product.h"
#include "trainer/benchmark/benchmark.h"
#include "trainer/benchmark/peak.h"
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

/* Those without a lane only wait. */
int benchmark_working_ranks(const struct benchmark *benchmark)
{
    int lanes = (int)benchmark->settings->lanes;
    return lanes < comm_size() ? lanes : comm_size();
}

/* Is another kernel at work than the program, or else the library, takes where nothing is said? */
static bool kernel_is_given(void)
{
    struct processor processor;
    struct reason why;
    const char *best;
    processor_read(&processor);
    if (kernel_choose(&processor, "auto", NULL, &best, &why) && best)
        return strcasecmp(best, product_kernel()) != 0;
    return getenv("OPENBLAS_CORETYPE") != NULL;
}

/* 0 where it cannot be had. */
static double peak_of_best(void)
{
    struct reason why;
    struct text number = {0};
    bool well = benchmark_ask("auto", "auto", benchmark_ask_peak, &number, &why);
    double peak = well ? strtod(number.bytes ? number.bytes : "", NULL) : 0;
    if (!well)
        fprintf(stderr, "warning: the best kernel's peak: %s\n", why.text);
    text_release(&number);
    return peak;
}

void benchmark_peak(struct benchmark *benchmark)
{
    require(benchmark->peaks < 2);
    comm_agree(NULL, STATUS_DONE, 0); // all at once: they share caches and clock
    double mine = peak_sgemm(), best = kernel_is_given() ? peak_of_best() : 0, sum = 0;
    mine = best > mine ? best : mine;
    double *all = memory_take((size_t)comm_size() * sizeof *all);
    comm_all_gather(&mine, sizeof mine, all);
    for (int rank = 0; rank < benchmark_working_ranks(benchmark); rank++)
        sum += all[rank];
    memory_free(all);
    benchmark->peak[benchmark->peaks++] = sum;
}

double benchmark_best_peak(const struct benchmark *benchmark)
{
    return benchmark->peak[benchmark->peak[1] > benchmark->peak[0]];
}
