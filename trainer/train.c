#include "comm/base/clock.h"
#include "comm/base/die.h"
#include "comm/base/points.h"
#include "comm/comm.h"
#include "comm/watch.h"
#include "trainer/process/agree.h"
#include "trainer/process/stop.h"
#include "trainer/run/averaged.h"
#include "trainer/run/report.h"
#include "trainer/run/samples.h"
#include "trainer/run/saver.h"
#include "trainer/run/schedule.h"
#include "trainer/run/validation.h"
#include "trainer/settings/commands.h"
#include <math.h>

/* A run, and what moves it on. */
struct training {
    struct run run;
    struct report *report;
    struct feed *feed;
    double update, validation; // seconds that the next may take: of the updates, by the recent ones
};
#define SLOWEST_FADES 0.99 // with every update

static bool interval_ends(int64_t update, int64_t interval)
{
    return interval > 0 && update % interval == 0;
}

static bool validation_due(const struct run *run, int64_t update)
{
    return run->valid && interval_ends(update, run->settings->valid_interval);
}

static bool checkpoint_due(const struct run *run, int64_t update)
{
    return interval_ends(update, run->settings->checkpoint_interval);
}

/* Until the checkpoint that is being written, if any, is on disk. */
static void finish_saving(struct training *training)
{
    double seconds;
    if (saver_finish(training->run.saver, &seconds))
        report_saved(training->report, seconds);
}

/* [all] */
static void save(struct training *training)
{
    double start = clock_seconds();
    finish_saving(training);
    saver_save(training->run.saver);
    report_saving(training->report, clock_seconds() - start);
}

/* [all] What a validation changes; one that shows that training diverges ends the run. */
static void judge(struct training *training, const struct validation *validation, double seconds)
{
    struct reason why;
    struct run *run = &training->run;
    struct train_state before = run->state;
    bool sound = schedule_sound(run->settings, &run->state, validation->loss,
                                schedule_guessing(&run->model.shape), &why);
    if (!sound)
        finish_saving(training);
    agree(sound, "%s", why.text);
    int best = schedule_validated(run->settings, &run->state, validation->loss, validation->cost);
    report_validation(training->report, &before, validation, best, seconds);
    if (comm_rank() == 0)
        samples_show(run, training->report);
}

/* [all] False if a stop came first: the validation is dropped and stays due. */
static bool validate(struct training *training)
{
    struct run *run = &training->run;
    struct validation validation;
    double start = clock_seconds();
    point_at("validate.begin", run->state.update, NULL, 0);
    averaged_enter(run);
    bool complete = validation_run(run, &validation);
    if (complete) {
        point_at("validate.end", run->state.update, NULL, 0);
        judge(training, &validation, clock_seconds() - start);
    }
    averaged_leave(run);
    if (complete)
        training->validation = fmax(training->validation, clock_seconds() - start);
    return complete;
}

/* What went on beside the update. */
static void report_others(struct training *training)
{
    double seconds;
    struct reason slow;
    if (saver_poll(training->run.saver, &seconds))
        report_saved(training->report, seconds);
    if (watch_slow(&slow))
        report_line(training->report, "%s", slow.text);
}

static const struct feed_group *next_group(const struct training *training, double *waited)
{
    struct reason why;
    point_at("feed.wait", training->run.state.update + 1, NULL, 0);
    const struct feed_group *group = feed_next(training->feed, waited, &why);
    agree(group != NULL, "corpus '%s': %s", training->run.corpus->path, why.text);
    return group;
}

/* [all] Was the run asked to stop, or is there no time for one more update and a checkpoint, each
 * once again as long as it ever took? */
static bool stops(const struct training *training)
{
    const double slack = 1;
    const struct run *run = &training->run;
    double needed = slack + 2 * saver_slowest(run->saver) + 2 * training->update;
    if (validation_due(run, run->state.update + 1))
        needed += training->validation;
    if (comm_rank() == 0)
        stop_if_late(needed);
    return stop_agreed();
}

static void refuse_endless_skips(struct training *training)
{
    const struct run *run = &training->run;
    bool endless = run->state.skips >= run->settings->max_skips;
    if (endless)
        finish_saving(training);
    agree(!endless, "%lld updates in a row had no finite loss or gradient: in the last, %s",
          (long long)run->state.skips, run->skipped.bytes);
}

/* [all] start, waited: when it was begun, and the seconds that it waited for the group. */
static void update(struct training *training, const struct feed_group *group, double start,
                   double waited)
{
    struct run *run = &training->run;
    struct update_result result;
    const int64_t next = run->state.update + 1;
    bool check_weights = validation_due(run, next) || checkpoint_due(run, next);
    if (check_weights)
        saver_expect(run->saver);
    update_run(run, group, check_weights, &result);
    feed_done(training->feed);
    double seconds = clock_seconds() - start;
    training->update = fmax(seconds, SLOWEST_FADES * training->update);
    report_update(training->report, &result, seconds, waited);
    refuse_endless_skips(training);
    run->state.validation_due = validation_due(run, next);
}

/* [all] To the run's end, or a stop: then ENDING_NONE. Behind an update come, in this order: log,
 * validation, checkpoint, stop. What a stop left undone comes before the first. */
static enum ending go_on(struct training *training)
{
    struct run *run = &training->run;
    for (;;) {
        report_others(training);
        bool validated = run->state.validation_due;
        if (validated && !validate(training))
            return ENDING_NONE;
        bool best = validated && run->state.best_update == run->state.update;
        bool new = validated || run->saving != run->state.update;
        if (new && (best || checkpoint_due(run, run->state.update)))
            save(training);
        enum ending ending = schedule_ending(run->settings, &run->state);
        if (ending != ENDING_NONE)
            return ending;
        double start = clock_seconds(), waited = 0;
        const struct feed_group *group = next_group(training, &waited);
        if (stops(training))
            return ENDING_NONE;
        update(training, group, start, waited);
    }
}

static const char *const ending_words[] = {
    [ENDING_UPDATES] = "finished: the number of updates is reached",
    [ENDING_EPOCHS] = "finished: the number of epochs is reached",
    [ENDING_PATIENCE] = "finished: no better validation within patience",
};

/* [all] The run, from where it stands. Returns the status. */
static int train_on(struct training *training)
{
    struct run *run = &training->run;
    struct stream_options options = run_stream_options(run);
    if (comm_rank() == 0)
        stop_deadline(run->settings->stop_after);
    training->feed =
        feed_open(run->corpus, &options, &run->model.shape, run->state.epoch, run->state.group);
    enum ending ending = go_on(training);
    feed_close(training->feed);
    if (run->saving != run->state.update || run->state.validation_due)
        save(training);
    finish_saving(training);
    report_state(training->report, ending == ENDING_NONE ? "stopped" : "finished",
                 ending == ENDING_NONE ? stop_words() : ending_words[ending]);
    return ending == ENDING_NONE ? STATUS_STOPPED : STATUS_DONE;
}

int train(struct settings *settings)
{
    struct training training = {0};
    run_start(&training.run, settings);
    training.report = report_open(&training.run);
    report_start(training.report, &training.run);
    int status = STATUS_DONE;
    if (settings->check)
        report_check(training.report);
    else
        status = train_on(&training);
    report_close(training.report);
    run_release(&training.run);
    return status;
}
