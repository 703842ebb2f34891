/* The watchdog: a rank that stands still ends the job with one line that names it (design, section
 * 9). A sign of life is a point passed by the thread that computes (comm/base/points.h) or a poll
 * of a wait (messages.h). Two see to it:
 * - A thread of each rank's own: no sign of life for 0.7 x seconds (a spin, a read that never
 *   returns): "stands still for 4 s behind 'model.backward' of update 12".
 * - The other ranks (a process that was stopped, a host that is gone): every rank that waits or
 *   computes for longer than a beat (seconds / 5, at most 10 s) tells all others so; one that gives
 *   no beat for `seconds` to a rank that waits is named by the lowest rank that still beats: "rank
 *   2 of 3 (node17) gives no sign of life for 5 s: it has not come to the sum of the gradients of
 *   update 12".
 * A rank that is slow but passes points is named (watch_slow), never ended. A fast, healthy run
 * sends no beats. Time counts only while this process runs: a job that is suspended and woken does
 * not end. */
#ifndef WATCH_H
#define WATCH_H

#include "comm/base/reason.h"

/* [all] seconds 0: no watchdog. Starts the thread; points have this thread's places from now on. */
void watch_start(double seconds);
/* [all] No beat is under way when it returns. comm_stop calls it where watch_start was called. */
void watch_stop(void);

/* True if since the last call this rank waited for longer than two beats: which rank it waited for
 * in the end, its host, how long, and for what, in words for the log. */
bool watch_slow(struct reason *words);

/* For messages.c: a wait for `peer` begins (what: NULL, it ends), and is polled. */
void watch_waiting(int peer, const char *what);
void watch_poll(void);

#endif
