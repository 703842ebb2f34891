/* The other ranks. One world, as MPI has it, started once and kept in comm.c: comm_start, ...,
 * comm_stop. Without a launcher's environment it is one rank and MPI is never called. A function
 * marked [all] must be called by all ranks, in the same order. Nothing blocks: every wait polls
 * point-to-point requests (messages.h) and gives the processor away between polls. Collectives are
 * built from those, along trees that the number of ranks fixes. An MPI call that fails ends the
 * program and names the call. */
#ifndef COMM_H
#define COMM_H

#include "comm/base/text.h"
#include <stddef.h>
#include <stdint.h>

/* What the launcher's environment says, before comm_start: 0 and 1 without one. The environments
 * are those of Open MPI's mpirun and of srun --mpi=pmix. */
int comm_launcher_rank(void);
int comm_launcher_size(void);
/* The names of the variables that say so, up to NULL: without them a process is by itself. */
extern const char *const comm_launcher_variables[];
/* Seconds between SIGTERM and SIGKILL when mpirun is told to end (odls_base_sigkill_timeout, 1
 * unless set); infinite where mpirun did not start us. */
double comm_launcher_grace(void);

/* [all] Starts MPI if there is a launcher (funneled threads, errors returned), tells die() who
 * speaks and how to end the job (MPI_Abort). */
void comm_start(void);
/* Instead of comm_start, where this rank met trouble that rank 0 did not: it is told as by
 * comm_agree. */
_Noreturn void comm_tell(int status, const char *trouble);
/* [all] The regular end. Every rank must have nothing left to say. */
void comm_stop(void);
/* [all] The end while the launcher is about to kill us, where MPI_Finalize hangs: every rank exits
 * with that status, once all have come here. */
_Noreturn void comm_leave(int status);

int comm_rank(void);
int comm_size(void);
const char *comm_host(void);        // this rank's
const char *comm_host_of(int rank); // any rank's
int comm_hosts(void);               // how many different ones
const char *comm_library(void);     // "Open MPI 4.1.4", or "none"

/* [all] Goes on only if trouble is NULL on every rank: otherwise the lowest troubled rank ends the
 * job with its text as die() does, with that status (STATUS_FAILED or STATUS_USAGE), and the others
 * wait for the end. Returns the bitwise or of all ranks' flags. */
int comm_agree(const char *trouble, int status, int flags);

/* [all] */
void comm_broadcast(void *data, size_t bytes, int root);
void comm_broadcast_text(struct text *text, int root); // the others' text is replaced
/* all: size x bytes, in order of ranks. */
void comm_all_gather(const void *mine, size_t bytes, void *all);
/* On rank 0: all texts joined in order of ranks, lengths[size]; elsewhere both are untouched. */
void comm_gather_text(const struct text *mine, struct text *all, uint64_t *lengths);
/* [all] Entries of which at most one rank's is not zero add up exactly, in any order: that is the
 * use. */
void comm_sum_reals(double *values, int64_t count);
void comm_sum_integers(int64_t *values, int64_t count);

/* Point to point, any length; both sides poll. */
void comm_send(int to, const void *data, size_t bytes);
void comm_receive(int from, void *data, size_t bytes);

#endif
