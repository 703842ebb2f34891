/* Lines of text from a file, a gzip file (recognised by its content, whatever its name) or standard
 * input ("-"). Memory is one line. Always a failure: a NUL, a line over 1 MiB, a damaged or
 * truncated gzip, an unreadable file, what looks like UTF-16. A last line without a line end
 * counts; a byte order mark at the head does not. Bytes are not checked for UTF-8 here (utf8.h). */
#ifndef LINES_H
#define LINES_H

#include "comm/base/reason.h"
#include <stddef.h>
#include <stdint.h>

enum { LINE_MOST = 1 << 20 };

struct lines;

/* NULL with a reason ("No such file or directory", "is a directory", "is empty" is not one of
 * them). */
struct lines *lines_open(const char *path, struct reason *why);
/* 1: a line, without its line end (\n or \r\n), valid until the next call; 0: the end; -1: a
 * failure, with a reason ("line 12: ..."), which stays. */
int lines_next(struct lines *lines, const char **bytes, size_t *length, struct reason *why);
/* What was left out of the lines returned so far. */
struct lines_marks {
    bool byte_order;      // U+FEFF at the head
    int64_t windows_ends; // of \r\n their \r
};
struct lines_marks lines_marks(const struct lines *lines);
int64_t lines_number(const struct lines *lines); // of the line returned last, from 1
void lines_close(struct lines *lines);

#endif
