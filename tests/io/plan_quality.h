/* How good the plans of several epochs are, for sentences of given lengths: balance of the lanes,
 * padding, and how little one epoch tells of another. */
#ifndef PLAN_QUALITY_H
#define PLAN_QUALITY_H

#include "made_files.h"

#include "io/stream/stream_plan.h"
#include <math.h>

/* Lengths as they are in real text. */
struct text_lengths {
    int count;
    int32_t (*list)[SIDES]; // SECOND: 0
};

/* Multiply-adds, about: encoder and decoder steps, attention, output. */
static int64_t cost(const void *model, int count, const int *const of[SIDES])
{
    (void)model;
    int64_t source_tokens = 0, target_tokens = 0, pairs = 0;
    for (int i = 0; i < count; i++) {
        source_tokens += of[SOURCE][i] + 1;
        target_tokens += of[TARGET][i] + 1;
        pairs += (int64_t)(of[SOURCE][i] + 1) * (of[TARGET][i] + 1);
    }
    return source_tokens * 2000 + target_tokens * 6000 + pairs * 40;
}

struct measured {
    double balance, padding; // means over groups, positions
    double *place;           // (sentences) when each comes, in groups
    int32_t *batch;          // (sentences)
    int groups;
};

static void measure_lane(const struct stream_plan *plan, int32_t number, int group, int lane,
                         struct measured *measured, double positions[2])
{
    const struct plan_batch *batch = &plan->batches[number];
    int longest[SIDES] = {0};
    for (int i = 0; i < batch->count; i++) {
        const struct plan_sentence *sentence = &plan->sentences[batch->first + i];
        measured->place[sentence->index] = group;
        measured->batch[sentence->index] = group * plan->options.lanes + lane;
        for (int side = 0; side < SIDES; side += TARGET) {
            int length = sentence->lengths[side] + 1;
            longest[side] = length > longest[side] ? length : longest[side];
            positions[0] += length;
        }
    }
    positions[1] += (double)batch->count * (longest[SOURCE] + longest[TARGET]);
}

static void measure_groups(const struct stream_plan *plan, struct measured *measured,
                           double positions[2])
{
    int lanes = plan->options.lanes;
    for (int g = 0; g < plan->groups; g++, measured->groups++) {
        int64_t sum = 0, highest = 0;
        for (int lane = 0; lane < lanes; lane++) {
            int32_t number = plan->order[g * lanes + lane];
            if (number < 0)
                continue;
            int64_t of_lane = plan->batches[number].cost;
            sum += of_lane;
            highest = of_lane > highest ? of_lane : highest;
            measure_lane(plan, number, measured->groups, lane, measured, positions);
        }
        measured->balance += (double)sum / lanes / (double)highest;
    }
}

/* An epoch whose windows take pieces of the text in a random order, as the stream's do. */
static struct measured measure(const struct text_lengths *lengths,
                               const struct stream_options *options, int64_t epoch)
{
    struct stream_plan plan;
    struct measured measured = {0};
    double positions[2] = {0, 0};
    int32_t pieces[1000], count = (lengths->count + STREAM_PIECE - 1) / STREAM_PIECE;
    uint64_t draws = 0;
    measured.place = malloc((size_t)lengths->count * sizeof *measured.place);
    measured.batch = malloc((size_t)lengths->count * sizeof *measured.batch);
    for (int p = 0; p < count; p++)
        pieces[p] = p;
    stream_plan_shuffle(options, RANDOM_WINDOWS, epoch, &draws, pieces, count);
    stream_plan_init(&plan, options);
    stream_plan_epoch(&plan, epoch);
    int added = 0;
    for (int p = 0; p < count; p++) {
        for (int i = pieces[p] * STREAM_PIECE;
             i < lengths->count && i < (pieces[p] + 1) * STREAM_PIECE; i++, added++)
            stream_plan_add(&plan, 0, i, lengths->list[i]);
        int last = p + 1 == count;
        if (added < STREAM_WINDOW && !last)
            continue;
        stream_plan_make(&plan, last);
        measure_groups(&plan, &measured, positions);
        stream_plan_carry(&plan);
        added = 0;
    }
    stream_plan_release(&plan);
    measured.balance /= measured.groups;
    measured.padding = 1 - positions[0] / positions[1];
    return measured;
}

static void release(struct measured *measured)
{
    free(measured->place);
    free(measured->batch);
}

/* Of two lists of places that are ranks already, but for their scale. */
static double correlation(const double *a, const double *b, int count)
{
    double mean[2] = {0, 0}, product = 0, square[2] = {0, 0};
    for (int i = 0; i < count; i++) {
        mean[0] += a[i] / count;
        mean[1] += b[i] / count;
    }
    for (int i = 0; i < count; i++) {
        product += (a[i] - mean[0]) * (b[i] - mean[1]);
        square[0] += (a[i] - mean[0]) * (a[i] - mean[0]);
        square[1] += (b[i] - mean[1]) * (b[i] - mean[1]);
    }
    return product / sqrt(square[0] * square[1]);
}

/* How many of the pairs that share a micro-batch in the second epoch did so in the first. */
static double together(const struct measured *first, const struct measured *second, int count)
{
    enum { BATCHES = 4096 };
    static int members[BATCHES][512], sizes[BATCHES];
    memset(sizes, 0, sizeof sizes);
    double same = 0, pairs = 0;
    for (int i = 0; i < count; i++)
        members[second->batch[i]][sizes[second->batch[i]]++] = first->batch[i];
    for (int b = 0; b < BATCHES; b++)
        for (int i = 0; i < sizes[b]; i++)
            for (int k = 0; k < i; k++, pairs++)
                same += members[b][i] == members[b][k];
    return same / pairs;
}

enum { EPOCHS = 8 };

static void assert_good_plan(const struct text_lengths *lengths)
{
    struct stream_options options = {
        .seed = 4,
        .lanes = 8,
        .batch_tokens = 1000,
        .batch_sentences = 128,
        .ends = {[SOURCE] = 1, [TARGET] = 1},
        .cost = cost,
    };
    struct measured epochs[EPOCHS];
    double rank_sum = 0, rank_most = 0, together_sum = 0;
    int pairs = 0;
    for (int e = 0; e < EPOCHS; e++) {
        epochs[e] = measure(lengths, &options, e);
        for (int before = 0; before < e; before++, pairs++) {
            double rank = correlation(epochs[e].place, epochs[before].place, lengths->count);
            rank_sum += fabs(rank);
            rank_most = fabs(rank) > rank_most ? fabs(rank) : rank_most;
            together_sum += together(&epochs[before], &epochs[e], lengths->count);
        }
    }
    print_message(
        "groups %d, balance %.4f, padding %.4f, correlation of order: mean size %.4f, most "
        "%.4f, pairs together again: %.4f\n",
        epochs[0].groups, epochs[0].balance, epochs[0].padding, rank_sum / pairs, rank_most,
        together_sum / pairs);
    for (int e = 0; e < EPOCHS; e++) {
        assert_true(epochs[e].balance >= 0.97);
        assert_true(epochs[e].padding <= 0.10);
        release(&epochs[e]);
    }
    assert_true(rank_sum / pairs < 0.05);
    assert_true(together_sum / pairs < 0.15);
}

#endif
