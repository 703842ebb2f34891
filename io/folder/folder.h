/* Folders that are written aside and then renamed, so that nothing half-written ever stands under a
 * final name. */
#ifndef FOLDER_H
#define FOLDER_H

#include "comm/base/reason.h"
#include <stddef.h>

/* aside: PATH.partial, made anew, without what an earlier try left. */
bool folder_begin(const char *path, char *aside, size_t capacity, struct reason *why);
/* Renames PATH.partial to PATH. What stood there is replaced: an empty folder always, another one
 * only if told to. */
bool folder_finish(const char *path, int replace, struct reason *why);
/* Removes a folder and all in it; an absent one is no failure. */
bool folder_remove(const char *path, struct reason *why);

/* What a folder is, by the files in it. (folder_kind.c) */
enum folder_kind { FOLDER_OTHER, FOLDER_CORPUS, FOLDER_RUN };
enum folder_kind folder_kind(const char *path);
/* The corpus or the run that `path` lies in, at any depth; it need not exist itself. folder:
 * (PATH_MAX), its real path. */
enum folder_kind folder_around(const char *path, char folder[]);
/* Both there, and one. */
bool folder_same_file(const char *a, const char *b);

#endif
