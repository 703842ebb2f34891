/* Ending the program. die() is for a world that is wrong (trainer decides that; comm where MPI
 * itself fails); require() is for a broken claim of ours. Both print exactly one line that starts
 * with "fatal:" on standard error and end the whole job, not only this process. Before
 * die_speaker() the line has no rank in it; with one rank it never has.
 *
 *     fatal: rank 2 of 8 (node17): corpus 'news': No such file or directory
 *
 * A failure of several ranks at once goes through comm_agree() instead, so that only one speaks. */
#ifndef DIE_H
#define DIE_H

enum {
    STATUS_DONE = 0,
    STATUS_FAILED = 1,
    STATUS_USAGE = 2,   // wrong usage or settings
    STATUS_STOPPED = 75 // stopped with a checkpoint; the same command continues
};

/* Subject, colon, reason; lower case; quotes around what the user typed. Status 1. */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same with status 2. The text may hold further lines, indented, one for each wrong setting. */
_Noreturn void die_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Who speaks from now on, for the whole process: die.c keeps it, since anything may fail. The host
 * is copied. */
void die_speaker(int rank, int size, const char *host);
/* This process stays silent when it dies, and is slow to end (a launcher's rank other than 0 before
 * MPI has started: rank 0 has the same to say, and must not be taken down before it has). What is
 * still there then was met by this rank alone, and told through `tell`, which must not return. */
void die_silent(void (*tell)(int status, const char *words));
/* How the process ends once the line is out; must not return. Default: exit(status). */
void die_ending(void (*end)(int status));

/* What is done before that, once the line is out: a temporary folder (`with`) that is removed.
 * NULL: nothing. It must not die. */
void die_before_ending(void (*act)(void *with), void *with);

_Noreturn void die_broken_claim(const char *claim, const char *file, int line);
#define require(claim) ((claim) ? (void)0 : die_broken_claim(#claim, __FILE__, __LINE__))

#endif
