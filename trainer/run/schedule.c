#include "trainer/run/schedule.h"
#include "trainer/run/validation.h"
#include "trainer/settings/schedules.h"
#include <math.h>
#include <stdio.h>

double schedule_rate(const struct settings *settings, const struct train_state *state,
                     int64_t update)
{
    const struct schedule_place at = {.update = (double)update,
                                      .warmup = (double)settings->warmup,
                                      .decay = (double)settings->decay_updates,
                                      .rate = settings->learning_rate,
                                      .factor = state->rate_factor};
    if (at.update < at.warmup)
        return at.rate * at.update / at.warmup;
    return schedule_table[settings->schedule].rate(&at);
}

double schedule_guessing(const struct shape *shape)
{
    const struct side_shape *target = &shape->side[TARGET];
    if (target->form == FORM_SYMBOLS)
        return log(target->vocabulary);
    return target->dimension / 2.0 + (shape_stops(shape) ? log(2) : 0);
}

bool schedule_sound(const struct settings *settings, const struct train_state *state, double loss,
                    double guessing, struct reason *why)
{
    long long update = (long long)state->update;
    double most = settings->divergence, best = state->best_update ? state->lowest_loss : guessing;
    char than[64] = "that of guessing";
    if (!isfinite(loss))
        return fail(why,
                    "validation loss at update %lld is not finite: training diverges (start anew "
                    "with a lower --learning-rate)",
                    update);
    if (most <= 0 || loss <= best + most)
        return true;
    if (state->best_update && metric_steering(settings->valid_metric))
        snprintf(than, sizeof than, "its lowest");
    else if (state->best_update)
        snprintf(than, sizeof than, "its best at update %lld", (long long)state->best_update);
    return fail(why,
                "validation loss %.4g at update %lld is more than %g nats above %.4g, %s: training "
                "diverges (start anew with a lower --learning-rate, or --divergence 0 to go on)",
                loss, update, most, best, than);
}

int schedule_validated(const struct settings *settings, struct train_state *state, double loss,
                       double cost)
{
    int better = state->best_update == 0 || cost < state->best_loss;
    if (state->best_update == 0 || loss < state->lowest_loss)
        state->lowest_loss = loss;
    if (better) {
        state->best_loss = cost;
        state->best_update = state->update;
        state->since_best = state->bad = 0;
    } else {
        state->since_best++;
        state->bad++;
    }
    const bool plateaus = schedule_table[settings->schedule].uses & SCHEDULE_PLATEAUS;
    if (plateaus && state->bad >= settings->plateau_patience) {
        state->rate_factor *= settings->plateau_factor;
        state->bad = 0;
    }
    state->validation_due = 0;
    state->sum_loss = 0;
    state->sum_tokens = state->sum_updates = state->sum_clipped = 0;
    return better;
}

enum ending schedule_ending(const struct settings *settings, const struct train_state *state)
{
    if (settings->updates > 0 && state->update >= settings->updates)
        return ENDING_UPDATES;
    if (settings->epochs > 0 && state->epoch >= settings->epochs)
        return ENDING_EPOCHS;
    if (settings->patience > 0 && state->since_best >= settings->patience)
        return ENDING_PATIENCE;
    return ENDING_NONE;
}
