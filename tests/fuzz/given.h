/* For fuzz targets: the bytes of one input given out as a file, as a sealed file, or as numbers. A
 * target is one file, fuzz_NAME.c; libFuzzer calls it with inputs of its own, replay.c with those
 * of corpus/NAME. It must end well for any input: a crash, a broken claim, die(), a leak and memory
 * beyond the input's worth are findings. */
#ifndef GIVEN_H
#define GIVEN_H

#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "io/corpus/shard.h"
#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is left of an input; where it has ended, zeros follow. */
struct given {
    const uint8_t *data;
    size_t size;
};
uint8_t given_byte(struct given *given);
int64_t given_integer(struct given *given, int bytes); // signed, little-endian
/* The next count bytes, or fewer at the end. */
const char *given_bytes(struct given *given, size_t count, size_t *length);

/* The folder of this process, and in it a file that holds what is left: number 0 is corpus.h5,
 * number 1 shard-00000.h5. The path is valid until the next call. */
const char *given_corpus(void);
enum { GIVEN_FILES = 2 };
const char *given_file(int number, const struct given *given);

/* A forgery: what is left, behind a user block with its length and hash, and with the checksums of
 * HDF5's superblock and object headers put right; or, if it starts as our files do, the whole file
 * as it is. *hash: of the user block. */
const char *given_sealed(enum sealed_what what, const struct given *given, uint64_t *hash);

/* Words w3, w4 ... behind the reserved symbols: size in all. On source and target. */
void given_words(struct content contents[SIDES], int size);

/* Calls all that reads a shard, and lets the stream run over an epoch of a corpus. */
void given_read_shard(const struct corpus *corpus);
void given_stream(const struct corpus *corpus);

#endif
