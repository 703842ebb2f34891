#include "trainer/run/averaged.h"
#include "comm/audit.h"
#include "comm/base/points.h"
#include "trainer/process/agree.h"

/* [all] */
static void change_places(struct run *run)
{
    struct range part = exchange_part(run->exchange);
    float *own = run->weights + part.first;
    for (int64_t i = 0; i < part.count; i++) {
        float weight = own[i];
        own[i] = run->average[i];
        run->average[i] = weight;
    }
    exchange_gather(run->exchange, run->weights);
}

void averaged_enter(struct run *run)
{
    struct reason why;
    if (!run->average)
        return;
    change_places(run);
    point_at("averaged.weights", run->state.update, run->weights,
             (size_t)run->model.parameters.total * sizeof(float));
    agree(audit(run->weights, run->pieces, run->model.parameters.count, &why), "%s", why.text);
}

void averaged_leave(struct run *run)
{
    if (run->average)
        change_places(run);
}
