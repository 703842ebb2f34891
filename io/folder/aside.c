#include "io/folder/aside.h"
#include "io/folder/folder.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Behind links: the file that they lead to is replaced, not the link. */
static bool choose_names(struct aside *aside, const char *path, struct reason *why)
{
    struct stat status;
    bool named = lstat(path, &status) == 0, there = stat(path, &status) == 0;
    bool straight = named && !(there && S_ISREG(status.st_mode));
    int length = 0;
    if (there && !straight) {
        if (!realpath(path, aside->path) || access(path, W_OK) != 0)
            return fail_errno(why);
    } else {
        length = snprintf(aside->path, sizeof aside->path, "%s", path);
    }
    aside->partial[0] = '\0';
    if (!straight && length < PATH_MAX)
        length = snprintf(aside->partial, sizeof aside->partial, "%s.partial", aside->path);
    errno = ENAMETOOLONG;
    return length < PATH_MAX || fail_errno(why);
}

bool aside_open(struct aside *aside, const char *path, struct reason *why)
{
    if (!choose_names(aside, path, why))
        return false;
    aside->file = fopen(aside->partial[0] ? aside->partial : aside->path, "we");
    return aside->file || fail_errno(why);
}

bool aside_finish(struct aside *aside, struct reason *why)
{
    bool done = fflush(aside->file) == 0 && (!aside->partial[0] || fsync(fileno(aside->file)) == 0);
    done = done || fail_errno(why);
    if (fclose(aside->file) != 0 && done)
        done = fail_errno(why);
    aside->file = NULL;
    if (!aside->partial[0])
        return done;
    done = done && folder_rename(aside->partial, aside->path, why);
    if (!done)
        unlink(aside->partial);
    return done;
}

void aside_abandon(struct aside *aside)
{
    if (!aside->file)
        return;
    fclose(aside->file);
    aside->file = NULL;
    if (aside->partial[0])
        unlink(aside->partial);
}
