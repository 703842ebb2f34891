#include "io/stream/stream_plan.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include <stdlib.h>
#include <string.h>

void stream_plan_init(struct stream_plan *plan, const struct stream_options *options)
{
    require(options->lanes >= 1 && options->batch_tokens >= 1 && options->batch_sentences >= 1);
    *plan = (struct stream_plan){.options = *options};
    plan->columns = memory_take(SIDES * (size_t)options->batch_sentences * sizeof *plan->columns);
}

void stream_plan_release(struct stream_plan *plan)
{
    memory_free(plan->sentences);
    memory_free(plan->batches);
    memory_free(plan->order);
    memory_free(plan->sequence);
    memory_free(plan->columns);
    *plan = (struct stream_plan){0};
}

void stream_plan_epoch(struct stream_plan *plan, int64_t epoch)
{
    plan->epoch = epoch;
    plan->draws = 0;
    plan->count = plan->tail = 0;
    plan->batch_count = plan->groups = plan->rest = plan->rest_start = 0;
}

void stream_plan_add(struct stream_plan *plan, int32_t shard, int64_t index,
                     const int32_t lengths[SIDES])
{
    struct random_key key = {
        .seed = plan->options.seed, .purpose = RANDOM_TIES, .update = (uint32_t)plan->epoch};
    plan->sentences = memory_room(plan->sentences, sizeof *plan->sentences,
                                  &plan->sentences_capacity, plan->count + 1);
    struct plan_sentence *sentence = &plan->sentences[plan->count++];
    *sentence = (struct plan_sentence){
        .index = index,
        .shard = shard,
        .tie = random_word(&key, (uint64_t)shard << 40 | (uint64_t)index),
    };
    memcpy(sentence->lengths, lengths, sizeof sentence->lengths);
}

static void sort(void *list, int64_t count, size_t element_bytes,
                 int (*compare)(const void *, const void *))
{
    if (count > 1)
        qsort(list, (size_t)count, element_bytes, compare);
}

