/* Where the time of a computation goes: each second of the thread that computes belongs to the part
 * of the work that it has entered. Switched on by `benchmark` alone, which gives the clock; until
 * then part_enter does nothing. Only the thread that computes may call it; its one clock is kept in
 * parts.c. Parts nest, by giving back what was before:
 *
 *     enum part before = part_enter(PART_ATTENTION);
 *     ...
 *     part_enter(before); */
#ifndef PARTS_H
#define PARTS_H

enum part {
    PART_REST, // what is in no other
    PART_ENCODER,
    PART_ATTENTION,
    PART_DECODER,
    PART_OUTPUT,
    PART_OPTIMIZER,
    PART_EXCHANGE, // clearing, checking, summing and gathering; waiting for other ranks
    PART_DATA,
    PART_CHECKPOINT,
    PARTS
};
extern const char *const part_names[PARTS];

/* The time goes to `part` from now on; returns the part before. */
enum part part_enter(enum part part);

/* Starts at zero, in PART_REST. clock: seconds that never fall; NULL switches it off. */
void parts_start(double (*clock)(void));
/* So far, up to the last part_enter. */
double parts_seconds(enum part part);

#endif
