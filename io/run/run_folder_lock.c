/* Who may write into a run folder: the lock, and the fence for when a lock is not enough. */
#include "comm/base/points.h"
#include "io/folder/folder.h"
#include "io/run/run_folder.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { WORDS = 512 };

/* What this process wrote, and into what: a process has one run. */
static struct {
    char path[PATH_MAX]; // of the folder; "": no lock was taken
    char words[WORDS];
    int descriptor;
    struct stat folder, lock;
    bool lockless; // the file system has no locks
} held;

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* What stands in a lock file; its first line names a person's culprit. */
static void read_words(int descriptor, char words[WORDS])
{
    ssize_t length = pread(descriptor, words, WORDS - 1, 0);
    words[length > 0 ? length : 0] = '\0';
}

static bool fail_for(const char *what, char words[WORDS], struct reason *why)
{
    words[strcspn(words, "\n")] = '\0';
    return fail(why, "%s %s", what, words[0] ? words : "another process");
}

/* 0, or why not, as errno. Once it is ours, to lock again costs nothing where the disk is local,
 * and over NFS asks the server whether it still is. */
static int lock_file(int descriptor)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int trouble = fcntl(descriptor, F_SETLK, &lock) == 0 ? 0 : errno;
    point_at("run_folder.lock", 0, &trouble, sizeof trouble);
    return trouble == EACCES ? EAGAIN : trouble;
}

static bool has_no_locks(int trouble)
{
    return trouble == ENOLCK || trouble == ENOSYS || trouble == EOPNOTSUPP;
}

/* Two starts never write the same words: the second line is the time to the nanosecond. */
static bool write_words(int descriptor, const char *host)
{
    struct timespec now;
    struct tm date;
    char since[32];
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &date);
    strftime(since, sizeof since, "%Y-%m-%d %H:%M:%S UTC", &date);
    snprintf(held.words, sizeof held.words, "process %ld on %.255s (since %s)\n%lld.%09ld\n",
             (long)getpid(), host, since, (long long)now.tv_sec, now.tv_nsec);
    ssize_t length = (ssize_t)strlen(held.words);
    return ftruncate(descriptor, 0) == 0 &&
           pwrite(descriptor, held.words, (size_t)length, 0) == length;
}

bool run_folder_lock(const char *path, const char *host, bool *lockless, struct reason *why)
{
    char file[PATH_MAX], words[WORDS];
    if (!folder_join(file, path, "lock", "", why))
        return false;
    int descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0)
        return fail_errno(why);
    int trouble = lock_file(descriptor);
    held.lockless = *lockless = has_no_locks(trouble);
    if (trouble == EAGAIN) {
        read_words(descriptor, words);
        fail_for("is in use by", words, why);
    } else if (trouble && !held.lockless) {
        fail(why, "%s", strerror(trouble));
    } else if (write_words(descriptor, host) && fstat(descriptor, &held.lock) == 0 &&
               stat(path, &held.folder) == 0) {
        snprintf(held.path, sizeof held.path, "%s", path);
        held.descriptor = descriptor;
        return true; // the descriptor stays open: closing any of this file would unlock it
    } else {
        fail_errno(why);
    }
    close(descriptor);
    return false;
}

/* The lock file is another one than ours. It may be opened: ours stays locked. */
static bool name_successor(const char *file, struct reason *why)
{
    char words[WORDS] = "";
    int descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor >= 0) {
        read_words(descriptor, words);
        close(descriptor);
    }
    return fail_for("was taken over by", words, why);
}

bool run_folder_held(const char *path, struct reason *why)
{
    struct stat now;
    char file[PATH_MAX], words[WORDS];
    if (!held.path[0] || strcmp(path, held.path) != 0)
        return true;
    if (stat(path, &now) != 0)
        return errno == ENOENT ? fail(why, "was removed") : fail_errno(why);
    if (!same_file(&now, &held.folder))
        return fail(why, "was replaced by another folder");
    if (!folder_join(file, path, "lock", "", why))
        return false;
    if (stat(file, &now) != 0)
        return errno == ENOENT ? fail(why, "its lock was removed") : fail_errno(why);
    if (!same_file(&now, &held.lock))
        return name_successor(file, why);
    int trouble = held.lockless ? 0 : lock_file(held.descriptor);
    read_words(held.descriptor, words);
    if (trouble && trouble != EAGAIN)
        return fail(why, "its lock was lost: %s", strerror(trouble));
    return (!trouble && strcmp(words, held.words) == 0) ||
           fail_for("was taken over by", words, why);
}
