/* Requests to stop: SIGUSR1, SIGTERM, SIGINT and SIGHUP set a flag that is polled at boundaries and
 * agreed by all ranks (comm_agree's flags). A second SIGINT ends the process at once; any other
 * repetition is ignored. Only for commands that poll: elsewhere the signals keep their usual
 * effect.
 *
 * A run also stops when its time is over: `--stop-after` since the program started, or
 * SLURM_JOB_END_TIME (seconds since 1970) in rank 0's environment, whichever comes first, less what
 * saving and one more update take. */
#ifndef STOP_H
#define STOP_H

enum { STOP_FLAG = 1 }; // in comm_agree's flags

void stop_start(void);         // installs the handlers
int stop_requested(void);      // STOP_FLAG or 0, this rank's own
const char *stop_signal(void); // the first that came, "SIGUSR1", or NULL

/* Rank 0: when time is over; after: seconds since the program started, 0: none. */
void stop_deadline(double after);
/* Rank 0: sets the flag of stop_requested where less than `needed` seconds are left. */
void stop_if_late(double needed);
/* Seconds between SIGTERM and SIGKILL that the launcher grants (mpirun's
 * odls_base_sigkill_timeout, 1 unless set); infinite without mpirun. */
double stop_grace(void);

#endif
