/* A checkpoint: everything that a run is, in one file. Two checkpoints of equal state are equal
 * files: nothing of time, host, ranks or paths goes in.
 *     /parameters/NAME   /moments/{first,second}/NAME   float32 (trainer/checkpoint/snapshot.h)
 *     /average/NAME            with --average: what translate and score use
 *     /carried/states          of a running text: (lanes, .), model/decoder/decoder.h
 *     /settings                attributes: train's settings of kind model and training
 *     /state                   attributes: trainer/checkpoint/state.h, and the corpus's digest
 *     /source /second /target  as in a corpus (io/corpus/content.h)
 * Writing: checkpoint_create writes aside (NAME.partial), settings, state and sides first, then
 * each array once, in slabs; seal flushes, commit renames. Reading checks the file's hash first. */
#ifndef CHECKPOINT_H
#define CHECKPOINT_H

#include "io/corpus/corpus.h"

struct checkpoint_writer;
struct checkpoint_writer *checkpoint_create(const char *path, struct reason *why);
/* After the first failure all calls fail with the same reason. */
bool checkpoint_setting(struct checkpoint_writer *writer, const char *name, const char *value,
                        struct reason *why);
bool checkpoint_integer(struct checkpoint_writer *writer, const char *name, int64_t value,
                        struct reason *why);
bool checkpoint_real(struct checkpoint_writer *writer, const char *name, double value,
                     struct reason *why);
/* contents: SIDES of them, here and below. */
bool checkpoint_contents(struct checkpoint_writer *writer, const struct content *contents,
                         struct reason *why);
/* block: "parameters", "moments/first", "moments/second", "average" or "carried". columns 0: a
 * vector. Then appends until it is full. */
bool checkpoint_array(struct checkpoint_writer *writer, const char *block, const char *name,
                      int rows, int columns, struct reason *why);
/* The slab goes to the array begun last; at most 4 MB at a time go to HDF5 (it has one lock). */
bool checkpoint_append(struct checkpoint_writer *writer, int64_t elements, const float *data,
                       struct reason *why);
/* All is on disk, still aside: what follows is commit, which renames, or abandon. */
bool checkpoint_seal(struct checkpoint_writer *writer, struct reason *why);
bool checkpoint_commit(struct checkpoint_writer *writer, struct reason *why); // closes in any case
void checkpoint_abandon(struct checkpoint_writer *writer);                    // NULL is allowed

struct checkpoint;
/* NULL with a reason where the file is damaged, or no checkpoint: who asks decides what then (a run
 * that continues takes the one before, trainer/run/continue.h; a verb ends). */
struct checkpoint *checkpoint_open(const char *path, struct reason *why);
void checkpoint_close(struct checkpoint *checkpoint);
const char *checkpoint_path(const struct checkpoint *checkpoint); // borrowed
/* NULL if it is not there. Borrowed, valid until close. */
const char *checkpoint_get_setting(const struct checkpoint *checkpoint, const char *name);
bool checkpoint_get_integer(struct checkpoint *checkpoint, const char *name, int64_t *value,
                            struct reason *why);
bool checkpoint_get_real(struct checkpoint *checkpoint, const char *name, double *value,
                         struct reason *why);
bool checkpoint_get_contents(struct checkpoint *checkpoint, struct content *contents,
                             struct reason *why);
/* How many arrays this block has. */
bool checkpoint_arrays(struct checkpoint *checkpoint, const char *block, int64_t *count,
                       struct reason *why);
/* Elements [first, first + count) of the array, whose shape must be (rows, columns). */
bool checkpoint_read(struct checkpoint *checkpoint, const char *block, const char *name, int rows,
                     int columns, int64_t first, int64_t count, float *data, struct reason *why);

#endif
