/* What a corpus holds by the task that it was prepared for: how many sources, and how many places
 * the target of a sentence has. Of training's tasks (trainer/task.h) no more than a corpus that
 * somebody forged could contradict; tests/trainer/test_corpus_task.c holds one against the other. */
#ifndef CORPUS_TASK_H
#define CORPUS_TASK_H

#include "io/content.h"

enum corpus_places { PLACES_ANY, PLACES_OF_SOURCE, PLACES_ONE };

struct corpus_task {
    const char *name;
    int sources, sources_most;
    enum corpus_places target;
    int classes; // the target's symbols are classes, and so closed: none of them is unknown
};

/* NULL: none that is known here. */
const struct corpus_task *corpus_task_find(const char *name);
/* Has it the sources of its task, and a target that is closed where it is of classes? */
bool corpus_task_check(const char *task, const struct content contents[SIDES], struct reason *why);
/* Has a sentence the places, of lengths (SIDES), that its task and its forms want? An end that a
 * model may append is none. index: of the sentence in its shard, for the reason. */
bool corpus_task_fits(const struct corpus_task *task, const enum form forms[SIDES],
                      const int32_t lengths[SIDES], int64_t index, struct reason *why);

#endif
