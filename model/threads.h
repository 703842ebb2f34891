/* How many threads work within this rank. Results never depend on it: work is cut by its shape
 * alone, each piece is computed by one thread, and no sum crosses pieces. */
#ifndef THREADS_H
#define THREADS_H

void threads_set(int threads);
int threads(void); // 1 before threads_set

#endif
