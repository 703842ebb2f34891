#include "trainer/run/run.h"
#include "comm/comm.h"
#include "io/stream/running_stream.h"
#include "trainer/run/carried.h"
#include "trainer/settings/task.h"

static int64_t cost(const void *run_, int count, const int *const lengths[SIDES])
{
    const struct run *run = run_;
    return model_cost(&run->model, count, lengths);
}

/* Of all ranks. */
static struct stream_options stream_options_of(const struct settings *s)
{
    return (struct stream_options){
        .seed = (uint64_t)s->seed,
        .lanes = (int)s->lanes,
        .batch_tokens = (int)s->batch_tokens,
        .batch_sentences = (int)s->batch_sentences,
        .ends = {[SOURCE] = (int)s->source_end,
                 [SECOND] = (int)s->source_end,
                 [TARGET] = task_of((enum task_kind)s->task)->target_end},
        .rows = carried_rows(s),
        .steps = (int)s->bptt,
    };
}

struct stream_options run_stream_options(const struct run *run)
{
    struct stream_options options = stream_options_of(run->settings);
    struct range lanes = tree_lanes(options.lanes, comm_size(), comm_rank());
    options.first_lane = (int)lanes.first;
    options.lane_count = (int)lanes.count;
    options.cost = cost;
    options.model = run;
    return options;
}

int64_t run_updates_an_epoch(const struct settings *settings, const struct corpus *corpus)
{
    struct stream_options options = stream_options_of(settings);
    return corpus->stream ? running_stream_updates(corpus, &options)
                          : stream_updates(corpus, &options);
}
