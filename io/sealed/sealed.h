/* HDF5 files that are checked before the HDF5 library opens them: all our files start with an HDF5
 * user block of 512 bytes: magic "chorus\r\n", what the file is, format version, length and hash of
 * the rest, then zeros. Latest file format, fletcher32 on every array, no object times: equal
 * content is equal bytes. File locking follows the file system.
 *
 * Writing: sealed_create(PATH), write, sealed_commit: flushes, writes the user block, syncs file
 * and folder. It never touches a final name: the caller writes aside and renames. Reading:
 * sealed_open checks the user block and the hash of all bytes first, and all of it again when the
 * file's times or length show after a read that it may have changed. A failure is false or NULL
 * with a reason: the innermost record of HDF5's error stack. */
#ifndef SEALED_H
#define SEALED_H

#include "comm/base/reason.h"
#include <stddef.h>
#include <stdint.h>

enum sealed_what { SEALED_CORPUS, SEALED_SHARD, SEALED_CHECKPOINT };
enum sealed_type { SEALED_BYTES, SEALED_INT32, SEALED_INT64, SEALED_UINT64, SEALED_FLOAT32 };
size_t sealed_type_bytes(enum sealed_type type);
enum { SEALED_USER_BLOCK = 512, SEALED_VERSION = 1 };
enum { SEALED_TEXT = 4096 }; // a text attribute has at most so many bytes, its end included

struct sealed;

/* Writing. Groups on the way to NAME are made. After the first failure every call fails with the
 * same reason, so a caller may check the last one only. */
struct sealed *sealed_create(const char *path, enum sealed_what what, struct reason *why);
bool sealed_write_text(struct sealed *file, const char *group, const char *name, const char *value,
                       struct reason *why);
bool sealed_write_integer(struct sealed *file, const char *group, const char *name, int64_t value,
                          struct reason *why);
bool sealed_write_real(struct sealed *file, const char *group, const char *name, double value,
                       struct reason *why);
/* A whole array of dimensions[rank], rank 1 or 2. */
bool sealed_write_array(struct sealed *file, const char *name, enum sealed_type type, int rank,
                        const int64_t *dimensions, const void *data, struct reason *why);
/* An array in slabs: create with its final dimensions, then write runs of elements in row order; or
 * with first dimension -1, to be extended by each append, by whole rows. At most 12 arrays may be
 * unfinished at once. */
bool sealed_begin_array(struct sealed *file, const char *name, enum sealed_type type, int rank,
                        const int64_t *dimensions, struct reason *why);
bool sealed_append(struct sealed *file, const char *name, int64_t elements, const void *data,
                   struct reason *why);
/* Closes in any case. *hash: of the bytes behind the user block. */
bool sealed_commit(struct sealed *file, uint64_t *hash, struct reason *why);
void sealed_abandon(struct sealed *file); // closes and removes it

/* Reading. expected_hash: NULL, or what a table says the hash must be. */
struct sealed *sealed_open(const char *path, enum sealed_what what, const uint64_t *expected_hash,
                           struct reason *why);
void sealed_close(struct sealed *file);
/* Gives back what an open file holds of the system. The next read opens it again, and checks it as
 * sealed_open does unless its times, length and user block are those that were checked. */
void sealed_pause(struct sealed *file);
bool sealed_has(struct sealed *file, const char *name);
bool sealed_has_attribute(struct sealed *file, const char *group, const char *name);
bool sealed_read_text(struct sealed *file, const char *group, const char *name, char *value,
                      size_t capacity, struct reason *why);
bool sealed_read_integer(struct sealed *file, const char *group, const char *name, int64_t *value,
                         struct reason *why);
bool sealed_read_real(struct sealed *file, const char *group, const char *name, double *value,
                      struct reason *why);
/* Checks type and rank. */
bool sealed_dimensions(struct sealed *file, const char *name, enum sealed_type type, int rank,
                       int64_t *dimensions, struct reason *why);
/* Elements [first, first + count), of a 2-d array in row order. */
bool sealed_read(struct sealed *file, const char *name, enum sealed_type type, int64_t first,
                 int64_t count, void *data, struct reason *why);
/* How many arrays and groups are in this one. */
bool sealed_members(struct sealed *file, const char *group, int64_t *count, struct reason *why);
/* Calls visit for each attribute of a group, in order of names. */
bool sealed_each_attribute(struct sealed *file, const char *group,
                           void (*visit)(void *to, const char *name), void *to, struct reason *why);

/* "HDF5 1.10.8" */
const char *sealed_library(void);

#endif
