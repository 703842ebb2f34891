/* Folders that are written aside and then renamed, so that nothing half-written ever stands under a
 * final name. */
#ifndef FOLDER_H
#define FOLDER_H

#include "comm/base/reason.h"
#include <limits.h>

/* aside: PATH.partial, made anew, without what an earlier try left. */
bool folder_begin(const char *path, char aside[PATH_MAX], struct reason *why);
/* Renames PATH.partial to PATH, where nothing stands or an empty folder. */
bool folder_finish(const char *path, struct reason *why);
/* The same, whatever stands there. */
bool folder_replace(const char *path, struct reason *why);
/* Removes a folder and all in it; an absent one is no failure. */
bool folder_remove(const char *path, struct reason *why);

/* Renames a file or folder that was written aside, and syncs the folder that holds it. */
bool folder_rename(const char *from, const char *to, struct reason *why);
/* fsync of the folder that holds path. */
bool folder_sync_around(const char *path, struct reason *why);
/* "FOLDER/FILEENDING", without taking memory. */
bool folder_join(char joined[PATH_MAX], const char *folder, const char *file, const char *ending,
                 struct reason *why);

/* What a folder is, by the files in it. (folder_kind.c) */
enum folder_kind { FOLDER_OTHER, FOLDER_CORPUS, FOLDER_RUN };
enum folder_kind folder_kind(const char *path);
/* The corpus or the run that `path` lies in, at any depth; it need not exist itself. folder:
 * its real path. */
enum folder_kind folder_around(const char *path, char folder[PATH_MAX]);
/* Both there, and one. */
bool folder_same_file(const char *a, const char *b);

#endif
