/* What a run says: the log on standard output (a live line on a terminal), metrics.jsonl and
 * status.json in the run folder. Rank 0 alone speaks; on the other ranks every call does nothing.
 * Nothing is allocated after the first updates.
 *
 * metrics.jsonl holds one JSON object a line, in order. Of each update: update and epoch (from 1),
 * loss (nats a target token, as trained), sentences, source_tokens, target_tokens (ends included),
 * gradient_norm (of the mean gradient a token), learning_rate, clipped, skipped; and the times
 * seconds, wait_seconds (for data). Of each validation: update, validation_loss (nats a token,
 * plain; of vectors half the squared error of one), perplexity, of a language model bits (a token),
 * perplexity_word, perplexity_character (not of vectors), under their names the metrics that the
 * task shows and that of --valid-metric (values as evaluate --json has them), sentences,
 * target_tokens, best, training_loss and clipped_share since the last one, learning_rate_factor
 * (schedule plateau), seconds. All but the times are the same for any number of ranks. status.json:
 * state (training, stopped, finished), update, epoch (finished ones), last_checkpoint, best_update,
 * best_loss (with --valid-metric but perplexity: best_metric, its name, and best_value),
 * save_seconds (of the slowest checkpoint), standstill_seconds (how long the newest one held
 * training up). */
#ifndef REPORT_H
#define REPORT_H

#include "trainer/apply/evaluation.h"
#include "trainer/run/run.h"
#include "trainer/run/update.h"
#include "trainer/run/validation.h"

struct report;

/* Cuts metrics.jsonl at the state's update. */
struct report *report_open(const struct run *run);
void report_close(struct report *report);

/* Once, at the start: ranks, hosts, threads, kernel, parameters, memory, sentences and tokens an
 * update, updates an epoch (report_start.c). */
void report_start(struct report *report, const struct run *run);
/* --check: all settings as they are resolved, and that all is well. */
void report_check(struct report *report);
/* A line of the log, in printf's manner. */
void report_line(struct report *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* seconds: of this update, all of it; waited: the part of it that waited for data. */
void report_update(struct report *report, const struct update_result *result, double seconds,
                   double waited);
/* before: the state with the sums of training since the last validation. */
void report_validation(struct report *report, const struct train_state *before,
                       const struct validation *validation, int best, double seconds);
/* A checkpoint was begun, which training stood still for; it is on disk. */
void report_saving(struct report *report, double standstill);
void report_saved(struct report *report, double seconds);
/* state: "training", "stopped", "finished". why: a line of the log, or NULL. Writes status.json. */
void report_state(struct report *report, const char *state, const char *why);
/* save_seconds of the folder's status.json, as the start before this one left it; 0: none. */
double report_noted_saving(const char *run_folder);

#endif
