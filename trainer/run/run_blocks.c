#include "trainer/run/run_blocks.h"
#include "comm/base/die.h"
#include "comm/comm.h"
#include "trainer/run/carried.h"

float *run_block(const struct run *run, enum snapshot_block block)
{
    float *const blocks[SNAPSHOT_BLOCKS] = {run->weights, run->first, run->second, run->average,
                                            run->carried};
    return blocks[block];
}

int64_t run_block_elements(const struct run *run, enum snapshot_block block)
{
    return block == SNAPSHOT_CARRIED ? carried_of_lane(run) * run->settings->lanes
                                     : run->model.parameters.total;
}

struct range run_block_share(const struct run *run, enum snapshot_block block, int rank)
{
    return block == SNAPSHOT_CARRIED ? carried_range(run, rank)
                                     : tree_part(&run->cuts, comm_size(), rank);
}

bool run_block_array(const struct run *run, enum snapshot_block block, int i,
                     struct block_array *array)
{
    if (block == SNAPSHOT_CARRIED) {
        *array =
            (struct block_array){"states", 0, (int)run->settings->lanes, (int)carried_of_lane(run)};
        return i == 0;
    }
    if (i >= run->model.parameters.count)
        return false;
    const struct parameter *p = &run->model.parameters.list[i];
    *array = (struct block_array){p->name, p->first, p->rows, p->columns};
    return true;
}

static bool read_carried(const struct run *run, struct checkpoint *checkpoint, struct reason *why)
{
    struct block_array array;
    struct range share = carried_range(run, comm_rank());
    require(run_block_array(run, SNAPSHOT_CARRIED, 0, &array));
    return checkpoint_read(checkpoint, snapshot_block_names[SNAPSHOT_CARRIED], array.name,
                           array.rows, array.columns, share.first, share.count, run->carried, why);
}

bool run_write_head(const struct run *run, const struct train_state *state,
                    struct checkpoint_writer *writer, struct reason *why)
{
    return snapshot_write_settings(run->settings, writer, why) &&
           state_write(state, run->settings->valid_metric, writer, why) &&
           checkpoint_integer(writer, "corpus_digest", (int64_t)run->corpus->digest, why) &&
           checkpoint_contents(writer, run->corpus->contents, why);
}

bool run_read(struct run *run, struct checkpoint *checkpoint, struct reason *why)
{
    int64_t digest;
    if (!state_read(&run->state, checkpoint, why) ||
        !checkpoint_get_integer(checkpoint, "corpus_digest", &digest, why))
        return false;
    if (digest != (int64_t)run->corpus->digest)
        return fail(why, "was trained on a corpus with digest %016llx, but '%s' has %016llx",
                    (unsigned long long)digest, run->corpus->path,
                    (unsigned long long)run->corpus->digest);
    struct range whole = {0, run->model.parameters.total}, part = exchange_part(run->exchange);
    bool well = snapshot_check(&run->model.parameters, checkpoint, SNAPSHOT_WEIGHTS, why);
    for (enum snapshot_block block = 0; well && block < SNAPSHOT_BLOCKS; block++) {
        float *data = run_block(run, block);
        if (data && block == SNAPSHOT_CARRIED)
            well = read_carried(run, checkpoint, why);
        else
            well = !data || snapshot_read(&run->model.parameters, checkpoint, block,
                                          block == SNAPSHOT_WEIGHTS ? whole : part, data, why);
    }
    return well;
}
