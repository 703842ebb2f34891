/* What computes: build, kernel and libraries. Ranks must be alike, or their bits would differ; a
 * run that goes on with others than run/computing.json records is warned. What computes is the
 * process's own, and so is what there is to remark on it: kept here from computing_start on. */
#ifndef COMPUTING_H
#define COMPUTING_H

#include "trainer/settings/settings.h"

/* [all] Once in each command that computes, before anything is: products, threads. A kernel that
 * was asked for and that OpenBLAS did not take is wrong usage; so are --products and --precision
 * that cannot be had. A rank that computes otherwise than rank 0 ends the run, and the words name
 * --kernel and --products as the cure. */
void computing_start(const struct settings *settings);
/* On rank 0, after that: what it gets less than it could, a line each (performance.h), or "". */
const char *computing_remarks(void);
/* [all] Rank 0 writes computing.json, and warns first if it is continued with something else. */
void computing_record(const struct settings *settings, const char *folder, int continued);

#endif
