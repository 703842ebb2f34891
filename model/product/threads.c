#include "model/product/threads.h"
#include "comm/base/die.h"

static int count = 1;

void threads_set(int threads)
{
    require(threads >= 1);
    count = threads;
}

int threads(void)
{
    return count;
}

void threads_run(int64_t pieces, void (*work)(void *context, int64_t piece), void *context)
{
#pragma omp parallel for num_threads(count) schedule(static) if (pieces > 1 && count > 1)
    for (int64_t piece = 0; piece < pieces; piece++)
        work(context, piece);
}
