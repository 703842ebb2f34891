#include "model/threads.h"
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