static int order_of(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* By target length; then by source length give or take one, at random: that halves how many
 * sentences meet again in the next epoch, for 1.5 % more padding of sources. To and fro, so that no
 * micro-batch spans a fall from the longest sources of one target length to the shortest of the
 * next. */
static int compare_sentences(const void *left, const void *right)
{
    const struct plan_sentence *a = left, *b = right;
    if (a->lengths[TARGET] != b->lengths[TARGET])
        return order_of(a->lengths[TARGET], b->lengths[TARGET]);
    int64_t x = (int64_t)a->lengths[SOURCE] + a->tie % 2;
    int64_t y = (int64_t)b->lengths[SOURCE] + b->tie % 2;
    if (x != y)
        return a->lengths[TARGET] % 2 ? order_of(y, x) : order_of(x, y);
    if (a->lengths[SECOND] != b->lengths[SECOND])
        return order_of(a->lengths[SECOND], b->lengths[SECOND]);
    if (a->tie != b->tie)
        return order_of(a->tie, b->tie);
    return a->shard != b->shard ? order_of(a->shard, b->shard) : order_of(a->index, b->index);
}

/* Costs that agree in their first CLASS_BITS bits are alike: within 1.6 to 3.1 %. Among these the
 * order is random, so that a group mixes lengths. */
static int64_t class_of_cost(int64_t cost)
{
    enum { CLASS_BITS = 6 };
    int64_t shift = 0;
    while (cost >> shift >= 1 << CLASS_BITS)
        shift++;
    return (shift << CLASS_BITS) + (cost >> shift);
}

static void add_batch(struct stream_plan *plan, int64_t first, int64_t count)
{
    const struct stream_options *options = &plan->options;
    const int *lengths[SIDES];
    for (int side = 0; side < SIDES; side++) {
        int *column = plan->columns + side * options->batch_sentences;
        for (int64_t i = 0; i < count; i++)
            column[i] = plan->sentences[first + i].lengths[side];
        lengths[side] = column;
    }
    plan->batches = memory_room(plan->batches, sizeof *plan->batches, &plan->batches_capacity,
                                plan->batch_count + 1);
    int64_t cost = options->cost(options->model, (int)count, lengths);
    plan->batches[plan->batch_count++] = (struct plan_batch){
        .cost = cost,
        .class = class_of_cost(cost),
        .tie = plan->sentences[first].tie,
        .first = (int32_t)first,
        .count = (int32_t)count,
    };
}

/* Adds a sentence's tokens; is the micro-batch full with it? */
static bool fills(const struct stream_options *options, const struct plan_sentence *sentence,
                  int64_t tokens[SIDES], int64_t count)
{
    bool full = count >= options->batch_sentences;
    for (int side = 0; side < SIDES; side++) {
        tokens[side] += (int64_t)sentence->lengths[side] + options->ends[side];
        full = full || tokens[side] >= options->batch_tokens;
    }
    return full;
}

/* The sentences behind the last full micro-batch form one only if nothing comes after them. */
static void cut(struct stream_plan *plan, int last)
{
    int64_t first = 0, tokens[SIDES] = {0};
    plan->batch_count = 0;
    for (int64_t i = 0; i < plan->count; i++) {
        bool full = fills(&plan->options, &plan->sentences[i], tokens, i + 1 - first);
        if (!full && !(last && i + 1 == plan->count))
            continue;
        add_batch(plan, first, i + 1 - first);
        first = i + 1;
        memset(tokens, 0, sizeof tokens);
    }
    plan->tail = first;
}

static int compare_batches(const void *left, const void *right)
{
    const struct plan_batch *a = left, *b = right;
    if (a->class != b->class)
        return order_of(a->class, b->class);
    return a->tie != b->tie ? order_of(a->tie, b->tie) : order_of(a->first, b->first);
}

static uint64_t draw(const struct stream_options *options, enum random_purpose purpose,
                     int64_t epoch, uint64_t *draws, uint64_t bound)
{
    struct random_key key = {.seed = options->seed, .purpose = purpose, .update = (uint32_t)epoch};
    return random_below(&key, (*draws)++, bound);
}

void stream_plan_shuffle(const struct stream_options *options, enum random_purpose purpose,
                         int64_t epoch, uint64_t *draws, int32_t *values, int64_t count)
{
    for (int64_t i = count - 1; i > 0; i--) {
        int64_t j = (int64_t)draw(options, purpose, epoch, draws, (uint64_t)i + 1);
        int32_t value = values[i];
        values[i] = values[j];
        values[j] = value;
    }
}

static void shuffle(struct stream_plan *plan, int32_t *values, int64_t count)
{
    stream_plan_shuffle(&plan->options, RANDOM_GROUPS, plan->epoch, &plan->draws, values, count);
}

/* Batches that do not fill a group: neighbours in cost, from a random place, so that no length is
 * put off again and again. */
static void choose_rest(struct stream_plan *plan)
{
    plan->rest = plan->batch_count % plan->options.lanes;
    uint64_t places = (uint64_t)(plan->batch_count - plan->rest) + 1;
    plan->rest_start = 0;
    if (plan->rest)
        plan->rest_start =
            (int32_t)draw(&plan->options, RANDOM_GROUPS, plan->epoch, &plan->draws, places);
}

/* Into `sequence`: the order of the groups, which stand in rising order of cost, and so mostly of
 * length. They are dealt out in rounds, a round getting one of every `rounds` neighbours, so that
 * every part of an epoch sees all lengths. */
static void deal_groups(struct stream_plan *plan)
{
    if (!plan->groups) // nor is there a list
        return;
    int32_t rounds = 1, placed = 0;
    while ((rounds + 1) * (rounds + 1) <= plan->groups)
        rounds++;
    int32_t chunks = (plan->groups + rounds - 1) / rounds, all = rounds * chunks;
    plan->sequence = memory_room(plan->sequence, sizeof *plan->sequence, &plan->sequence_capacity,
                                 (int64_t)plan->groups + all);
    int32_t *deal = plan->sequence + plan->groups; // (chunks, rounds): which group a round gets
    for (int32_t i = 0; i < all; i++)
        deal[i] = i;
    for (int32_t c = 0; c < chunks; c++)
        shuffle(plan, deal + (int64_t)c * rounds, rounds);
    for (int32_t r = 0; r < rounds; r++) {
        int32_t first = placed;
        for (int32_t c = 0; c < chunks; c++)
            if (deal[c * rounds + r] < plan->groups) // the last chunk is not full
                plan->sequence[placed++] = deal[c * rounds + r];
        shuffle(plan, plan->sequence + first, placed - first);
    }
}

/* The batch at a place in rising order of cost, without those that are carried over: they, and then
 * empty lanes, stand at the end of an epoch's last group. */
static int32_t batch_at(const struct stream_plan *plan, int32_t place)
{
    int32_t full = plan->batch_count - plan->rest;
    if (place < full)
        return place < plan->rest_start ? place : place + plan->rest;
    return place - full < plan->rest ? plan->rest_start + (place - full) : -1;
}

void stream_plan_make(struct stream_plan *plan, int last)
{
    int lanes = plan->options.lanes;
    require(plan->count <= INT32_MAX);
    sort(plan->sentences, plan->count, sizeof *plan->sentences, compare_sentences);
    cut(plan, last);
    sort(plan->batches, plan->batch_count, sizeof *plan->batches, compare_batches);
    choose_rest(plan);
    plan->groups = plan->batch_count / lanes + (last && plan->rest ? 1 : 0);
    plan->order = memory_room(plan->order, sizeof *plan->order, &plan->order_capacity,
                              (int64_t)plan->groups * lanes);
    deal_groups(plan);
    for (int32_t i = 0; i < plan->groups; i++) {
        int32_t *group = plan->order + (int64_t)i * lanes;
        for (int lane = 0; lane < lanes; lane++)
            group[lane] = batch_at(plan, plan->sequence[i] * lanes + lane);
        shuffle(plan, group, lanes);
    }
    if (last)
        plan->rest = 0;
}

static int compare_places(const void *left, const void *right)
{
    return order_of(((const struct plan_batch *)left)->first,
                    ((const struct plan_batch *)right)->first);
}

void stream_plan_carry(struct stream_plan *plan)
{
    struct plan_batch *rest = plan->rest ? plan->batches + plan->rest_start : NULL;
    sort(rest, plan->rest, sizeof *rest, compare_places);
    int64_t kept = 0, tail = plan->count - plan->tail;
    for (int32_t i = 0; i < plan->rest;
         i++) { // to the left in rising order: nothing is overwritten
        memmove(plan->sentences + kept, plan->sentences + rest[i].first,
                (size_t)rest[i].count * sizeof *plan->sentences);
        kept += rest[i].count;
    }
    if (tail)
        memmove(plan->sentences + kept, plan->sentences + plan->tail,
                (size_t)tail * sizeof *plan->sentences);
    plan->count = kept + tail;
    plan->tail = 0;
    plan->batch_count = plan->groups = plan->rest = plan->rest_start = 0;
}
