#include "comm/exchange.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "comm/base/points.h"
#include "comm/comm.h"
#include "comm/messages.h"
#include <stdbool.h>
#include <string.h>

/* The messages of a bucket carry at most LONGEST floats each, and what a rank receives for one at
 * most MOST_ARRIVING, unless that would make them shorter than a block of the tree. */
enum { LONGEST = 1 << 20, MOST_ARRIVING = 8 << 20, ALIGNED = 16 };

/* The shape of it all, for one rank. */
struct plan {
    int lanes, size, rank;
    struct cuts cuts;
    int64_t stride; // of gradient blocks, each aligned
    struct range block, part;
    int gradients;        // blocks alive at once
    int subtrees, inputs; // of this rank, of all ranks
    int64_t bucket, buckets;
};

struct exchange {
    struct plan plan;
    float *stack;   // (gradients, stride): the bottom ones are sums of complete subtrees. Without
                    // lanes: (part.count)
    int alive;      // blocks of the stack in use
    int lanes_done; // of this rank, in this update
    bool taken;     // the top block is being filled
    int64_t updates;
    float *arriving[2]; // (inputs of the other ranks, bucket), one being filled, one summed
    float **inputs;     // (inputs) in order of lanes
    struct messages messages[2]; // of two buckets
    double *cell_sums;           // (tree_cells)
};

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t most(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static struct range part_of(const struct plan *plan, int rank)
{
    return tree_part(&plan->cuts, plan->size, rank);
}

static int subtrees_of(const struct plan *plan, int rank)
{
    struct range found[TREE_SUBTREES];
    return tree_subtrees(plan->lanes, tree_lanes(plan->lanes, plan->size, rank), found);
}

static struct plan make_plan(int lanes, const struct cuts *cuts, int size, int rank)
{
    require(lanes >= 1 && cuts->total >= 1);
    struct plan plan = {.lanes = lanes, .size = size, .rank = rank, .cuts = *cuts};
    int64_t largest_part = 0;
    plan.stride = (cuts->total + ALIGNED - 1) / ALIGNED * ALIGNED;
    plan.block = tree_lanes(lanes, size, rank);
    plan.part = part_of(&plan, rank);
    plan.gradients = tree_blocks(lanes, plan.block);
    plan.subtrees = subtrees_of(&plan, rank);
    for (int other = 0; other < size; other++) {
        plan.inputs += subtrees_of(&plan, other);
        largest_part = most(largest_part, part_of(&plan, other).count);
    }
    require(plan.inputs >= 1 && largest_part >= 1);
    const int64_t arriving_blocks = MOST_ARRIVING / TREE_BLOCK / plan.inputs;
    plan.bucket = least(LONGEST, arriving_blocks * TREE_BLOCK);
    if (plan.bucket < TREE_BLOCK)
        plan.bucket = TREE_BLOCK;
    if (plan.bucket > largest_part)
        plan.bucket = largest_part;
    plan.buckets = (largest_part + plan.bucket - 1) / plan.bucket;
    return plan;
}

static int64_t stack_floats(const struct plan *plan)
{
    return plan->gradients ? plan->gradients * plan->stride : plan->part.count;
}

static int64_t arriving_floats(const struct plan *plan)
{
    return (plan->inputs - plan->subtrees) * plan->bucket;
}

int64_t exchange_bytes(int lanes, const struct cuts *cuts, int size, int rank)
{
    struct plan plan = make_plan(lanes, cuts, size, rank);
    int64_t floats = stack_floats(&plan) + 2 * arriving_floats(&plan);
    return floats * (int64_t)sizeof(float) + tree_cells(cuts) * (int64_t)sizeof(double);
}

static float *take_floats(int64_t count)
{
    return memory_take((size_t)count * sizeof(float));
}

struct exchange *exchange_open(int lanes, const struct cuts *cuts)
{
    struct exchange *exchange = memory_take(sizeof *exchange);
    exchange->plan = make_plan(lanes, cuts, comm_size(), comm_rank());
    const struct plan *plan = &exchange->plan;
    const int others = plan->size - 1;
    const int reducing = plan->inputs - plan->subtrees + plan->subtrees * others;
    const int gathering = 2 * others;
    exchange->stack = take_floats(stack_floats(plan));
    exchange->inputs = memory_take((size_t)plan->inputs * sizeof *exchange->inputs);
    exchange->cell_sums = memory_take((size_t)tree_cells(cuts) * sizeof *exchange->cell_sums);
    for (int i = 0; i < 2; i++) {
        exchange->arriving[i] = take_floats(arriving_floats(plan));
        messages_init(&exchange->messages[i], reducing > gathering ? reducing : gathering);
    }
    return exchange;
}

void exchange_close(struct exchange *exchange)
{
    for (int i = 0; i < 2; i++) {
        messages_release(&exchange->messages[i]);
        memory_free(exchange->arriving[i]);
    }
    memory_free(exchange->cell_sums);
    memory_free(exchange->inputs);
    memory_free(exchange->stack);
    memory_free(exchange);
}

struct range exchange_lanes(const struct exchange *exchange)
{
    return exchange->plan.block;
}

struct range exchange_part(const struct exchange *exchange)
{
    return exchange->plan.part;
}

static float *gradient_at(const struct exchange *exchange, int place)
{
    return exchange->stack + place * exchange->plan.stride;
}

float *exchange_gradient(struct exchange *exchange)
{
    require(!exchange->taken && exchange->lanes_done < exchange->plan.block.count &&
            exchange->alive < exchange->plan.gradients);
    exchange->taken = true;
    float *gradient = gradient_at(exchange, exchange->alive++);
    return memset(gradient, 0, (size_t)exchange->plan.cuts.total * sizeof *gradient);
}

static void merge_top(struct exchange *exchange)
{
    exchange->alive--;
    float *restrict below = gradient_at(exchange, exchange->alive - 1);
    const float *restrict top = gradient_at(exchange, exchange->alive);
    for (int64_t i = 0; i < exchange->plan.cuts.total; i++)
        below[i] += top[i];
}

void exchange_lane_done(struct exchange *exchange)
{
    require(exchange->taken);
    exchange->taken = false;
    const int lane = (int)exchange->plan.block.first + exchange->lanes_done++;
    for (int i = tree_merges(exchange->plan.lanes, exchange->plan.block, lane); i > 0; i--)
        merge_top(exchange);
}

/* The k-th bucket of a rank's part; all ranks' k-th buckets travel together. */
static struct range bucket_of(const struct plan *plan, int rank, int64_t k)
{
    struct range part = part_of(plan, rank);
    int64_t begin = least(k * plan->bucket, part.count);
    int64_t end = least(begin + plan->bucket, part.count);
    return (struct range){part.first + begin, end - begin};
}

static size_t bytes_of(struct range range)
{
    return (size_t)range.count * sizeof(float);
}

/* Rank r serves the others from r + 1 on in a circle, so that not all send to the same one at once.
 */
static int next_in_circle(const struct plan *plan, int distance)
{
    return (plan->rank + distance) % plan->size;
}

/* What all ranks send for this rank's bucket lies in order of ranks, this rank left out. */
static void start_arriving(struct exchange *exchange, int64_t k)
{
    const struct plan *plan = &exchange->plan;
    const struct range mine = bucket_of(plan, plan->rank, k);
    float *place = exchange->arriving[k % 2];
    for (int rank = 0; rank < plan->size && mine.count; rank++)
        for (int i = 0; rank != plan->rank && i < subtrees_of(plan, rank); i++) {
            messages_receive(&exchange->messages[k % 2], rank, place, bytes_of(mine));
            place += plan->bucket;
        }
}

static void start_leaving(struct exchange *exchange, int64_t k)
{
    const struct plan *plan = &exchange->plan;
    for (int distance = 1; distance < plan->size; distance++) {
        const int rank = next_in_circle(plan, distance);
        const struct range theirs = bucket_of(plan, rank, k);
        for (int i = 0; theirs.count && i < plan->subtrees; i++)
            messages_send(&exchange->messages[k % 2], rank, gradient_at(exchange, i) + theirs.first,
                          bytes_of(theirs));
    }
}

/* Sums the k-th bucket of this rank's part. Its own gradients are taken from where they lie. */
static void sum_bucket(struct exchange *exchange, int64_t k, float *part)
{
    const struct plan *plan = &exchange->plan;
    const struct range mine = bucket_of(plan, plan->rank, k);
    float **input = exchange->inputs, *place = exchange->arriving[k % 2];
    for (int rank = 0; rank < plan->size; rank++)
        for (int i = 0; i < subtrees_of(plan, rank); i++) {
            const bool own = rank == plan->rank;
            *input++ = own ? gradient_at(exchange, i) + mine.first : place;
            place += own ? 0 : plan->bucket;
        }
    tree_combine(plan->lanes, plan->size, exchange->inputs, mine.count,
                 part + (mine.first - plan->part.first));
}

/* A bucket is summed while the next one travels. Of this rank's part nothing leaves. */
float *exchange_reduce(struct exchange *exchange)
{
    const struct plan *plan = &exchange->plan;
    float *part = exchange->stack + (plan->gradients ? plan->part.first : 0);
    require(!exchange->taken && exchange->lanes_done == plan->block.count &&
            exchange->alive == plan->subtrees);
    exchange->updates++;
    point_at("exchange.reduce", exchange->updates, exchange->alive ? exchange->stack : NULL,
             exchange->alive ? (size_t)plan->cuts.total * sizeof(float) : 0);
    for (int64_t k = 0; k <= plan->buckets; k++) {
        if (k < plan->buckets) {
            start_arriving(exchange, k);
            start_leaving(exchange, k);
        }
        if (k == 0)
            continue;
        messages_wait(&exchange->messages[(k - 1) % 2], "sum of the gradients");
        point_at("exchange.bucket", exchange->updates, NULL, 0);
        sum_bucket(exchange, k - 1, part);
    }
    exchange->alive = exchange->lanes_done = 0;
    return part;
}

static void start_gathering(struct exchange *exchange, int64_t k, float *parameters)
{
    const struct plan *plan = &exchange->plan;
    struct messages *messages = &exchange->messages[k % 2];
    const struct range mine = bucket_of(plan, plan->rank, k);
    for (int distance = 1; distance < plan->size; distance++) {
        const int from = next_in_circle(plan, plan->size - distance);
        const struct range theirs = bucket_of(plan, from, k);
        if (theirs.count)
            messages_receive(messages, from, parameters + theirs.first, bytes_of(theirs));
        if (mine.count)
            messages_send(messages, next_in_circle(plan, distance), parameters + mine.first,
                          bytes_of(mine));
    }
}

void exchange_gather(struct exchange *exchange, float *parameters)
{
    const struct plan *plan = &exchange->plan;
    point_at("exchange.gather", exchange->updates, parameters,
             (size_t)plan->cuts.total * sizeof *parameters);
    for (int64_t k = 0; k <= plan->buckets; k++) {
        if (k < plan->buckets)
            start_gathering(exchange, k, parameters);
        if (k > 0)
            messages_wait(&exchange->messages[(k - 1) % 2], "gather of the parameters");
    }
    point_at("exchange.gathered", exchange->updates, parameters,
             (size_t)plan->cuts.total * sizeof *parameters);
}

/* Eight sums side by side, so that it runs in vectors; their order is fixed, as the bits must be.
 */
static double sum_of_squares(const float *values, int64_t count)
{
    enum { WIDTH = 8 };
    double sums[WIDTH] = {0}, sum = 0;
    int64_t i = 0;
    for (; i + WIDTH <= count; i += WIDTH)
        for (int j = 0; j < WIDTH; j++)
            sums[j] += (double)values[i + j] * values[i + j];
    for (int j = 0; i + j < count; j++)
        sums[j] += (double)values[i + j] * values[i + j];
    for (int j = 0; j < WIDTH; j++)
        sum += sums[j];
    return sum;
}

double exchange_square_norm(struct exchange *exchange, const float *part)
{
    const struct plan *plan = &exchange->plan;
    const int64_t all = tree_cells(&plan->cuts);
    const struct range own = tree_cells_of(&plan->cuts, plan->size, plan->rank);
    point_at("exchange.norm", exchange->updates, NULL, 0);
    memset(exchange->cell_sums, 0, (size_t)all * sizeof *exchange->cell_sums);
    for (int64_t i = own.first; i < own.first + own.count; i++) {
        struct range cell = tree_cell(&plan->cuts, i);
        exchange->cell_sums[i] = sum_of_squares(part + (cell.first - plan->part.first), cell.count);
    }
    comm_sum_reals(exchange->cell_sums, all);
    double sum = 0;
    for (int64_t i = 0; i < all; i++)
        sum += exchange->cell_sums[i];
    return sum;
}
