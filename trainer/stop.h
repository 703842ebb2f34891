/* Requests to stop: SIGUSR1, SIGTERM, SIGINT and SIGHUP set a flag that is polled at boundaries and
 * agreed by all ranks (comm_agree's flags). A second SIGINT ends the process at once; any other
 * repetition is ignored. Only for commands that poll: elsewhere the signals keep their usual
 * effect. */
#ifndef STOP_H
#define STOP_H

enum { STOP_FLAG = 1 }; // in comm_agree's flags

void stop_start(void);         // installs the handlers
int stop_requested(void);      // STOP_FLAG or 0, this rank's own
const char *stop_signal(void); // the first that came, "SIGUSR1", or NULL

#endif
