/* The half of given.h that reads what was accepted, all of it. */
#include "given.h"
#include "io/stream.h"

static void read_sentence(struct shard *shard, int64_t index, int vocabulary)
{
    struct reason why;
    for (int side = 0; side < SIDES; side++) {
        int32_t length;
        if (!shard_lengths(shard, side, index, 1, &length, &why))
            return;
        require(length >= 0);
        int32_t *ids = memory_take((size_t)length * sizeof *ids);
        if (shard_ids(shard, side, index, 1, length, ids, &why))
            for (int32_t i = 0; i < length; i++)
                require(ids[i] >= 0 && ids[i] < vocabulary);
        memory_free(ids);
    }
}

void given_read_shard(const struct corpus *corpus)
{
    enum { MOST = 64 };
    struct reason why;
    struct text text = {0};
    struct shard *shard = shard_open(corpus, 0, &why);
    for (int64_t i = 0; shard && i < corpus->table[0].sentences && i < MOST; i++) {
        int64_t line;
        require(!shard_lines(shard, i, 1, &line, &why) || line >= 0);
        read_sentence(shard, i, corpus->tokenizers[TARGET].vocabulary.size);
        if (corpus->has_text)
            shard_text(shard, i, &text, &why);
    }
    text_release(&text);
    shard_close(shard);
}

static int64_t longest(const void *model, int count, const int *sources, const int *targets)
{
    (void)model;
    int64_t cost = 0;
    for (int i = 0; i < count; i++)
        cost = cost > sources[i] + (int64_t)targets[i] ? cost : sources[i] + (int64_t)targets[i];
    return cost * count;
}

/* Every id of the group is there to be read. */
static int64_t sum_of(const struct stream_group *group, int lanes)
{
    int64_t sum = 0;
    for (int lane = 0; lane < lanes; lane++)
        for (int i = 0; i < group->batches[lane].count; i++) {
            const struct stream_sentence *sentence = &group->batches[lane].sentences[i];
            for (int k = 0; k < sentence->source_length; k++)
                sum += sentence->source[k];
            for (int k = 0; k < sentence->target_length; k++)
                sum += sentence->target[k];
        }
    return sum;
}

void given_stream(const struct corpus *corpus)
{
    struct reason why;
    struct stream_options options = {.lanes = 3,
                                     .lane_count = 3,
                                     .batch_tokens = 64,
                                     .batch_sentences = 8,
                                     .source_end = 1,
                                     .cost = longest};
    struct stream *stream = stream_open(corpus, &options, &why);
    struct stream_group group = {0};
    while (stream && !group.last && stream_next(stream, &group, &why))
        require(sum_of(&group, options.lanes) >= 0);
    stream_close(stream);
}
