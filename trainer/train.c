#include "comm/base/die.h"
#include "comm/base/points.h"
#include "comm/comm.h"
#include "comm/watch.h"
#include "trainer/process/agree.h"
#include "trainer/process/clock.h"
#include "trainer/process/stop.h"
#include "trainer/run/averaged.h"
#include "trainer/run/report.h"
#include "trainer/run/samples.h"
#include "trainer/run/saver.h"
#include "trainer/run/schedule.h"
#include "trainer/run/validation.h"
#include "trainer/settings/commands.h"
#include <math.h>

/* What the next update and a validation may take, as measured: seconds. Of the updates, the recent
 * ones. */
static struct {
    double update, validation;
} slowest;
#define SLOWEST_FADES 0.99 // with every update

static int interval_ends(int64_t update, int64_t interval)
{
    return interval > 0 && update % interval == 0;
}

static int validation_due(const struct run *run, int64_t update)
{
    return run->valid && interval_ends(update, run->settings->valid_interval);
}

static int checkpoint_due(const struct run *run, int64_t update)
{
    return interval_ends(update, run->settings->checkpoint_interval);
}

/* Until the checkpoint that is being written, if any, is on disk. */
static void finish_saving(struct run *run, struct report *report)
{
    double seconds;
    if (saver_finish(run->saver, &seconds))
        report_saved(report, seconds);
}

/* [all] */
static int validate_weights(struct run *run, struct report *report)
{
    struct reason why;
    struct validation validation;
    double start = clock_seconds();
    if (!validation_run(run, &validation))
        return 0;
    point_at("validate.end", run->state.update, NULL, 0);
    struct train_state before = run->state;
    bool sound = schedule_sound(run->settings, &run->state, validation.loss,
                                schedule_guessing(&run->model.shape), &why);
    if (!sound)
        finish_saving(run, report);
    agree(sound, "%s", why.text);
    int best = schedule_validated(run->settings, &run->state, validation.loss, validation.cost);
    report_validation(report, &before, &validation, best, clock_seconds() - start);
    if (comm_rank() == 0)
        samples_show(run, report);
    return 1;
}

/* [all] Returns 0 if a stop came first: the validation is dropped and stays due. */
static int validate(struct run *run, struct report *report)
{
    double start = clock_seconds();
    run->state.validation_due = 1;
    point_at("validate.begin", run->state.update, NULL, 0);
    averaged_enter(run);
    int complete = validate_weights(run, report);
    averaged_leave(run);
    if (complete)
        slowest.validation = fmax(slowest.validation, clock_seconds() - start);
    return complete;
}

/* [all] */
static void save(struct run *run, struct report *report)
{
    double start = clock_seconds();
    finish_saving(run, report);
    saver_save(run->saver);
    report_saving(report, clock_seconds() - start);
}

/* [all] What follows an update: validation, checkpoint. Returns 0 on a stop. */
static int boundary(struct run *run, struct report *report)
{
    double seconds;
    struct reason slow;
    if (saver_poll(run->saver, &seconds))
        report_saved(report, seconds);
    if (watch_slow(&slow))
        report_line(report, "%s", slow.text);
    int validated = run->state.validation_due;
    if (validated && !validate(run, report))
        return 0;
    int best = validated && run->state.best_update == run->state.update;
    int new = validated || run->saving != run->state.update;
    if (new && (best || checkpoint_due(run, run->state.update)))
        save(run, report);
    return 1;
}

static void refuse_endless_skips(struct run *run, struct report *report)
{
    bool endless = run->state.skips >= run->settings->max_skips;
    if (endless)
        finish_saving(run, report);
    agree(!endless, "%lld updates in a row had no finite loss or gradient: in the last, %s",
          (long long)run->state.skips, run->skipped.bytes);
}

/* For one more update and a checkpoint, on rank 0: once again as long as it ever took. */
static double seconds_needed(const struct run *run)
{
    const double slack = 1;
    double needed = slack + 2 * saver_slowest(run->saver) + 2 * slowest.update;
    return validation_due(run, run->state.update + 1) ? needed + slowest.validation : needed;
}

/* [all] One update from the next group. Returns 0 on a stop. */
static int advance(struct run *run, struct feed *feed, struct report *report)
{
    struct reason why;
    struct update_result result;
    double start = clock_seconds(), waited = 0;
    point_at("feed.wait", run->state.update + 1, NULL, 0);
    const struct feed_group *group = feed_next(feed, &waited, &why);
    agree(group != NULL, "corpus '%s': %s", run->corpus->path, why.text);
    if (comm_rank() == 0)
        stop_if_late(seconds_needed(run));
    if (stop_agreed())
        return 0;
    int64_t next = run->state.update + 1;
    int check_weights = validation_due(run, next) || checkpoint_due(run, next);
    if (check_weights)
        saver_expect(run->saver);
    update_run(run, group, check_weights, &result);
    feed_done(feed);
    double seconds = clock_seconds() - start;
    slowest.update =
        seconds > SLOWEST_FADES * slowest.update ? seconds : SLOWEST_FADES * slowest.update;
    report_update(report, &result, seconds, waited);
    refuse_endless_skips(run, report);
    run->state.validation_due = validation_due(run, next);
    return 1;
}

static const char *const ending_words[] = {
    [ENDING_UPDATES] = "finished: the number of updates is reached",
    [ENDING_EPOCHS] = "finished: the number of epochs is reached",
    [ENDING_PATIENCE] = "finished: no better validation within patience",
};

/* [all] The run, from where it stands to its end or a stop. Returns the status. */
static int train_on(struct run *run, struct report *report)
{
    struct stream_options options;
    run_stream_options(run, &options);
    if (comm_rank() == 0)
        stop_deadline(run->settings->stop_after);
    struct feed *feed =
        feed_open(run->corpus, &options, &run->model.shape, run->state.epoch, run->state.group);
    int going = boundary(run, report);
    while (going && schedule_ending(run->settings, &run->state) == ENDING_NONE)
        going = advance(run, feed, report) && boundary(run, report);
    feed_close(feed);
    if (run->saving != run->state.update || run->state.validation_due)
        save(run, report);
    finish_saving(run, report);
    enum ending ending = going ? schedule_ending(run->settings, &run->state) : ENDING_NONE;
    report_state(report, ending == ENDING_NONE ? "stopped" : "finished",
                 ending == ENDING_NONE ? stop_words() : ending_words[ending]);
    return ending == ENDING_NONE ? STATUS_STOPPED : STATUS_DONE;
}

int train(struct settings *settings)
{
    struct run run;
    run_start(&run, settings);
    struct report *report = report_open(&run);
    report_start(report);
    int status = STATUS_DONE;
    if (settings->check)
        report_check(report);
    else
        status = train_on(&run, report);
    report_close(report);
    run_release(&run);
    return status;
}
