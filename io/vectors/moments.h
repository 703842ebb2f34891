/* Mean and standard deviation of each dimension over all frames of a set of vectors
 * (io/vectors/vectors.h), and values normalised by them: (x - mean) / deviation. In double, frame
 * by frame in the order given (Welford 1962), so one process reads all; each dimension by itself,
 * so the bits are the same on every processor. Calling sequence: moments_init, moments_add ...,
 * moments_finish, moments_release; what is kept are the two arrays of floats, and normalising takes
 * only them. */
#ifndef MOMENTS_H
#define MOMENTS_H

#include <stdint.h>

struct moments {
    int dimension;
    int64_t frames;
    double *mean, *squares; // (dimension): so far; sum of squared differences from the mean
};
void moments_init(struct moments *moments, int dimension);
/* values: (frames, dimension), finite. */
void moments_add(struct moments *moments, const float *values, int64_t frames);
/* mean, deviation: (dimension). The deviation is that of the frames themselves (divided by their
 * number); 1 where all values are equal, or differ by less than the smallest normal float. No frame
 * at all: 0 and 1. */
void moments_finish(const struct moments *moments, float *mean, float *deviation);
void moments_release(struct moments *moments);

/* In place, values (frames, dimension). Computed in double and rounded once. */
void moments_normalise(float *values, int64_t frames, int dimension, const float *mean,
                       const float *deviation);
/* And back: x deviation + mean, in the units of the file. */
void moments_restore(float *values, int64_t frames, int dimension, const float *mean,
                     const float *deviation);

#endif
