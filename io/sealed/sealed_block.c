#include "comm/base/hash.h"
#include "comm/base/memory.h"
#include "comm/base/points.h"
#include "io/sealed/sealed_file.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bytes of the user block: what stands where. The rest is zeros. */
enum { AT_WHAT = 8, AT_VERSION = 24, AT_LENGTH = 32, AT_HASH = 40, AT_ZEROS = 48 };
static const char magic[AT_WHAT] = "chorus\r\n";
static const char *const what_names[] = {"corpus", "shard", "checkpoint"};
enum { WHATS = sizeof what_names / sizeof *what_names };

static void put_number(unsigned char *at, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        at[i] = (unsigned char)(value >> 8 * i);
}

static uint64_t get_number(const unsigned char *at, int bytes)
{
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++)
        value |= (uint64_t)at[i] << 8 * i;
    return value;
}

/* From this place: until count bytes or the end. -1: errno. The file's own place is not moved: it
 * may be open in HDF5. */
static ssize_t read_fully(int descriptor, void *bytes, size_t count, int64_t place)
{
    size_t done = 0;
    while (done < count) {
        ssize_t now = pread(descriptor, (char *)bytes + done, count - done, place + (off_t)done);
        if (now < 0 && errno == EINTR)
            continue;
        if (now < 0)
            return -1;
        if (now == 0)
            break;
        done += (size_t)now;
    }
    return (ssize_t)done;
}

/* Of what is behind the user block. */
static bool hash_rest(int descriptor, uint64_t *hash, int64_t *bytes, struct reason *why)
{
    struct hash sum;
    hash_init(&sum);
    void *piece = memory_take(SEALED_PIECE);
    ssize_t count;
    *bytes = 0;
    while ((count = read_fully(descriptor, piece, SEALED_PIECE, SEALED_USER_BLOCK + *bytes)) > 0) {
        hash_add(&sum, piece, (size_t)count);
        point_alive();
        *bytes += count;
    }
    int error = errno;
    *hash = hash_value(&sum);
    memory_free(piece);
    hash_release(&sum);
    return count == 0 || fail(why, "%s", strerror(error));
}

static bool seal(int descriptor, enum sealed_what what, uint64_t *hash, struct reason *why)
{
    int64_t length;
    if (!hash_rest(descriptor, hash, &length, why))
        return false;
    unsigned char block[SEALED_USER_BLOCK] = {0};
    memcpy(block, magic, sizeof magic);
    strcpy((char *)block + AT_WHAT, what_names[what]);
    put_number(block + AT_VERSION, SEALED_VERSION, 4);
    put_number(block + AT_LENGTH, (uint64_t)length, 8);
    put_number(block + AT_HASH, *hash, 8);
    ssize_t written = pwrite(descriptor, block, sizeof block, 0);
    if (written != (ssize_t)sizeof block)
        return fail(why, "%s", strerror(written < 0 ? errno : ENOSPC));
    return fsync(descriptor) == 0 || fail_errno(why);
}

bool sealed_block_write(const char *path, enum sealed_what what, uint64_t *hash, struct reason *why)
{
    int descriptor = open(path, O_RDWR | O_CLOEXEC);
    if (descriptor < 0)
        return fail_errno(why);
    bool done = seal(descriptor, what, hash, why);
    if (close(descriptor) != 0 && done)
        done = fail_errno(why);
    return done;
}

static bool check_what(const unsigned char *block, enum sealed_what what, struct reason *why)
{
    const char *found = NULL;
    for (int i = 0; i < WHATS; i++) {
        char field[AT_VERSION - AT_WHAT] = {0};
        strcpy(field, what_names[i]);
        if (memcmp(block + AT_WHAT, field, sizeof field) == 0)
            found = what_names[i];
    }
    if (!found)
        return fail(why, "is damaged: its first bytes name no kind of file");
    return found == what_names[what] ||
           fail(why, "is a Chorus %s, not a %s", found, what_names[what]);
}

