#include "trainer/run/guard.h"
#include "comm/base/hash.h"
#include "comm/base/memory.h"
#include "comm/base/points.h"
#include "model/optimizer/average.h"
#include "model/product/threads.h"
#include <stdatomic.h>
#include <string.h>

/* Weights that lower ranks own, that this rank owns, that higher ranks own; moments; average. */
enum kind { BEFORE, OWN, BEHIND, FIRST_MOMENTS, SECOND_MOMENTS, AVERAGE, REGIONS };
static const struct {
    const char *point, *array;
    enum snapshot_block block; // that it is of
} kinds[REGIONS] = {
    [BEFORE] = {"guard.before", "weights", SNAPSHOT_WEIGHTS},
    [OWN] = {"guard.own", "weights", SNAPSHOT_WEIGHTS},
    [BEHIND] = {"guard.behind", "weights", SNAPSHOT_WEIGHTS},
    [FIRST_MOMENTS] = {"guard.first", "moments/first", SNAPSHOT_FIRST},
    [SECOND_MOMENTS] = {"guard.second", "moments/second", SNAPSHOT_SECOND},
    [AVERAGE] = {"guard.average", "average", SNAPSHOT_AVERAGE},
};

/* Its blocks count from the start of its range. */
struct region {
    float *data;
    struct range range;            // of the parameters
    const struct parameter *whole; // each a block, where the cuts are their ends; or NULL
    int64_t blocks;
    uint64_t *hashes; // (blocks)
};
struct guard {
    struct region regions[REGIONS];
};

/* What the threads share. */
struct work {
    struct region *region; // one, or for a step all of them
    float *copy;           // of the region, or NULL
    const struct run *run;
    double rate, scale;
    atomic_int_fast64_t changed; // lowest block that did, times REGIONS, plus its region; or NONE
};
static const int64_t NONE = INT64_MAX;

static void cut_at_parameters(struct region *region, const struct parameters *parameters)
{
    int64_t end = region->range.first + region->range.count;
    int i = 0;
    while (i < parameters->count && parameters->list[i].first < region->range.first)
        i++;
    region->whole = &parameters->list[i];
    for (region->blocks = 0; i < parameters->count && parameters->list[i].first < end; i++)
        region->blocks++;
}

static void region_init(struct region *region, const struct run *run, float *data, int64_t first,
                        int64_t count)
{
    region->data = data;
    region->range = (struct range){first, data ? count : 0};
    region->blocks = (region->range.count + GUARD_BLOCK - 1) / GUARD_BLOCK;
    if (run->cuts.ends)
        cut_at_parameters(region, &run->model.parameters);
    region->hashes = memory_take((size_t)region->blocks * sizeof *region->hashes);
}

/* Of the region's data, in floats. */
static struct range block_of(const struct region *region, int64_t block)
{
    const struct parameter *whole = region->whole ? region->whole + block : NULL;
    if (whole)
        return (struct range){whole->first - region->range.first, parameter_elements(whole)};
    int64_t first = block * GUARD_BLOCK, left = region->range.count - first;
    return (struct range){first, left < GUARD_BLOCK ? left : GUARD_BLOCK};
}

static uint64_t hash_of(const struct region *region, int64_t block)
{
    struct range range = block_of(region, block);
    return hash_bytes(region->data + range.first, (size_t)range.count * sizeof(float));
}

static void compare(struct work *work, int64_t block, const struct region *region, enum kind kind)
{
    if (hash_of(region, block) == region->hashes[block])
        return;
    int64_t found = block * REGIONS + kind, lowest = atomic_load(&work->changed);
    while (found < lowest && !atomic_compare_exchange_weak(&work->changed, &lowest, found))
        continue;
}

static void compare_block(void *work_, int64_t block)
{
    struct work *work = work_;
    compare(work, block, work->region, 0);
    struct range range = block_of(work->region, block);
    if (work->copy)
        memcpy(work->copy + range.first, work->region->data + range.first,
               (size_t)range.count * sizeof(float));
}

static void take_block(void *region_, int64_t block)
{
    struct region *region = region_;
    region->hashes[block] = hash_of(region, block);
}

/* Is it of this rank's part, and there? */
static bool steps(const struct region *region, enum kind kind)
{
    return region->blocks && kind != BEFORE && kind != BEHIND;
}

static void step_unfrozen(const struct work *work, int64_t block)
{
    const struct run *run = work->run;
    const struct region *own = &work->region[OWN], *first = &work->region[FIRST_MOMENTS],
                        *second = &work->region[SECOND_MOMENTS];
    const struct parameter *whole = own->whole ? own->whole + block : NULL;
    struct range range = block_of(own, block);
    int64_t origin = own->range.first, end = origin + range.first + range.count;
    struct range now = {origin + range.first, range.count};
    while ((now = freeze_next(&run->freeze, now)).count > 0) {
        int64_t at = now.first - origin;
        const struct stretch stretch = {.rows = whole ? whole->rows : now.count,
                                        .columns = whole ? whole->columns : 0,
                                        .weights = own->data + at,
                                        .gradient = run->gradient + at,
                                        .first = first->blocks ? first->data + at : NULL,
                                        .second = second->blocks ? second->data + at : NULL};
        optimizer_step(&run->optimizer, work->rate, run->state.steps, work->scale, &stretch);
        now.first += now.count;
        now.count = end - now.first;
    }
}

