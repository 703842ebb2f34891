#include "trainer/run/report.h"
#include "comm/base/clock.h"
#include "comm/base/die.h"
#include "comm/comm.h"
#include "io/run/run_folder.h"
#include "io/text/json.h"
#include "io/text/yaml.h"
#include "trainer/run/continue.h"
#include "trainer/run/saver.h"
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct report {
    const struct run *run;
    struct text line; // reused
    int live, live_shown;
    bool lost; // a part of the log could not be written
    double start;
    /* of this start, and since the last line of the log */
    double waited, computed;
    double standstill; // for the newest checkpoint
    double loss, norm, seconds;
    int64_t tokens, updates, clipped;
};

static int speaks(void)
{
    return comm_rank() == 0;
}

static const char *folder(const struct report *report)
{
    return report->run->settings->output;
}

struct report *report_open(const struct run *run)
{
    struct report *report = memory_take(sizeof *report);
    report->run = run;
    report->live = run->settings->progress == PROGRESS_LIVE;
    report->start = clock_seconds();
    text_init(&report->line);
    struct reason why;
    if (speaks() && !run->settings->check &&
        !run_folder_cut_metrics(folder(report), run->state.update, &why))
        die("run folder '%s': %s", folder(report), why.text);
    return report;
}

void report_close(struct report *report)
{
    text_release(&report->line);
    memory_free(report);
}

/* A run of days does not end for its log, and one who closed the pipe has read enough. */
static void flush_log(struct report *report)
{
    if (fflush(stdout) == 0 || report->lost)
        return;
    report->lost = true;
    if (errno != EPIPE)
        fprintf(stderr,
                "warning: standard output: %s: lines of the log are lost, the run goes on\n",
                strerror(errno));
}

static void clear_live(struct report *report)
{
    if (report->live_shown)
        fputs("\r\033[K", stdout);
    report->live_shown = 0;
}

void report_line(struct report *report, const char *format, ...)
{
    if (!speaks())
        return;
    clear_live(report);
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
    flush_log(report);
}

void report_check(struct report *report)
{
    text_clear(&report->line);
    continue_settings(report->run->settings, &report->line);
    report_line(report, "settings:\n%scheck: all is well, and nothing was written",
                report->line.bytes);
}

static void write_metrics(struct report *report)
{
    struct reason why;
    if (!run_folder_append_metrics(folder(report), &report->line, &why))
        die("run folder '%s': %s", folder(report), why.text);
}

static void update_metrics(struct report *report, const struct update_result *result,
                           double seconds, double waited)
{
    struct text *line = &report->line;
    text_clear(line);
    json_open(line, NULL);
    json_integer(line, "update", report->run->state.update);
    json_integer(line, "epoch", result->epoch);
    json_real(line, "loss", result->loss);
    json_integer(line, "sentences", result->sentences);
    json_integer(line, "source_tokens", result->source_tokens);
    json_integer(line, "target_tokens", result->tokens);
    json_real(line, "gradient_norm", result->norm);
    json_real(line, "learning_rate", result->rate);
    json_bool(line, "clipped", result->clipped);
    json_bool(line, "skipped", result->skipped);
    json_real(line, "seconds", seconds);
    json_real(line, "wait_seconds", waited);
    json_close(line);
    write_metrics(report);
}

/* Seconds until the run's limits at the present rate; negative if no limit tells. */
static double time_left(const struct report *report)
{
    const struct run *run = report->run;
    int64_t left = -1;
    if (run->settings->updates > 0)
        left = run->settings->updates - run->state.update;
    if (run->settings->epochs > 0) {
        int64_t by_epochs =
            run->settings->epochs * run_updates_an_epoch(run->settings, run->corpus) -
            run->state.update;
        left = left < 0 || by_epochs < left ? by_epochs : left;
    }
    return left < 0 ? -1 : (double)left * report->seconds / (double)report->updates;
}

/* What both kinds of line say of the updates since the last one. */
struct so_far {
    char update[32], left[32];
    double loss, rate;
};

static struct so_far so_far(const struct report *report)
{
    struct so_far told = {.left = "?",
                          .loss = report->loss / (double)report->tokens,
                          .rate = (double)report->tokens / report->seconds};
    double seconds_left = time_left(report);
    if (seconds_left >= 0)
        text_of_duration(seconds_left, told.left);
    text_of_count(report->run->state.update, told.update);
    return told;
}

/* On a terminal, one line that is written over and must not wrap. */
static void show_updates(struct report *report, int64_t epoch)
{
    const struct so_far told = so_far(report);
    printf("\rupdate %s  epoch %lld  loss %.4f  %.0f tokens/s  at most %s left\033[K", told.update,
           (long long)epoch, told.loss, told.rate, told.left);
    flush_log(report);
    report->live_shown = 1;
}

/* Where a line is due: it stays, in full. */
static void log_updates(struct report *report, int64_t epoch)
{
    const struct so_far told = so_far(report);
    char perplexity[48] = "";
    if (report->run->model.shape.side[TARGET].form == FORM_SYMBOLS)
        snprintf(perplexity, sizeof perplexity, "perplexity %.2f  ", exp(told.loss));
    report_line(report,
                "update %s  epoch %lld  loss %.4f  %snorm %.3f  clipped %.0f %%  %.0f "
                "target tokens/s  waiting %.1f %%  at most %s left",
                told.update, (long long)epoch, told.loss, perplexity,
                report->norm / (double)report->updates,
                100.0 * (double)report->clipped / (double)report->updates, told.rate,
                100 * report->waited / (report->computed > 0 ? report->computed : 1), told.left);
}

