/* The half of given.h that reads what was accepted, all of it. */
#include "given.h"
#include "io/stream/stream.h"
#include <math.h>

static bool belongs(const struct content *content, const int32_t *cells, int64_t cell)
{
    int column = (int)(cell % content_width(content));
    if (content->form == FORM_VECTORS) {
        float value;
        memcpy(&value, &cells[cell], sizeof value);
        return isfinite(value);
    }
    const struct tokenizer *of = column ? &content->features[column - 1] : &content->tokenizer;
    return cells[cell] >= 0 && cells[cell] < of->vocabulary.size;
}

static void read_sentence(struct shard *shard, int64_t index, const struct content *contents)
{
    struct reason why;
    for (int side = 0; side < SIDES; side++) {
        int32_t length;
        if (!shard_lengths(shard, side, index, 1, &length, &why))
            return;
        require(length >= 0);
        int64_t count = (int64_t)length * content_width(&contents[side]);
        int32_t *cells = memory_take((size_t)count * sizeof *cells);
        if (shard_cells(shard, side, index, 1, length, cells, &why))
            for (int64_t i = 0; i < count; i++)
                require(belongs(&contents[side], cells, i));
        memory_free(cells);
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
        read_sentence(shard, i, corpus->contents);
        if (corpus->has_text)
            shard_text(shard, i, &text, &why);
    }
    text_release(&text);
    shard_close(shard);
}

static int64_t longest(const void *model, int count, const int *const of[SIDES])
{
    (void)model;
    int64_t cost = 0;
    for (int i = 0; i < count; i++) {
        int64_t both = of[SOURCE][i] + (int64_t)of[TARGET][i];
        cost = cost > both ? cost : both;
    }
    return cost * count;
}

/* What batch.c requires of a head's target. */
static void require_step(const char *task, const struct sequence side[SIDES])
{
    require(strcmp(task, "tag") != 0 || side[TARGET].length == side[SOURCE].length);
    require(strcmp(task, "classify") != 0 || side[TARGET].length == 1);
}

/* Every cell of the group is there to be read. */
static int64_t sum_of(const struct stream_group *group, const struct corpus *corpus, int lanes)
{
    const struct content *contents = corpus->contents;
    int64_t sum = 0;
    for (int lane = 0; lane < lanes; lane++)
        for (int i = 0; i < group->batches[lane].count; i++) {
            const struct stream_sentence *sentence = &group->batches[lane].sentences[i];
            require_step(corpus->task, sentence->sentence.side);
            for (int side = 0; side < SIDES; side++) {
                const struct sequence *sequence = &sentence->sentence.side[side];
                int64_t cells = (int64_t)sequence->length * content_width(&contents[side]);
                for (int64_t k = 0; k < cells; k++)
                    sum += belongs(&contents[side], sequence->cells, k);
            }
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
                                     .ends = {[SOURCE] = 1, [TARGET] = 1},
                                     .cost = longest};
    struct stream *stream = stream_open(corpus, &options, &why);
    struct stream_group group = {0};
    while (stream && !group.last && stream_next(stream, &group, &why))
        require(sum_of(&group, corpus, options.lanes) >= 0);
    stream_close(stream);
}
