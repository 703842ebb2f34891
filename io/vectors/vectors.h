/* Sequences of real vectors (speech, sensors, video, series) from a file, as a person wrote it:
 *   frames   text, a frame a line; blank lines, one or several, between sequences
 *   vectors  text, a vector a line, each a sequence of one frame; no line is blank
 *   hdf5     /values float32 or float64 [frames][dimension], and /offsets int64 [sequences + 1]:
 *            sequence i is the rows from offsets[i] on, before offsets[i + 1]; the first is 0, the
 *            last the number of frames. Without /offsets each row is a sequence
 * In text, blanks or one comma stand between two numbers; lines, gzip and "-" are as in lines.h.
 * Every sequence has at least one frame, every frame of a file as many numbers as the first, every
 * number is finite and becomes the nearest float. Memory is one sequence and a bounded piece. */
#ifndef VECTORS_H
#define VECTORS_H

#include "comm/base/reason.h"
#include <stdint.h>

enum vectors_format { VECTORS_FRAMES, VECTORS_LINES, VECTORS_HDF5, VECTORS_FORMATS };

enum {
    VECTORS_DIMENSION_MOST = 1 << 16,
    VECTORS_FRAMES_MOST = 1 << 20, // of one sequence
    VECTORS_NUMBERS_MOST = 1 << 26 // of one sequence, all frames together
};

struct vectors_item {
    const float *values;   // (frames, dimension), valid until the next call
    int frames, dimension; // at least 1; the dimension is the file's
    int64_t line;          // of its first frame in a text, else 0
};
struct vectors;

/* Reasons are without the path ("No such file or directory", "line 3: 'abc' is no number"). NULL: a
 * failure. */
struct vectors *vectors_open(const char *path, enum vectors_format format, struct reason *why);
/* 1: a sequence; 0: the end; -1: a failure, the last call. A file may have no sequence at all. */
int vectors_next(struct vectors *vectors, struct vectors_item *item, struct reason *why);
void vectors_close(struct vectors *vectors); // NULL is allowed

/* `by` consecutive frames (frames, dimension) joined into one: (vectors_stacked(frames, by), by *
 * dimension). The last frame is repeated where it has no successor. */
int vectors_stacked(int frames, int by);
void vectors_stack(const float *values, int frames, int dimension, int by, float *stacked);

#endif
