/* The number that the model computes with: float in the program, double in the library that the
 * gradient tests link (the same sources with CHORUS_DOUBLE). Sums of losses are double in both. */
#ifndef REAL_H
#define REAL_H

#ifdef CHORUS_DOUBLE
typedef double real;
#else
typedef float real;
#endif

#endif
