#define _GNU_SOURCE // nftw, renameat2
#include "io/folder/folder.h"
#include "comm/base/points.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status;
    (void)type;
    (void)place;
    return remove(path);
}

bool folder_remove(const char *path, struct reason *why)
{
    if (nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS) != 0 && errno != ENOENT)
        return fail(why, "cannot remove '%s': %s", path, strerror(errno));
    return true;
}

bool folder_sync_around(const char *path, struct reason *why)
{
    char copy[PATH_MAX];
    if (snprintf(copy, sizeof copy, "%s", path) >= PATH_MAX)
        return fail(why, "%s", strerror(ENAMETOOLONG));
    int descriptor = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return fail_errno(why);
    /* some file systems cannot sync a folder, and say EINVAL */
    bool done = fsync(descriptor) == 0 || errno == EINVAL || fail_errno(why);
    close(descriptor);
    return done;
}

bool folder_rename(const char *from, const char *to, struct reason *why)
{
    return rename(from, to) == 0 ? folder_sync_around(to, why) : fail_errno(why);
}

bool folder_join(char joined[PATH_MAX], const char *folder, const char *file, const char *ending,
                 struct reason *why)
{
    return snprintf(joined, PATH_MAX, "%s/%s%s", folder, file, ending) < PATH_MAX ||
           fail(why, "%s", strerror(ENAMETOOLONG));
}

static bool name_beside(const char *path, const char *ending, char name[], struct reason *why)
{
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    return snprintf(name, PATH_MAX, "%.*s%s", (int)length, path, ending) < PATH_MAX ||
           fail(why, "the name is too long");
}

bool folder_begin(const char *path, char aside[PATH_MAX], struct reason *why)
{
    if (!name_beside(path, ".partial", aside, why) || !folder_remove(aside, why))
        return false;
    return mkdir(aside, 0777) == 0 || fail(why, "cannot make '%s': %s", aside, strerror(errno));
}

bool folder_finish(const char *path, struct reason *why)
{
    char aside[PATH_MAX];
    return name_beside(path, ".partial", aside, why) && folder_rename(aside, path, why);
}

bool folder_replace(const char *path, struct reason *why)
{
    char aside[PATH_MAX], old[PATH_MAX];
    if (!name_beside(path, ".partial", aside, why) || !name_beside(path, ".replaced", old, why))
        return false;
    point_at("folder.replace", 0, NULL, 0);
    /* In one step, so that there is a whole folder at any time. */
    if (renameat2(AT_FDCWD, aside, AT_FDCWD, path, RENAME_EXCHANGE) == 0)
        return folder_remove(aside, why);
    if (errno == ENOENT)
        return folder_rename(aside, path, why);
    if (errno != EINVAL && errno != ENOSYS) // the file system cannot: in two
        return fail(why, "cannot replace '%s': %s", path, strerror(errno));
    if (!folder_remove(old, why) || rename(path, old) != 0)
        return fail(why, "cannot replace '%s': %s", path, strerror(errno));
    return folder_rename(aside, path, why) && folder_remove(old, why);
}
