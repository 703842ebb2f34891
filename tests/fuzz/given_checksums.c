/* Puts HDF5's own checksums right (its file format, version 3.0), so that what is forged is read
 * and not refused for a sum: of the superblock, and of all blocks of metadata whose length can be
 * told by their head. */
#include "given_checksums.h"
#include <string.h>

uint32_t H5_checksum_metadata(const void *data, size_t length, uint32_t initial); // exported

enum { SUM = 4 };

/* Of the block that starts here, with its sum; 0: none that we know. */
static size_t block_length(const uint8_t *block, size_t room)
{
    if (room < 12)
        return 0;
    if (!memcmp(block, "\x89HDF\r\n\x1A\n", 8))
        return 48; // with offsets and lengths of 8 bytes
    if (!memcmp(block, "FRHP", 4))
        return 146;
    if (!memcmp(block, "BTHD", 4))
        return 38;
    if (!memcmp(block, "FAHD", 4))
        return 28;
    if (!memcmp(block, "EAHD", 4))
        return 72;
    if (memcmp(block, "OHDR", 4) != 0)
        return 0;
    uint8_t flags = block[5];
    size_t head = 6 + (flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0), width = 1u << (flags & 3);
    uint64_t messages = 0;
    if (head + width > room)
        return 0;
    for (size_t i = 0; i < width; i++)
        messages |= (uint64_t)block[head + i] << 8 * i;
    return messages < room ? head + width + (size_t)messages + SUM : 0;
}

void given_checksums(uint8_t *bytes, size_t size)
{
    for (size_t at = 0; at < size; at++) {
        size_t length = block_length(bytes + at, size - at);
        if (!length || length > size - at)
            continue;
        uint32_t sum = H5_checksum_metadata(bytes + at, length - SUM, 0);
        for (int i = 0; i < SUM; i++)
            bytes[at + length - SUM + (size_t)i] = (uint8_t)(sum >> 8 * i);
    }
}
