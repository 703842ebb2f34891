/* The schedules of the learning rate, a row of a table each: a new one is its function and its row
 * in schedules.c. Pure. */
#ifndef SCHEDULES_H
#define SCHEDULES_H

#include <stdbool.h>

/* What a schedule asks of the settings. */
enum {
    SCHEDULE_DECAYS = 1,  // uses --decay-updates, which lies behind the warm-up
    SCHEDULE_PLATEAUS = 2 // each validation may change its factor (--plateau-*): needs --valid
};

struct schedule_place {
    double update, warmup, decay; // update: from 1, behind the warm-up; decay: --decay-updates
    double rate;                  // --learning-rate
    double factor;                // of plateaus: 1, and less after validations that were no better
};

struct schedule {
    const char *name, *help;
    int uses; // of those above, or-ed
    double (*rate)(const struct schedule_place *at);
};
extern const struct schedule schedule_table[]; // up to one without a name

#endif
