/* Private to sealed*.c: what a sealed file is, and its user block. */
#ifndef SEALED_FILE_H
#define SEALED_FILE_H

#include "io/sealed/sealed.h"
#include "io/sealed/sealed_hdf5.h"
#include <sys/types.h>
#include <time.h>

enum {
    SEALED_NAME = 256,         // longest name of an array or group, with its end
    SEALED_ARRAYS = 12,        // kept open at once
    SEALED_CHUNK = 64 * 1024,  // bytes of a chunk at most
    SEALED_PIECE = 1024 * 1024 // bytes hashed at a time
};

/* What tells that a file is as it was, without reading it. */
struct sealed_stamp {
    dev_t device;
    ino_t inode;
    int64_t bytes;
    struct timespec modified, changed;
};

struct sealed_array {
    char name[SEALED_NAME]; // "" : the slot is free
    hid_t id;
    enum sealed_type type;
    int rank, growing;
    int64_t dimensions[2]; // [1] is 1 where rank is 1
    int64_t written;       // elements, when writing
    uint64_t used;         // when it was used last
};

struct sealed {
    char *path;
    enum sealed_what what;
    hid_t id; // < 0: paused
    int writing, failed;
    struct reason trouble;     // of the first failure in writing
    struct sealed_stamp stamp; // when it was checked, when reading
    uint64_t hash, uses;
    struct sealed_array arrays[SEALED_ARRAYS];
};

/* The user block and the file behind it, without HDF5. */
bool sealed_block_write(const char *path, enum sealed_what what, uint64_t *hash,
                        struct reason *why);
/* The bytes behind the block are read unless the file is still as known (or NULL) says. */
bool sealed_block_check(const char *path, enum sealed_what what, const uint64_t *expected,
                        const struct sealed_stamp *known, struct sealed_stamp *stamp,
                        uint64_t *hash, struct reason *why);
/* The same of an open file that was checked before: where the stamp is another, all is read again.
 */
bool sealed_block_unchanged(int descriptor, enum sealed_what what, uint64_t hash,
                            struct sealed_stamp *stamp, struct reason *why);

hid_t sealed_array_access(void);

hid_t sealed_type_in_file(enum sealed_type type);

struct sealed *sealed_new(const char *path, enum sealed_what what);
void sealed_free(struct sealed *file);
/* What was written last reaches the file only here, so that this can fail as writing can. */
bool sealed_close_array(struct sealed_array *array, struct reason *why);
bool sealed_close_arrays(struct sealed *file, struct reason *why);
struct sealed_array *sealed_find_array(struct sealed *file, const char *name);
/* A slot for a new name: a free one or, when reading, the one that was used longest ago. */
struct sealed_array *sealed_take_slot(struct sealed *file, const char *name);
int64_t sealed_elements(const struct sealed_array *array);
/* Elements [first, first + count) in row order, to or from memory. */
bool sealed_move(const struct sealed_array *array, int64_t first, int64_t count, void *to,
                 const void *from, struct reason *why);

#endif
