/* What the machine reaches at best, measured: the yardstick for what a program does with it. */
#ifndef PEAK_H
#define PEAK_H

/* Operations a second of all threads of this rank together, each multiplying cubes of 2048 by
 * itself: the best of some. */
double peak_sgemm(void);
/* Bytes a second to and from memory of one thread, a = b + x c over arrays that no cache holds,
 * three numbers of each: the best of some. */
double peak_triad(void);

#endif
