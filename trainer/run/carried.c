#include "trainer/run/carried.h"
#include "comm/base/points.h"
#include "comm/comm.h"
#include "model/product/rows.h"
#include <string.h>

int carried_rows(const struct settings *settings)
{
    int64_t rows = settings->batch_tokens / settings->bptt;
    return rows < 1 ? 1 : (int)rows;
}

int64_t carried_of_lane(const struct run *run)
{
    return run->corpus->stream ? decoder_carried(&run->model.decoder, carried_rows(run->settings))
                               : 0;
}

struct range carried_range(const struct run *run, int rank)
{
    int64_t lane = carried_of_lane(run);
    struct range lanes = tree_lanes((int)run->settings->lanes, comm_size(), rank);
    return (struct range){lanes.first * lane, lanes.count * lane};
}

static size_t bytes(const struct run *run)
{
    return (size_t)carried_range(run, comm_rank()).count * sizeof(float);
}

void carried_init(struct run *run)
{
    run->carried = carried_of_lane(run) > 0 ? memory_take(bytes(run)) : NULL;
}

void carried_begin(struct run *run, int64_t number)
{
    if (run->carried && number == 0)
        memset(run->carried, 0, bytes(run));
}

float *carried_lane(const struct run *run, int i)
{
    return run->carried ? run->carried + i * carried_of_lane(run) : NULL;
}

void carried_mend(struct run *run, int i)
{
    float *lane = carried_lane(run, i);
    int64_t count = carried_of_lane(run);
    if (!lane)
        return;
    point_at("update.carried", run->state.update + 1, lane, (size_t)count * sizeof *lane);
    if (!rows_finite(lane, count))
        memset(lane, 0, (size_t)count * sizeof *lane);
}