static bool check_block(const unsigned char *block, enum sealed_what what, int64_t bytes,
                        struct reason *why)
{
    if (!check_what(block, what, why))
        return false;
    uint64_t version = get_number(block + AT_VERSION, 4);
    if (version > SEALED_VERSION)
        return fail(why, "is of format version %llu: this program reads version %d",
                    (unsigned long long)version, SEALED_VERSION);
    bool zeros = get_number(block + AT_VERSION + 4, 4) == 0;
    for (int i = AT_ZEROS; i < SEALED_USER_BLOCK; i++)
        zeros = zeros && block[i] == 0;
    if (version < 1 || !zeros)
        return fail(why, "is damaged within its first %d bytes", SEALED_USER_BLOCK);
    uint64_t length = get_number(block + AT_LENGTH, 8);
    uint64_t found = (uint64_t)bytes - SEALED_USER_BLOCK;
    if (found < length)
        return fail(why, "is truncated: has %lld bytes of %llu", (long long)bytes,
                    (unsigned long long)length + SEALED_USER_BLOCK);
    return found == length ||
           fail(why, "is damaged: has %lld bytes instead of %llu", (long long)bytes,
                (unsigned long long)length + SEALED_USER_BLOCK);
}

static struct sealed_stamp stamp_of(const struct stat *status)
{
    return (struct sealed_stamp){
        .device = status->st_dev,
        .inode = status->st_ino,
        .bytes = status->st_size,
        .modified = status->st_mtim,
        .changed = status->st_ctim,
    };
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool same_stamp(const struct sealed_stamp *a, const struct sealed_stamp *b)
{
    return a->device == b->device && a->inode == b->inode && a->bytes == b->bytes &&
           same_time(&a->modified, &b->modified) && same_time(&a->changed, &b->changed);
}

/* stamp and hash are set only if all is well. */
static bool check_open(int descriptor, enum sealed_what what, const uint64_t *expected,
                       const struct sealed_stamp *known, struct sealed_stamp *stamp, uint64_t *hash,
                       struct reason *why)
{
    struct stat status;
    if (fstat(descriptor, &status) != 0)
        return fail_errno(why);
    if (!S_ISREG(status.st_mode))
        return fail(why, S_ISDIR(status.st_mode) ? "is a folder, not a file" : "is not a file");
    unsigned char block[SEALED_USER_BLOCK];
    ssize_t count = read_fully(descriptor, block, sizeof block, 0);
    if (count < 0)
        return fail_errno(why);
    if (count < (ssize_t)sizeof magic || memcmp(block, magic, sizeof magic) != 0)
        return fail(why, "is not a Chorus file");
    if (count < (ssize_t)sizeof block)
        return fail(why, "is truncated: has only %lld bytes", (long long)count);
    if (!check_block(block, what, status.st_size, why))
        return false;
    struct sealed_stamp now = stamp_of(&status);
    uint64_t sealed = get_number(block + AT_HASH, 8), found = sealed;
    if (expected && *expected != sealed)
        return fail(why, "is not the file that belongs here: its checksum is another");
    int64_t length = 0;
    if ((!known || !same_stamp(known, &now)) && !hash_rest(descriptor, &found, &length, why))
        return false;
    if (found != sealed)
        return fail(why, "checksum of the file does not match");
    *stamp = now;
    *hash = sealed;
    return true;
}

bool sealed_block_check(const char *path, enum sealed_what what, const uint64_t *expected,
                        const struct sealed_stamp *known, struct sealed_stamp *stamp,
                        uint64_t *hash, struct reason *why)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); // a pipe must not hang us
    struct stat status;
    if (descriptor < 0 && errno == ENOENT && lstat(path, &status) == 0)
        return fail(why, "is a link to a file that is not there");
    if (descriptor < 0)
        return fail_errno(why);
    bool sound = check_open(descriptor, what, expected, known, stamp, hash, why);
    close(descriptor);
    return sound;
}

bool sealed_block_unchanged(int descriptor, enum sealed_what what, uint64_t hash,
                            struct sealed_stamp *stamp, struct reason *why)
{
    struct stat status;
    if (fstat(descriptor, &status) != 0)
        return fail_errno(why);
    struct sealed_stamp now = stamp_of(&status), known = *stamp;
    if (same_stamp(&now, &known))
        return true;
    uint64_t found;
    return check_open(descriptor, what, &hash, &known, stamp, &found, why) ||
           fail_about(why, "has changed while it was read");
}
