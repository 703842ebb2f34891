#define _XOPEN_SOURCE 700 // realpath
#include "io/folder/folder.h"
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool holds(const char *folder, const char *file)
{
    char path[PATH_MAX];
    struct stat status;
    struct reason ignored;
    return folder_join(path, folder, file, "", &ignored) && lstat(path, &status) == 0;
}

enum folder_kind folder_kind(const char *path)
{
    if (holds(path, "corpus.h5"))
        return FOLDER_CORPUS;
    return holds(path, "last.h5") && holds(path, "settings.yml") ? FOLDER_RUN : FOLDER_OTHER;
}

/* The real path of the folder that holds `path`, which need not exist; false if there is none. */
static bool real_parent(const char *path, char parent[])
{
    char copy[PATH_MAX];
    if (realpath(path, parent)) {
        char *slash = strrchr(parent, '/');
        slash[slash == parent] = '\0';
        return true;
    }
    return snprintf(copy, sizeof copy, "%s", path) < (int)sizeof copy &&
           realpath(dirname(copy), parent);
}

enum folder_kind folder_around(const char *path, char folder[PATH_MAX])
{
    enum folder_kind kind = FOLDER_OTHER;
    if (!real_parent(path, folder))
        return kind;
    while ((kind = folder_kind(folder)) == FOLDER_OTHER && folder[1]) {
        char *slash = strrchr(folder, '/');
        slash[slash == folder] = '\0';
    }
    return kind;
}

bool folder_same_file(const char *a, const char *b)
{
    struct stat first, second;
    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}
