/* The folder of a run: lock, checkpoints and their links, metrics, status. Written by rank 0 alone.
 * A first start makes the folder aside (folder.h; with settings.yml and update-00000000.h5) and
 * renames it, so a run folder always has a checkpoint. Static: what lock this process holds, for it
 * has one run (run_folder_lock.c). */
#ifndef RUN_FOLDER_H
#define RUN_FOLDER_H

#include "comm/base/reason.h"
#include "comm/base/text.h"
#include <stdint.h>

enum run_folder_state { RUN_FOLDER_ABSENT, RUN_FOLDER_EMPTY, RUN_FOLDER_RUN, RUN_FOLDER_OTHER };
/* A file where the folder belongs, or one that cannot be read, is a failure. OTHER: not empty and
 * no run. */
bool run_folder_look(const char *path, enum run_folder_state *state, struct reason *why);

/* fcntl lock on run/lock, process, host and time of the start inside; false names who holds it.
 * Held until the process ends. lockless: the file system has no locks, and the fence alone guards.
 */
bool run_folder_lock(const char *path, const char *host, bool *lockless, struct reason *why);
/* The fence: is what stands in run/lock still what run_folder_lock wrote? A host that was cut off
 * may come back when another start has taken the run over (over NFS its lock is gone by then); it
 * must not write. False names who has the run now, or that the folder was removed or replaced. With
 * no lock taken it is true. Every function below that writes asks first. */
bool run_folder_held(const char *path, struct reason *why);

void run_folder_checkpoint_path(const char *path, int64_t update, char file[], size_t capacity);
/* Updates of the checkpoints there, highest first; returns their number (at most `most`). */
enum { RUN_FOLDER_MOST = 4096 }; // that are looked at
int run_folder_checkpoints(const char *path, int64_t *updates, int most);
bool run_folder_has(const char *path, int64_t update);
/* last.h5 or best.h5 -> update-NNNNNNNN.h5, replaced by rename. */
bool run_folder_link(const char *path, const char *link, int64_t update, struct reason *why);
int64_t run_folder_linked(const char *path, const char *link); // the update, or -1
/* Removes the oldest beyond `keep`, never `best` (-1: none). Leftovers of writing aside go too. */
bool run_folder_remove_old(const char *path, int keep, int64_t best, struct reason *why);

/* Small files, written aside and renamed: status.json, settings.yml, computing.json. The reason
 * names the file. */
bool run_folder_write(const char *path, const char *file, const struct text *content,
                      struct reason *why);
/* The whole of a small file; false if it is not there. */
bool run_folder_read(const char *path, const char *file, struct text *content, struct reason *why);

/* metrics.jsonl: cut behind the last line whose "update" is at most `update`; then appended to, a
 * line a call, given without its end. */
bool run_folder_cut_metrics(const char *path, int64_t update, struct reason *why);
bool run_folder_append_metrics(const char *path, const struct text *line, struct reason *why);

#endif
