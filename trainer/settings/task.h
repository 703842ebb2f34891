/* The tasks: what a user teaches, as a composition of the model's parts and of what prepare reads.
 * A new one is a row of the table in task.c, at its end, and, where it is applied in a way of its
 * own, a file for that. The task of a corpus decides that of the run and of its checkpoints. */
#ifndef TASK_H
#define TASK_H

#include "io/corpus/corpus_rules.h"
#include "trainer/metric/metric.h"
#include "trainer/settings/settings.h"

/* Rows of the table, of which some have a name in the code. */
enum task_kind { TASK_TRANSLATE, TASK_TAG, TASK_CLASSIFY, TASK_GENERATE, TASK_LANGUAGE_MODEL };

enum { TASK_OWN_MOST = 6 };

struct task {
    const char *name, *help;
    enum head head;            // of the model
    struct corpus_rules rules; // of its corpora
    int target_end;            // 1: end is a symbol of the target
    int from_single;           // the source has one place, most often
    struct {
        const char *name, *value;
    } own[TASK_OWN_MOST]; // defaults of settings that are not the settings' own
    const char *unit;     // what a symbol of the target is called: "tag"
    enum tokenizer_kind source_tokenizer, target_tokenizer; // the defaults
    enum command verb;                                      // what applies it
    int metrics_of;      // what outputs that are symbols are measured by: of enum metric_of, or-ed
    const char *metrics; // taken unless others are named
    const char *shown;   // with each validation
};

extern const struct task task_table[]; // up to one without a name
const struct task *task_of(enum task_kind kind);
/* NULL: there is no such task. */
const struct task *task_find(const char *name);
enum task_kind task_kind(const struct task *task);
const struct corpus_rules *task_rules(const char *name); // a corpus_rules_of

/* As many places in the target as in the source. */
static inline bool task_in_step(const struct task *task)
{
    return task->rules.target == PLACES_OF_SOURCE;
}

/* Whether it is applied by searching for a sequence that follows from a source. */
static inline bool task_searches(const struct task *task)
{
    return task->head == HEAD_DECODE && task->rules.sources > 0;
}
/* By what outputs can be measured, are measured unless metrics are named, and are measured in each
 * validation ("": not at all), by what the target is made of. */
int task_metrics_of(const struct task *task, const struct content *target);
const char *task_metrics(const struct task *task, const struct content *target);
const char *task_shown(const struct task *task, const struct content *target);

/* Has the target as many places as the head wants? Tasks of one head want the same. what: "has 2
 * tags, but its source has 3". */
bool task_fits(enum head head, enum form target, const struct sentence *sentence,
               struct reason *what);

#endif
