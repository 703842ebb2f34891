/* Private to io, and the first of what calls HDF5, for sealed files and others' (vectors_hdf5.c):
 * the way from its errors to words, and blocks of an array. Static: that the library was started,
 * and its version, once for the process. */
#ifndef SEALED_HDF5_H
#define SEALED_HDF5_H

#include "comm/base/reason.h"
#include <hdf5.h>

/* To be called before the first HDF5 call of an entry: its error stack is silenced in this thread.
 */
void sealed_quiet(void);
/* The innermost record of HDF5's error stack; false. */
bool sealed_fail(struct reason *why);
/* Access properties of files: latest format, locks where the file system has them. */
hid_t sealed_file_access(void);
/* A block of an array of so many dimensions, from `start` on: to memory, or where `to` is NULL from
 * it. Memory has the shape of what is selected: otherwise HDF5 goes by single elements, which takes
 * ten times as long. */
bool sealed_move_block(hid_t array, hid_t type, int rank, const hsize_t *start,
                       const hsize_t *extent, void *to, const void *from, struct reason *why);

#endif