static void forget_updates(struct report *report)
{
    report->loss = report->norm = report->seconds = 0;
    report->tokens = report->updates = report->clipped = 0;
}

void report_update(struct report *report, const struct update_result *result, double seconds,
                   double waited)
{
    if (!speaks())
        return;
    update_metrics(report, result, seconds, waited);
    report->waited += waited;
    report->computed += seconds;
    int64_t update = report->run->state.update;
    if (result->skipped) {
        report_line(report, "update %lld skipped: %s", (long long)update,
                    report->run->skipped.bytes);
        return;
    }
    report->loss += result->loss * (double)result->tokens;
    report->norm += result->norm;
    report->seconds += seconds;
    report->tokens += result->tokens;
    report->updates++;
    report->clipped += result->clipped;
    int due = update % report->run->settings->log_interval == 0;
    if (!due && report->live)
        show_updates(report, result->epoch);
    if (!due)
        return;
    log_updates(report, result->epoch);
    forget_updates(report);
    report_state(report, "training", NULL);
}

void report_validation(struct report *report, const struct train_state *before,
                       const struct validation *validation, int best, double seconds)
{
    if (!speaks())
        return;
    const struct evaluation *evaluation = &validation->evaluation;
    struct text *line = &report->line;
    int64_t update = report->run->state.update;
    text_clear(line);
    evaluation_words(evaluation, line);
    for (int i = 0; i < validation->shown; i++) {
        text_add_format(line, "; %s ", validation->metrics[i]->name);
        metric_words_of(validation->metrics[i], validation->values[i], line);
    }
    report_line(report, "validation at update %lld: %s%s", (long long)update, line->bytes,
                best ? " (best so far)" : "");
    text_clear(line);
    if (update > 2 * report->run->settings->valid_interval &&
        evaluation_is_strange(evaluation, line))
        report_line(report, "%s", line->bytes);
    text_clear(line);
    json_open(line, NULL);
    json_integer(line, "update", update);
    json_real(line, "validation_loss", validation->loss);
    if (evaluation->form == FORM_SYMBOLS) {
        json_real(line, "perplexity", evaluation_per(evaluation, evaluation->tokens));
        if (evaluation->sources == 0)
            json_real(line, "bits", evaluation_bits(evaluation));
        json_real(line, "perplexity_word", evaluation_per(evaluation, evaluation->words));
        json_real(line, "perplexity_character", evaluation_per(evaluation, evaluation->characters));
    }
    for (int i = 0; i < validation->shown; i++)
        json_real(line, validation->metrics[i]->name, validation->values[i]);
    json_integer(line, "sentences", evaluation->sentences);
    json_integer(line, "target_tokens", evaluation->tokens);
    json_bool(line, "best", best);
    json_real(line, "training_loss", before->sum_loss / (double)before->sum_tokens);
    json_real(line, "clipped_share", (double)before->sum_clipped / (double)before->sum_updates);
    json_real(line, "learning_rate_factor", report->run->state.rate_factor);
    json_real(line, "seconds", seconds);
    json_close(line);
    write_metrics(report);
}

void report_saving(struct report *report, double standstill)
{
    report->standstill = standstill;
}

void report_saved(struct report *report, double seconds)
{
    char took[32], stood[32];
    text_of_duration(seconds, took);
    text_of_duration(report->standstill, stood);
    report_line(report, "checkpoint at update %lld saved in %s, training stood still for %s",
                (long long)report->run->saved, took, stood);
    report_state(report, "training", NULL);
}

static void add_best(const struct run *run, struct text *line)
{
    const struct metric *metric = metric_steering(run->settings->valid_metric);
    double best = run->state.best_update > 0 ? run->state.best_loss : (double)NAN;
    if (metric) {
        json_text(line, "best_metric", metric->name);
        json_real(line, "best_value", metric_turned(metric, best));
    } else {
        json_real(line, "best_loss", best);
    }
}

double report_noted_saving(const char *run_folder)
{
    struct reason why;
    struct yaml status;
    char path[PATH_MAX];
    double seconds = 0;
    snprintf(path, sizeof path, "%s/status.json", run_folder);
    if (!yaml_read(path, &status, &why))
        return 0;
    for (int i = 0; i < status.count; i++)
        if (strcmp(status.pairs[i].name, "save_seconds") == 0 &&
            !text_to_real(status.pairs[i].value, &seconds))
            seconds = 0;
    yaml_release(&status);
    return seconds;
}

void report_state(struct report *report, const char *state, const char *why)
{
    if (!speaks())
        return;
    const struct train_state *at = &report->run->state;
    if (why)
        report_line(report, "%s", why);
    struct text *line = &report->line;
    text_clear(line);
    json_open(line, NULL);
    json_text(line, "state", state);
    json_integer(line, "update", at->update);
    json_integer(line, "epoch", at->epoch);
    json_integer(line, "last_checkpoint", report->run->saved);
    json_integer(line, "best_update", at->best_update);
    add_best(report->run, line);
    json_real(line, "save_seconds", saver_slowest(report->run->saver));
    json_real(line, "standstill_seconds", report->standstill);
    json_close(line);
    text_add(line, "\n", 1);
    struct reason reason;
    if (!run_folder_write(folder(report), "status.json", line, &reason))
        die("run folder '%s': %s", folder(report), reason.text);
}
