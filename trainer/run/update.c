#include "trainer/run/update.h"
#include "comm/audit.h"
#include "comm/base/die.h"
#include "comm/base/parts.h"
#include "comm/base/points.h"
#include "comm/comm.h"
#include "model/product/rows.h"
#include "trainer/process/agree.h"
#include "trainer/run/carried.h"
#include "trainer/run/guard.h"
#include "trainer/run/schedule.h"
#include "trainer/run/skipped.h"
#include <math.h>

/* What every rank must know of every lane. */
enum lane_fact {
    LANE_LOSS,
    LANE_TOKENS,
    LANE_SOURCE_TOKENS,
    LANE_SENTENCES,
    LANE_BROKEN, // 1: its gradient is not finite
    LANE_FACTS
};

static void compute_lanes(struct run *run, const struct feed_group *group,
                          double (*facts)[LANE_FACTS])
{
    struct range lanes = exchange_lanes(run->exchange);
    int64_t update = run->state.update + 1;
    carried_begin(run, group->number);
    for (int i = 0; i < group->count; i++) {
        struct batch *batch = &group->batches[i];
        int lane = (int)lanes.first + i;
        struct random_key key = {(uint64_t)run->settings->seed, 0, (uint32_t)update,
                                 (uint32_t)lane};
        float *gradient = exchange_gradient(run->exchange);
        arena_reset(&run->arena);
        batch->carried = carried_lane(run, i);
        facts[lane][LANE_LOSS] =
            model_gradient(&run->model, run->weights, gradient, batch, &key, &run->arena);
        facts[lane][LANE_TOKENS] = (double)batch->target_tokens;
        facts[lane][LANE_SOURCE_TOKENS] = (double)batch->source[SOURCE].tokens;
        facts[lane][LANE_SENTENCES] = batch->B;
        point_at("update.gradient", update, gradient,
                 (size_t)run->model.parameters.total * sizeof(float));
        facts[lane][LANE_BROKEN] = !rows_finite(gradient, run->model.parameters.total);
        carried_mend(run, i);
        exchange_lane_done(run->exchange);
    }
}

/* Sums in order of lanes, the same on every rank. */
static void sum_lanes(int lanes, const double (*facts)[LANE_FACTS], struct update_result *result)
{
    double sums[LANE_FACTS] = {0};
    for (int lane = 0; lane < lanes; lane++) {
        for (int fact = 0; fact < LANE_FACTS; fact++)
            sums[fact] += facts[lane][fact];
        bool of_loss = !isfinite(facts[lane][LANE_LOSS]);
        if (!of_loss && !facts[lane][LANE_BROKEN])
            continue;
        if (result->broken++ == 0) {
            result->lane = lane;
            result->of_loss = of_loss;
        }
    }
    require(sums[LANE_TOKENS] > 0);
    result->loss = sums[LANE_LOSS] / sums[LANE_TOKENS];
    result->tokens = (int64_t)sums[LANE_TOKENS];
    result->source_tokens = (int64_t)sums[LANE_SOURCE_TOKENS];
    result->sentences = (int64_t)sums[LANE_SENTENCES];
}

/* After backward and before the step overwrites the copies: a copy that differs has just been used,
 * and will not be seen later. */
static void compare_weights(struct run *run)
{
    struct reason why;
    point_at("update.weights", run->state.update + 1, run->weights,
             (size_t)run->model.parameters.total * sizeof(float));
    agree(audit(run->weights, run->pieces, run->model.parameters.count, &why), "%s", why.text);
}

static void step(struct run *run, struct update_result *result)
{
    struct reason why;
    double scale = 1.0 / (double)result->tokens;
    if (run->settings->clip > 0 && result->norm > run->settings->clip) {
        scale *= run->settings->clip / result->norm;
        result->clipped = 1;
    }
    run->state.steps++;
    run->state.skips = 0;
    point_at("update.step", run->state.update + 1, NULL, 0);
    enum part before = part_enter(PART_OPTIMIZER);
    agree(guard_step(run->guard, run, result->rate, scale, &why), "%s", why.text);
    part_enter(before);
    exchange_gather(run->exchange, run->weights);
    part_enter(PART_OPTIMIZER);
    guard_take(run->guard);
    part_enter(before);
}

static void advance(struct train_state *state, const struct feed_group *group,
                    const struct update_result *result)
{
    state->update++;
    state->epoch = group->last ? group->epoch + 1 : group->epoch;
    state->group = group->last ? 0 : group->number + 1;
    if (result->skipped)
        return;
    state->sum_loss += result->loss * (double)result->tokens;
    state->sum_tokens += result->tokens;
    state->sum_updates++;
    state->sum_clipped += result->clipped;
}

/* Weights that changed by themselves are a likely cause, and would not be compared by a step. */
static void skip(struct run *run, const struct feed_group *group,
                 const struct update_result *result)
{
    struct reason why;
    run->state.skips++;
    agree(guard_check_all(run->guard, run, &why), "%s", why.text);
    skipped_describe(run, group, result);
}

void update_run(struct run *run, const struct feed_group *group, int check_weights,
                struct update_result *result)
{
    int lanes = (int)run->settings->lanes;
    double facts[LANES_MOST][LANE_FACTS] = {{0}};
    require(lanes <= LANES_MOST);
    *result = (struct update_result){.epoch = group->epoch + 1};
    enum part before = part_enter(PART_EXCHANGE);
    points_update(run->state.update + 1);
    point_at("update.begin", run->state.update + 1, NULL, 0);

    compute_lanes(run, group, facts);
    comm_sum_reals(&facts[0][0], (int64_t)lanes * LANE_FACTS);
    sum_lanes(lanes, (const double(*)[LANE_FACTS])facts, result);
    if (check_weights)
        compare_weights(run);

    run->gradient = exchange_reduce(run->exchange);
    freeze_clear(&run->freeze, exchange_part(run->exchange), run->gradient);
    double square = exchange_square_norm(run->exchange, run->gradient);
    result->norm = sqrt(square) / (double)result->tokens;
    result->rate = schedule_rate(run->settings, &run->state, run->state.update + 1);
    result->skipped = !isfinite(result->loss) || !isfinite(square);
    if (!result->skipped)
        step(run, result);
    advance(&run->state, group, result);
    if (result->skipped)
        skip(run, group, result);
    part_enter(before);
    point_at("update.end", run->state.update, NULL, 0);
}
