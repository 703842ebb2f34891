#include "io/run/run_folder.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "comm/base/points.h"
#include "io/folder/folder.h"
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DIGITS = 8 };

/* The update in "update-NNNNNNNN.h5" followed by `ending`, or -1. */
static int64_t update_of_name(const char *name, const char *ending)
{
    static const char prefix[] = "update-";
    if (strncmp(name, prefix, strlen(prefix)) != 0)
        return -1;
    name += strlen(prefix);
    size_t digits = strspn(name, "0123456789");
    if (digits < DIGITS || digits > 18 || strncmp(name + digits, ".h5", 3) != 0 ||
        strcmp(name + digits + 3, ending) != 0)
        return -1;
    return strtoll(name, NULL, 10);
}

void run_folder_checkpoint_path(const char *path, int64_t update, char file[], size_t capacity)
{
    int length = snprintf(file, capacity, "%s/update-%08lld.h5", path, (long long)update);
    require(length >= 0 && (size_t)length < capacity);
}

bool run_folder_has(const char *path, int64_t update)
{
    char file[PATH_MAX];
    run_folder_checkpoint_path(path, update, file, sizeof file);
    return access(file, F_OK) == 0;
}

bool run_folder_look(const char *path, enum run_folder_state *state, struct reason *why)
{
    struct stat status;
    *state = RUN_FOLDER_ABSENT;
    if (stat(path, &status) != 0)
        return errno == ENOENT || fail_errno(why);
    if (!S_ISDIR(status.st_mode))
        return fail(why, "is a file, not a run folder");
    DIR *folder = opendir(path);
    if (!folder)
        return fail_errno(why);
    *state = RUN_FOLDER_EMPTY;
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (update_of_name(entry->d_name, "") >= 0)
            *state = RUN_FOLDER_RUN;
        else if (*state == RUN_FOLDER_EMPTY)
            *state = RUN_FOLDER_OTHER;
    }
    closedir(folder);
    return true;
}

static int falling(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a < b) - (a > b);
}

/* All updates, highest first. The memory is the caller's. -1: errno. */
static int list_updates(const char *path, int64_t **updates)
{
    DIR *folder = opendir(path);
    int count = 0;
    int64_t capacity = 0;
    *updates = NULL;
    if (!folder)
        return -1;
    for (struct dirent *entry; (entry = readdir(folder));) {
        int64_t update = update_of_name(entry->d_name, "");
        if (update < 0)
            continue;
        *updates = memory_room(*updates, sizeof **updates, &capacity, count + 1);
        (*updates)[count++] = update;
    }
    closedir(folder);
    if (count)
        qsort(*updates, (size_t)count, sizeof **updates, falling);
    return count;
}

int run_folder_checkpoints(const char *path, int64_t *updates, int most)
{
    int64_t *all;
    int count = list_updates(path, &all);
    count = count < 0 ? 0 : count < most ? count : most;
    if (count)
        memcpy(updates, all, (size_t)count * sizeof *updates);
    memory_free(all);
    return count;
}

bool run_folder_link(const char *path, const char *link, int64_t update, struct reason *why)
{
    char name[64], to[PATH_MAX], aside[PATH_MAX];
    snprintf(name, sizeof name, "update-%08lld.h5", (long long)update);
    if (!run_folder_held(path, why) || !folder_join(to, path, link, "", why) ||
        !folder_join(aside, path, link, ".partial", why))
        return false;
    if (unlink(aside) != 0 && errno != ENOENT)
        return fail_errno(why);
    if (symlink(name, aside) != 0)
        return fail_errno(why);
    return folder_rename(aside, to, why);
}

int64_t run_folder_linked(const char *path, const char *link)
{
    char from[PATH_MAX], name[256];
    struct reason why;
    if (!folder_join(from, path, link, "", &why))
        return -1;
    ssize_t length = readlink(from, name, sizeof name - 1);
    if (length < 0)
        return -1;
    name[length] = '\0';
    return update_of_name(name, "");
}

static bool remove_leftovers(const char *path, struct reason *why)
{
    DIR *folder = opendir(path);
    char file[PATH_MAX];
    if (!folder)
        return fail_errno(why);
    bool done = true;
    for (struct dirent *entry; done && (entry = readdir(folder));)
        if (update_of_name(entry->d_name, ".partial") >= 0)
            done = folder_join(file, path, entry->d_name, "", why) &&
                   (unlink(file) == 0 || errno == ENOENT || fail_errno(why));
    closedir(folder);
    return done;
}

bool run_folder_remove_old(const char *path, int keep, int64_t best, struct reason *why)
{
    int64_t *updates;
    char file[PATH_MAX];
    if (!run_folder_held(path, why))
        return false;
    int count = list_updates(path, &updates);
    bool done = count >= 0 || fail_errno(why);
    for (int i = keep; done && i < count; i++) {
        if (updates[i] == best)
            continue;
        run_folder_checkpoint_path(path, updates[i], file, sizeof file);
        point_at("run_folder.remove", updates[i], NULL, 0);
        done = unlink(file) == 0 || errno == ENOENT || fail_errno(why);
    }
    memory_free(updates);
    return done && remove_leftovers(path, why);
}
