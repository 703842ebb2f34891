/* The watchdog: a rank that stands still ends the job with one line that names it. A
 * sign of life is a point passed by the thread that computes (comm/base/points.h) or a poll
 * of a wait (messages.h). Two see to it:
 * - A thread of each rank's own: no sign of life for half of `seconds`, later the higher the rank,
 *   so that one speaks where all stand still together (a spin, a read that never returns):
 *   "watchdog: stands still for 3 s behind 'model.backward' of update 12".
 * - The other ranks (a process that was stopped, a host that is gone): all tell all others now and
 *   then that they live, in beats; one that gives none for `seconds` is named by the lowest rank
 *   that still beats: "watchdog: rank 2 (node17) gives no sign of life for 5 s: rank 0 waits in the
 *   sum of the gradients of update 12".
 * A rank that is slow but passes points is named (watch_slow), never ended. Time counts only while
 * this process runs: a job that is suspended and woken does not end. There is one watchdog in a
 * process, kept in watch.c: points and polls come from everywhere. */
#ifndef WATCH_H
#define WATCH_H

#include "comm/base/reason.h"

/* [all] seconds 0: no watchdog. Starts the thread; points have this thread's places from now on.
 * ending: true once this process was asked to end: maybe another rank has spoken, so the watchdog
 * has more patience. */
void watch_start(double seconds, int (*ending)(void));
/* [all] No beat is under way when it returns. comm_stop calls it; nothing where watch_start was
 * not called. */
void watch_stop(void);

/* True if since the last call this rank waited for longer than two beats: which rank it waited for
 * in the end, its host, how long, and for what, in words for the log. */
bool watch_slow(struct reason *words);

/* For messages.c: a wait for `peer` begins (what: NULL, it ends), and is polled. */
void watch_waiting(int peer, const char *what);
void watch_poll(void);

#endif
