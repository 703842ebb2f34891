/* The named points that a process comes by. Each is a sign of life of the thread that computes, and
 * says where it is: the watchdog (comm/watch.h) tells by them who stands still, and where. And each
 * is where tests reach into a running program, to send a signal, stop, flip a bit or make a NaN:
 * `points_hook` is NULL in `chorus` and set by the tests' own program. A thread beside the one that
 * computes (the loader, the writer of checkpoints) passes points for the tests, and so that who
 * waits for it sees it move. */
#ifndef POINTS_H
#define POINTS_H

#include <stddef.h>
#include <stdint.h>

/* number: mostly the update. data: what the point is about, or NULL. */
void point_at(const char *name, int64_t number, void *data, size_t bytes);
extern void (*points_hook)(const char *name, int64_t number, void *data, size_t bytes);
/* A sign of life without a name, on the way between two points that may lie far apart. */
void point_alive(void);

/* This thread is the one that computes; `listener` (or NULL) is called by it at each point. */
void points_start(void (*listener)(void));
/* The update that is worked on, for messages: -1 outside of training. */
void points_update(int64_t now);

/* Where the thread that computes is; may be asked by any thread. */
struct place {
    const char *point; // passed last; static text
    int64_t update;
    uint64_t passed; // signs of life so far
};
struct place points_place(void);
/* Signs of life of all other threads so far: one that waits for them sees whether they move. */
uint64_t points_beside(void);

#endif
