/* What the task of a corpus wants of it, beside what the format does: how many sources, and how
 * many places the target of a sentence has. A row of it stands beside each task
 * (trainer/settings/task.c); here corpora are held against it, which somebody may have forged. */
#ifndef CORPUS_RULES_H
#define CORPUS_RULES_H

#include "io/corpus/content.h"

enum corpus_places { PLACES_ANY, PLACES_OF_SOURCE, PLACES_ONE };

struct corpus_rules {
    int sources, sources_most; // that there must be, and may be
    enum corpus_places target; // of a sentence
    int classes;               // the target's symbols are tags or labels: closed, none is unknown
};
/* Those of the task of that name; NULL: there are none. */
typedef const struct corpus_rules *corpus_rules_of(const char *task);

/* Has it the sources, and a target that is closed where it is of classes? rules may be NULL. */
bool corpus_rules_check(const struct corpus_rules *rules, const char *task,
                        const struct content contents[SIDES], struct reason *why);
/* Has a target of so many places what the rules want, beside a source of so many? An end that a
 * model may append is none. unit: what a place is called; what: "has 2 tags, but its source has
 * 3". */
bool corpus_rules_places(const struct corpus_rules *rules, int source, int target, const char *unit,
                         struct reason *what);
/* Has a sentence the places, of lengths (SIDES), that rules (or NULL) and forms want? index: of the
 * sentence in its shard, for the reason. */
bool corpus_rules_fit(const struct corpus_rules *rules, const enum form forms[SIDES],
                      const int32_t lengths[SIDES], int64_t index, struct reason *why);

#endif
