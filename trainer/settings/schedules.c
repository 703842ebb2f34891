#include "trainer/settings/schedules.h"
#include <math.h>
#include <stddef.h>

static double plateau(const struct schedule_place *at)
{
    return at->rate * at->factor;
}

static double inverse_sqrt(const struct schedule_place *at)
{
    return at->rate * sqrt((at->warmup > 0 ? at->warmup : 1) / at->update);
}

static double constant(const struct schedule_place *at)
{
    return at->rate;
}

static double linear(const struct schedule_place *at)
{
    if (at->update >= at->decay)
        return 0;
    return at->rate * (at->decay - at->update) / (at->decay - at->warmup);
}

const struct schedule schedule_table[] = {
    {"plateau", "lower after validations that are no better", SCHEDULE_PLATEAUS, plateau},
    {"inverse-sqrt", "with one over the root of the update", 0, inverse_sqrt},
    {"constant", NULL, 0, constant},
    {"linear", "down to zero", SCHEDULE_DECAYS, linear},
    {NULL, NULL, 0, NULL}};
