/* The tasks: what a model makes of its inputs. A row each. */
#ifndef TASK_H
#define TASK_H

struct task {
    const char *name;
    int metrics_of;      // what its outputs are measured by: of enum metric_of, or-ed
    const char *metrics; // taken unless others are named
};
extern const struct task task_translate;

#endif
