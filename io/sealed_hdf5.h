/* What all of io that calls HDF5 shares, of sealed files and of others' (vectors_hdf5.c): the way
 * from HDF5's errors to words. */
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

#endif
