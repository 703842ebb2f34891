#include "comm/base/points.h"
#include "io/folder/folder.h"
#include "io/run/run_folder.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SMALL_MOST = 16 * 1024 * 1024 };
static const char metrics[] = "metrics.jsonl";

static bool write_fully(int descriptor, const char *bytes, size_t count, struct reason *why)
{
    while (count > 0) {
        ssize_t now = write(descriptor, bytes, count);
        if (now < 0 && errno == EINTR)
            continue;
        if (now < 0)
            return fail_errno(why);
        bytes += now;
        count -= (size_t)now;
    }
    return true;
}

static bool write_file(const char *path, const struct text *content, struct reason *why)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0)
        return fail_errno(why);
    bool done = write_fully(descriptor, content->bytes, content->length, why) &&
                (fsync(descriptor) == 0 || fail_errno(why));
    if (close(descriptor) != 0 && done)
        done = fail_errno(why);
    return done;
}

bool run_folder_write(const char *path, const char *file, const struct text *content,
                      struct reason *why)
{
    char to[PATH_MAX], aside[PATH_MAX];
    if (!run_folder_held(path, why))
        return false;
    bool done =
        (folder_join(to, path, file, "", why) && folder_join(aside, path, file, ".partial", why) &&
         write_file(aside, content, why)) ||
        fail_about(why, "%s", file);
    point_at("run_folder.write", 0, NULL, 0);
    if (done && run_folder_held(path, why) &&
        (folder_rename(aside, to, why) || fail_about(why, "%s", file)))
        return true;
    unlink(aside);
    return false;
}

static bool read_open(FILE *file, struct text *content, struct reason *why)
{
    char piece[4096];
    size_t count;
    text_clear(content);
    while ((count = fread(piece, 1, sizeof piece, file)) > 0) {
        text_add(content, piece, count);
        if (content->length > SMALL_MOST)
            return fail(why, "is larger than %d bytes", SMALL_MOST);
    }
    return !ferror(file) || fail_errno(why);
}

bool run_folder_read(const char *path, const char *file, struct text *content, struct reason *why)
{
    char from[PATH_MAX];
    if (!folder_join(from, path, file, "", why))
        return false;
    FILE *opened = fopen(from, "rbe");
    if (!opened)
        return fail_errno(why);
    bool done = read_open(opened, content, why);
    fclose(opened);
    return done;
}

/* Of a line that begins with {"update":N, or -1. */
static int64_t update_of_line(const char *line)
{
    static const char start[] = "{\"update\":";
    if (strncmp(line, start, strlen(start)) != 0)
        return -1;
    line += strlen(start);
    line += strspn(line, " ");
    size_t digits = strspn(line, "0123456789");
    return digits >= 1 && digits <= 18 ? strtoll(line, NULL, 10) : -1;
}

/* Bytes up to the end of the last whole line whose update is at most `update`. */
static bool find_cut(FILE *file, int64_t update, off_t *kept, struct reason *why)
{
    char *line = NULL;
    size_t capacity = 0;
    off_t place = 0;
    *kept = 0;
    errno = 0;
    for (ssize_t length; (length = getline(&line, &capacity, file)) > 0;) {
        place += length;
        int64_t found = update_of_line(line);
        if (line[length - 1] == '\n' && found >= 0 && found <= update)
            *kept = place;
    }
    free(line);
    return !ferror(file) || fail_errno(why);
}

bool run_folder_cut_metrics(const char *path, int64_t update, struct reason *why)
{
    char name[PATH_MAX];
    struct stat status;
    off_t kept = 0;
    if (!run_folder_held(path, why) || !folder_join(name, path, metrics, "", why))
        return false;
    FILE *file = fopen(name, "r+be");
    if (!file)
        return errno == ENOENT || fail_errno(why);
    bool done = find_cut(file, update, &kept, why) &&
                (fstat(fileno(file), &status) == 0 || fail_errno(why));
    if (done && status.st_size > kept)
        done = (ftruncate(fileno(file), kept) == 0 && fsync(fileno(file)) == 0) || fail_errno(why);
    fclose(file);
    return done;
}

static bool append_metrics(const char *path, const struct text *line, struct reason *why)
{
    char name[PATH_MAX];
    if (!folder_join(name, path, metrics, "", why))
        return false;
    int descriptor = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (descriptor < 0)
        return fail_errno(why);
    bool done = write_fully(descriptor, line->bytes, line->length, why);
    point_at("run_folder.metrics", 0, NULL, 0); // half a line: the next start cuts it off
    done = done && write_fully(descriptor, "\n", 1, why);
    if (close(descriptor) != 0 && done)
        done = fail_errno(why);
    return done;
}

bool run_folder_append_metrics(const char *path, const struct text *line, struct reason *why)
{
    return run_folder_held(path, why) &&
           (append_metrics(path, line, why) || fail_about(why, "%s", metrics));
}
