/* One run of training on this rank: what it was started with, the replica, this rank's part of the
 * moments, and where it stands. Made by run_start (start.c) from an empty folder or from a
 * checkpoint; train.c moves it on. */
#ifndef RUN_H
#define RUN_H

#include "comm/exchange.h"
#include "io/corpus/corpus.h"
#include "io/stream/stream.h"
#include "model/model.h"
#include "model/optimizer/optimizer.h"
#include "trainer/checkpoint/state.h"
#include "trainer/run/freeze.h"
#include "trainer/settings/settings.h"

struct guard;

struct run {
    struct settings *settings;
    struct corpus *corpus, *valid; // valid may be NULL
    struct model model;
    struct optimizer optimizer;
    struct cuts cuts; // where ranks may share the block of parameters
    struct exchange *exchange;
    float *weights;             // (parameters.total), every rank's copy
    float *gradient;            // (part.count): the sum, this rank's part; the exchange's
    float *first, *second;      // (part.count), or NULL where the optimizer keeps none
    float *carried;             // of a running text: states of this rank's lanes (carried.h)
    float *average;             // (part.count), of the weights; NULL without --average
    struct freeze freeze;       // what no update changes
    struct audit_piece *pieces; // one for each parameter
    struct guard *guard;        // of weights, moments and average (guard.h)
    struct arena arena;
    struct train_state state;
    struct saver *saver; // NULL with --check
    int64_t saving;      // update of the newest checkpoint asked for: the same on all ranks
    int64_t saved;       // update of the newest in the folder, as rank 0 knows; -1: none
    int continued;       // this start found a run
    struct text skipped; // why the last skipped update was, in words
};

/* [all] Opens everything and makes the run folder, or finds where the run stands. Wrong settings
 * and a world that is wrong end the program. With --check nothing is written. */
void run_start(struct run *run, struct settings *settings);
/* [all] The same without a folder and without validation, for measuring: on this corpus, which
 * becomes the run's, or where it is NULL on settings->corpus. settings->check must be on. Computing
 * must have started. */
void run_start_bare(struct run *run, struct settings *settings, struct corpus *corpus);
void run_release(struct run *run);

/* The stream's options of this rank; they borrow the run. */
struct stream_options run_stream_options(const struct run *run);
/* About, from the totals of the corpus and the batch settings. */
int64_t run_updates_an_epoch(const struct settings *settings, const struct corpus *corpus);

#endif
