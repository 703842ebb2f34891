/* The checksums that HDF5 keeps of its own metadata, put right after a forgery. */
#ifndef GIVEN_CHECKSUMS_H
#define GIVEN_CHECKSUMS_H

#include <stddef.h>
#include <stdint.h>

void given_checksums(uint8_t *bytes, size_t size);

#endif
