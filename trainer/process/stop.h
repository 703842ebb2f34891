/* Requests to stop: SIGUSR1, SIGTERM, SIGINT and SIGHUP set a flag, this process's one (a handler
 * gets nothing else), that is polled at boundaries and agreed by all ranks. A second SIGINT ends
 * the process at once; any other repetition is ignored. In training trainer/train.c asks
 * stop_agreed() before each update, in a validation the evaluation does. Only for commands that
 * poll: elsewhere the signals keep their usual effect.
 *
 * A run also stops when its time is over: `--stop-after` since the program started, or
 * SLURM_JOB_END_TIME (seconds since 1970) in rank 0's environment, whichever comes first, less what
 * saving and one more update take. */
#ifndef STOP_H
#define STOP_H

#include <stdbool.h>

enum { STOP_FLAG = 0x3f }; // in comm_agree's flags: a bit for each cause

void stop_start(void);    // installs the handlers; the program's time counts from here
int stop_requested(void); // bits of STOP_FLAG or 0, this rank's own
/* [all] Not 0 if any rank was asked to stop. */
int stop_agreed(void);
/* "stopped by SIGUSR1": what came first on this rank, or what the ranks agreed on. */
const char *stop_words(void);
/* Of what was agreed: a signal on which the launcher kills us before long. */
bool stop_is_urgent(void);

/* Rank 0: when time is over. after: as typed, a text_to_duration; NULL: none. */
void stop_deadline(const char *after);
/* Rank 0: sets the flag where less than `needed` seconds are left. */
void stop_if_late(double needed);

#endif