static void step_block(void *work_, int64_t block)
{
    struct work *work = work_;
    struct region *own = &work->region[OWN], *average = &work->region[AVERAGE];
    for (enum kind kind = 0; kind < REGIONS; kind++)
        if (steps(&work->region[kind], kind))
            compare(work, block, &work->region[kind], kind);
    const struct run *run = work->run;
    struct range range = block_of(own, block);
    step_unfrozen(work, block);
    if (average->blocks)
        average_step(run->settings->average, run->state.steps, range.count,
                     average->data + range.first, own->data + range.first);
    for (enum kind kind = 0; kind < REGIONS; kind++)
        if (steps(&work->region[kind], kind))
            take_block(&work->region[kind], block);
}

/* A block may hold the end of one parameter and others up to the start of a last one. */
static bool fail_changed(const struct guard *guard, const struct run *run, int64_t update,
                         enum kind kind, int64_t block, struct reason *why)
{
    const struct region *region = &guard->regions[kind];
    struct range range = block_of(region, block);
    range.first += region->range.first;
    const struct parameter *from = NULL, *to = NULL;
    for (int i = 0; i < run->model.parameters.count; i++) {
        const struct parameter *p = &run->model.parameters.list[i];
        if (p->first >= range.first + range.count ||
            p->first + parameter_elements(p) <= range.first)
            continue;
        from = from ? from : p;
        to = p;
    }
    int64_t number = block + 1, all = region->blocks;
    for (enum kind k = BEFORE; k <= BEHIND && kind <= BEHIND; k++) {
        number += k < kind ? guard->regions[k].blocks : 0;
        all += k != kind ? guard->regions[k].blocks : 0;
    }
    return fail(why,
                "memory changed by itself: %s of '%s'%s%s%s at update %lld (block %lld of %lld): "
                "the memory of this host is to be suspected",
                kinds[kind].array, from->name, to == from ? "" : " to '",
                to == from ? "" : to->name, to == from ? "" : "'", (long long)update,
                (long long)number, (long long)all);
}

static bool compare_region(const struct guard *guard, const struct run *run, int64_t update,
                           enum kind kind, float *copy, struct reason *why)
{
    struct region region = guard->regions[kind];
    struct work work = {.region = &region, .copy = copy, .changed = NONE};
    threads_run(region.blocks, compare_block, &work);
    return work.changed == NONE ||
           fail_changed(guard, run, update, kind, work.changed / REGIONS, why);
}

static void pass_points(const struct guard *guard, int64_t update)
{
    for (enum kind kind = 0; kind < REGIONS; kind++) {
        const struct region *region = &guard->regions[kind];
        if (region->blocks)
            point_at(kinds[kind].point, update, region->data,
                     (size_t)region->range.count * sizeof(float));
    }
}

struct guard *guard_open(const struct run *run, struct range part)
{
    struct guard *guard = memory_take(sizeof *guard);
    int64_t end = part.first + part.count;
    struct region *regions = guard->regions;
    region_init(&regions[BEFORE], run, run->weights, 0, part.first);
    region_init(&regions[OWN], run, run->weights + part.first, part.first, part.count);
    region_init(&regions[BEHIND], run, run->weights + end, end, run->model.parameters.total - end);
    region_init(&regions[FIRST_MOMENTS], run, run->first, part.first, part.count);
    region_init(&regions[SECOND_MOMENTS], run, run->second, part.first, part.count);
    region_init(&regions[AVERAGE], run, run->average, part.first, part.count);
    for (enum kind kind = 0; kind < REGIONS; kind++)
        threads_run(regions[kind].blocks, take_block, &regions[kind]);
    return guard;
}

void guard_close(struct guard *guard)
{
    for (enum kind kind = 0; kind < REGIONS; kind++)
        memory_free(guard->regions[kind].hashes);
    memory_free(guard);
}

bool guard_step(struct guard *guard, struct run *run, double rate, double scale, struct reason *why)
{
    int64_t update = run->state.update + 1;
    struct work work = {guard->regions, NULL, run, rate, scale, NONE};
    pass_points(guard, update);
    if (!compare_region(guard, run, update, BEFORE, NULL, why) ||
        !compare_region(guard, run, update, BEHIND, NULL, why))
        return false;
    threads_run(guard->regions[OWN].blocks, step_block, &work);
    return work.changed == NONE ||
           fail_changed(guard, run, update, work.changed % REGIONS, work.changed / REGIONS, why);
}

void guard_take(struct guard *guard)
{
    threads_run(guard->regions[BEFORE].blocks, take_block, &guard->regions[BEFORE]);
    threads_run(guard->regions[BEHIND].blocks, take_block, &guard->regions[BEHIND]);
}

bool guard_copy_all(const struct guard *guard, const struct run *run,
                    float *const copies[SNAPSHOT_BLOCKS], struct reason *why)
{
    pass_points(guard, run->state.update);
    for (enum kind kind = 0; kind < REGIONS; kind++) {
        float *copy = copies[kinds[kind].block];
        int64_t first = guard->regions[kind].range.first;
        if (!compare_region(guard, run, run->state.update, kind, copy ? copy + first : NULL, why))
            return false;
    }
    return true;
}

bool guard_check_all(const struct guard *guard, const struct run *run, struct reason *why)
{
    float *const nowhere[SNAPSHOT_BLOCKS] = {NULL};
    return guard_copy_all(guard, run, nowhere, why);
}
