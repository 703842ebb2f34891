#include "trainer/apply/apply.h"
#include "comm/base/memory.h"
#include "comm/base/points.h"
#include "comm/comm.h"
#include "trainer/apply/evaluation.h"
#include "trainer/process/stop.h"
#include <string.h>

void apply_init(struct apply *apply, int sources)
{
    *apply = (struct apply){.sources = sources};
    apply->block.list = memory_take(PAIRS_BLOCK * sizeof *apply->block.list);
    apply->outputs = memory_take(PAIRS_BLOCK * sizeof *apply->outputs);
}

void apply_release(struct apply *apply)
{
    for (int i = 0; i < PAIRS_BLOCK; i++)
        text_release(&apply->outputs[i]);
    memory_free(apply->outputs);
    pairs_block_release(&apply->block);
}

static bool is_empty(const struct apply *apply, int32_t member)
{
    const struct sentence *sentence = &apply->block.list[member].sentence;
    for (int side = 0; side < apply->sources; side++)
        if (sentence->side[side].length == 0)
            return true;
    return false;
}

static void compute(struct apply *apply, int most, apply_batch *each, void *task)
{
    int batches = pairs_cut(&apply->block, most, EVALUATION_TOKENS, apply->order, apply->starts);
    for (int b = comm_rank(); b < batches && !stop_requested(); b += comm_size()) {
        int32_t members[EVALUATION_SENTENCES];
        int count = 0;
        for (int i = apply->starts[b]; i < apply->starts[b + 1]; i++)
            if (!is_empty(apply, apply->order[i]))
                members[count++] = apply->order[i];
        point_at("apply.batch", b, NULL, 0);
        if (count > 0)
            each(task, &apply->block, members, count, apply->outputs);
    }
}

/* [all] Every rank's outputs, each behind its input's place and its length, to rank 0. */
static void collect(struct apply *apply)
{
    struct text mine = {0}, all = {0};
    for (int32_t i = 0; i < apply->block.count; i++) {
        struct text *output = &apply->outputs[i];
        uint64_t length = output->length;
        if (comm_rank() == 0 || length == 0)
            continue;
        text_add(&mine, (const char *)&i, sizeof i);
        text_add(&mine, (const char *)&length, sizeof length);
        text_add(&mine, output->bytes, length);
    }
    uint64_t *lengths = memory_take((size_t)comm_size() * sizeof *lengths);
    comm_gather_text(&mine, &all, lengths);
    for (size_t at = 0; at < all.length;) {
        int32_t place;
        uint64_t length;
        memcpy(&place, all.bytes + at, sizeof place);
        memcpy(&length, all.bytes + at + sizeof place, sizeof length);
        at += sizeof place + sizeof length;
        text_add(&apply->outputs[place], all.bytes + at, length);
        at += length;
    }
    memory_free(lengths);
    text_release(&mine);
    text_release(&all);
}

bool apply_block(struct apply *apply, int most, apply_batch *each, void *task)
{
    for (int i = 0; i < apply->block.count; i++)
        text_clear(&apply->outputs[i]);
    compute(apply, most, each, task);
    if (stop_agreed())
        return false;
    collect(apply);
    return true;
}
