/* What a test on ranks needs: main() returns ranks_run(tests), and every claim is made by all ranks
 * together with assert_everywhere, so that a failure on one of them fails all and leaves none
 * waiting. Rank 0 reports the tests; a rank on which a claim does not hold says so on standard
 * error. */
#ifndef RANKS_H
#define RANKS_H

#include "comm/comm.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#undef fail // reason.h has a function of that name

/* [all] */
#define assert_everywhere(claim) ranks_assert((claim), #claim, __FILE__, __LINE__)

static inline void ranks_assert(bool holds, const char *claim, const char *file, int line)
{
    if (!holds)
        fprintf(stderr, "rank %d of %d: %s:%d: %s\n", comm_rank(), comm_size(), file, line, claim);
    bool broken = comm_agree(NULL, 0, !holds);
    _assert_true(!broken, claim, file, line);
}

#define ranks_run(tests) ranks_run_group(#tests, tests, sizeof(tests) / sizeof *(tests))

static inline int ranks_run_group(const char *name, const struct CMUnitTest *tests, size_t count)
{
    comm_start();
    if (comm_rank() != 0 && !freopen("/dev/null", "w", stdout))
        return 1;
    int failed = _cmocka_run_group_tests(name, tests, count, NULL, NULL);
    comm_stop();
    return failed;
}

#endif
