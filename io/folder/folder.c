#define _GNU_SOURCE // nftw, renameat2
#include "io/folder/folder.h"
#include "comm/base/points.h"
#include "io/sealed/sealed.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
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

static bool name_beside(const char *path, const char *ending, char *name, size_t capacity,
                        struct reason *why)
{
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    int wanted = snprintf(name, capacity, "%.*s%s", (int)length, path, ending);
    return (wanted > 0 && (size_t)wanted < capacity) || fail(why, "the name is too long");
}

bool folder_begin(const char *path, char *aside, size_t capacity, struct reason *why)
{
    if (!name_beside(path, ".partial", aside, capacity, why) || !folder_remove(aside, why))
        return false;
    return mkdir(aside, 0777) == 0 || fail(why, "cannot make '%s': %s", aside, strerror(errno));
}

bool folder_finish(const char *path, int replace, struct reason *why)
{
    char aside[PATH_MAX], old[PATH_MAX];
    if (!name_beside(path, ".partial", aside, sizeof aside, why) ||
        !name_beside(path, ".replaced", old, sizeof old, why))
        return false;
    point_at("folder.replace", 0, NULL, 0);
    if (!replace)
        return sealed_rename(aside, path, why);
    /* In one step, so that there is a whole folder at any time. */
    if (renameat2(AT_FDCWD, aside, AT_FDCWD, path, RENAME_EXCHANGE) == 0)
        return folder_remove(aside, why);
    if (errno == ENOENT)
        return sealed_rename(aside, path, why);
    if (errno != EINVAL && errno != ENOSYS) // the file system cannot: in two
        return fail(why, "cannot replace '%s': %s", path, strerror(errno));
    if (!folder_remove(old, why) || rename(path, old) != 0)
        return fail(why, "cannot replace '%s': %s", path, strerror(errno));
    return sealed_rename(aside, path, why) && folder_remove(old, why);
}
