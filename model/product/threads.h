/* How many threads work within this rank. Results never depend on it: work is cut by its shape
 * alone, each piece is computed by one thread, and no sum crosses pieces. */
#ifndef THREADS_H
#define THREADS_H

#include <stdint.h>

void threads_set(int threads);
int threads(void); // 1 before threads_set

/* work(context, piece) for each piece from 0 on, shared between the threads. */
void threads_run(int64_t pieces, void (*work)(void *context, int64_t piece), void *context);

#endif
