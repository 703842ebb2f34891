#include "trainer/run/skipped.h"
#include "comm/base/memory.h"
#include "comm/base/points.h"
#include "comm/comm.h"
#include "io/corpus/shard.h"
#include "trainer/process/agree.h"
#include <stdlib.h>

enum { LINES_SHOWN = 200 };

static int compare_lines(const void *a_, const void *b_)
{
    int64_t a = *(const int64_t *)a_, b = *(const int64_t *)b_;
    return (a > b) - (a < b);
}

/* A shard is opened once. */
static bool read_lines(const struct corpus *corpus, const struct feed_origin *origin,
                       int64_t *lines, struct reason *why)
{
    bool well = true;
    for (int s = 0; s < corpus->shards; s++) {
        struct shard *shard = NULL;
        for (int i = 0; i < origin->count && well; i++) {
            const struct feed_place *place = &origin->places[i];
            if (place->shard != s)
                continue;
            if (!shard) {
                point_at("skipped.shard", s, NULL, 0);
                shard = shard_open(corpus, s, why);
            }
            well = shard && shard_lines(shard, place->index, 1, &lines[i], why);
        }
        if (shard)
            shard_close(shard);
    }
    return well;
}

static bool add_lines(const struct corpus *corpus, const struct feed_origin *origin,
                      struct text *words, struct reason *why)
{
    int count = origin->count;
    int64_t *lines = memory_take((size_t)count * sizeof *lines);
    bool well = read_lines(corpus, origin, lines, why);
    qsort(lines, (size_t)count, sizeof *lines, compare_lines);
    text_add_format(words, "; its sentences: line%s", count == 1 ? "" : "s");
    for (int i = 0; i < count && i < LINES_SHOWN; i++)
        text_add_format(words, "%s %lld", i ? "," : "", (long long)lines[i] + 1);
    if (count > LINES_SHOWN)
        text_add_format(words, " and %d more", count - LINES_SHOWN);
    text_add_format(words, " of the text");
    memory_free(lines);
    return well;
}

static int rank_of(const struct run *run, int lane)
{
    int rank = 0, lanes = (int)run->settings->lanes;
    struct range block = tree_lanes(lanes, comm_size(), rank);
    while (lane >= block.first + block.count)
        block = tree_lanes(lanes, comm_size(), ++rank);
    return rank;
}

void skipped_describe(struct run *run, const struct feed_group *group,
                      const struct update_result *result)
{
    struct text *words = &run->skipped;
    struct reason why;
    text_clear(words);
    if (result->broken == 0) {
        text_add_format(words, "the sum of the lanes' gradients is not finite, though each is");
        return;
    }
    text_add_format(words, "the %s of lane %d", result->of_loss ? "loss" : "gradient",
                    result->lane);
    if (result->broken > 1)
        text_add_format(words, " (the first of %d such lanes)", result->broken);
    text_add_format(words, " is not finite");
    int rank = rank_of(run, result->lane);
    bool well = true;
    if (rank == comm_rank()) {
        const struct feed_origin *origin =
            &group->origins[result->lane - exchange_lanes(run->exchange).first];
        if (origin->count == 0)
            text_add_format(words, "; it has no sentences");
        else
            well = add_lines(run->corpus, origin, words, &why);
    }
    agree(well, "corpus '%s': %s", run->corpus->path, why.text);
    comm_broadcast_text(words, rank);
}
