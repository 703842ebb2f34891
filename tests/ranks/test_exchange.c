#include "tests/ranks/ranks.h"

#include "comm/base/memory.h"
#include "comm/base/points.h"
#include "comm/base/random.h"
#include "comm/exchange.h"
#include <string.h>

/* A gradient of a lane in an update: any block of four elements can be computed by itself, so that
 * every rank can form the serial sum without holding all lanes. Magnitudes differ widely: the
 * association matters. */
static void four_of_lane(int64_t update, int64_t lane, int64_t block, float values[4])
{
    struct random_key key = {1, RANDOM_WEIGHTS, (uint32_t)update, (uint32_t)lane};
    uint32_t words[4];
    random_block(&key, (uint64_t)block, words);
    for (int i = 0; i < 4; i++) {
        const float scale = (float)(1 << (words[i] & 31) / 2);
        values[i] = scale * ((float)(words[i] >> 8) / (1 << 24) - 0.5F);
    }
}

/* The definition of the tree, written down once more. */
static void four_of_sum(int64_t update, int64_t first, int64_t count, int64_t block,
                        float values[4])
{
    if (count == 1) {
        four_of_lane(update, first, block, values);
        return;
    }
    int64_t left = 1;
    while (left * 2 < count)
        left *= 2;
    float right[4];
    four_of_sum(update, first, left, block, values);
    four_of_sum(update, first + left, count - left, block, right);
    for (int i = 0; i < 4; i++)
        values[i] += right[i];
}

struct job {
    int lanes;
    int64_t parameters;
    int64_t update;
    const struct cuts *cuts;
};

static void add_lane(const struct job *job, int64_t lane, float *gradient)
{
    for (int64_t i = 0; i < job->parameters; i += 4) {
        float values[4];
        four_of_lane(job->update, lane, i / 4, values);
        for (int64_t j = 0; j < 4 && i + j < job->parameters; j++)
            gradient[i + j] += values[j];
    }
}

/* Of millions of parameters a part is looked at: some in each block, and not always the same. */
static bool holds_serial_sum(const struct job *job, const float *parameters)
{
    const int64_t step = job->parameters > 1000000 ? 4 * 17 : 4;
    for (int64_t i = 0; i < job->parameters; i += step) {
        float expected[4];
        const int64_t left = job->parameters - i;
        four_of_sum(job->update, 0, job->lanes, i / 4, expected);
        if (memcmp(parameters + i, expected, sizeof(float) * (size_t)(left < 4 ? left : 4)) != 0)
            return false;
    }
    return true;
}

/* In each cell eight sums, side by side; then the cells in order. */
static double serial_square_norm(const float *values, const struct cuts *cuts)
{
    double norm = 0;
    for (int64_t i = 0; i < tree_cells(cuts); i++) {
        const struct range cell = tree_cell(cuts, i);
        double sums[8] = {0}, sum = 0;
        for (int64_t j = 0; j < cell.count; j++)
            sums[j % 8] += (double)values[cell.first + j] * (double)values[cell.first + j];
        for (int j = 0; j < 8; j++)
            sum += sums[j];
        norm += sum;
    }
    return norm;
}

static void work_through_lanes(struct exchange *exchange, const struct job *job)
{
    struct range lanes = exchange_lanes(exchange);
    for (int64_t lane = lanes.first; lane < lanes.first + lanes.count; lane++) {
        add_lane(job, lane, exchange_gradient(exchange));
        exchange_lane_done(exchange);
    }
}

/* One update whose step is: the parameters become the sum of the gradients. */
static void update(struct exchange *exchange, const struct job *job, float *parameters)
{
    struct range part = exchange_part(exchange);
    work_through_lanes(exchange, job);
    const float *sum = exchange_reduce(exchange);
    const double norm = exchange_square_norm(exchange, sum);
    memcpy(parameters + part.first, sum, (size_t)part.count * sizeof *sum);
    exchange_gather(exchange, parameters);
    assert_everywhere(holds_serial_sum(job, parameters));
    assert_everywhere(norm == serial_square_norm(parameters, job->cuts));
}

static void assert_updates_of(int lanes, const struct cuts *cuts, int updates)
{
    struct exchange *exchange = exchange_open(lanes, cuts);
    float *values = memory_take((size_t)cuts->total * sizeof *values);
    for (int i = 1; i <= updates; i++) {
        memset(values, 0xff, (size_t)cuts->total * sizeof *values);
        update(exchange, &(struct job){lanes, cuts->total, i, cuts}, values);
    }
    memory_free(values);
    exchange_close(exchange);
}

static void assert_updates(int lanes, int64_t parameters, int updates)
{
    assert_updates_of(lanes, &(struct cuts){.total = parameters}, updates);
}

static const int LANES[] = {1, 2, 3, 5, 8, 12};

static void the_sum_is_the_serial_one_bit_for_bit(void **state)
{
    (void)state;
    for (int i = 0; i < 6; i++)
        assert_updates(LANES[i], 7 * TREE_BLOCK + 123, 2);
}

static void ranks_beyond_the_blocks_own_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < 6; i++) {
        assert_updates(LANES[i], TREE_BLOCK + 1, 2);
        assert_updates(LANES[i], 3, 2);
    }
}

/* Parameters that are needed whole: one of several buckets, small ones, ranks without any. */
static void cuts_are_only_where_they_may_be(void **state)
{
    (void)state;
    int64_t ends[] = {16, 48, TREE_BLOCK + 64, (5 << 18) + TREE_BLOCK, (5 << 18) + TREE_BLOCK + 16};
    for (int i = 0; i < 6; i += 2)
        for (int count = 1; count <= 5; count += 2)
            assert_updates_of(LANES[i], &(struct cuts){ends[count - 1], ends, count}, 2);
}

/* With 2 ranks each part takes two buckets of 4 MB, with 1 rank (without messages) three. */
static void a_part_may_take_several_buckets(void **state)
{
    (void)state;
    assert_updates(3, (5 << 19) + 77, 2);
}

/* So many lanes that what arrives for a bucket is held in bounds by shorter messages. */
static void many_lanes_make_shorter_buckets(void **state)
{
    (void)state;
    assert_updates(31, 5 * 130 * TREE_BLOCK + 9, 1);
}

static void gradients_are_handed_out_cleared(void **state)
{
    (void)state;
    struct exchange *exchange = exchange_open(8, &(struct cuts){.total = 1000});
    bool cleared = true;
    for (int turn = 0; turn < 2; turn++) {
        for (int64_t lane = 0; lane < exchange_lanes(exchange).count; lane++) {
            float *gradient = exchange_gradient(exchange);
            for (int i = 0; i < 1000; i++)
                cleared &= gradient[i] == 0;
            memset(gradient, 'x', 1000 * sizeof *gradient);
            exchange_lane_done(exchange);
        }
        exchange_reduce(exchange);
    }
    assert_everywhere(cleared);
    exchange_close(exchange);
}

static void the_sum_lies_where_the_first_gradient_did(void **state)
{
    (void)state;
    struct exchange *exchange = exchange_open(8, &(struct cuts){.total = 5 * TREE_BLOCK + 9});
    const float *first = NULL;
    for (int64_t lane = 0; lane < exchange_lanes(exchange).count; lane++) {
        const float *gradient = exchange_gradient(exchange);
        first = first ? first : gradient;
        exchange_lane_done(exchange);
    }
    const float *sum = exchange_reduce(exchange);
    assert_everywhere(first && sum == first + exchange_part(exchange).first);
    exchange_close(exchange);
}

static void an_update_allocates_nothing(void **state)
{
    (void)state;
    const struct cuts cuts = {.total = 2 * TREE_BLOCK + 1};
    const struct job job = {5, cuts.total, 1, &cuts};
    struct exchange *exchange = exchange_open(job.lanes, &cuts);
    float *values = memory_take((size_t)job.parameters * sizeof *values);
    struct memory_count before = memory_count();
    update(exchange, &job, values);
    assert_everywhere(memory_count().allocations == before.allocations);
    memory_free(values);
    exchange_close(exchange);
}

static void the_memory_is_what_was_told(void **state)
{
    (void)state;
    for (int i = 0; i < 6; i++) {
        const struct cuts cuts = {.total = 50 * TREE_BLOCK + 1};
        struct memory_count before = memory_count();
        struct exchange *exchange = exchange_open(LANES[i], &cuts);
        int64_t taken = memory_count().bytes - before.bytes;
        int64_t told = exchange_bytes(LANES[i], &cuts, comm_size(), comm_rank());
        assert_everywhere(taken >= told && taken < told + 10000);
        exchange_close(exchange);
        assert_everywhere(memory_count().bytes == before.bytes);
    }
}

static struct {
    int reduce, gather;
    int64_t last;
} seen;

static void count_points(const char *point, int64_t number, void *data, size_t bytes)
{
    (void)data;
    (void)bytes;
    seen.reduce += strcmp(point, "exchange.reduce") == 0;
    seen.gather += strcmp(point, "exchange.gather") == 0;
    seen.last = number;
}

static void points_are_passed_in_each_update(void **state)
{
    (void)state;
    points_hook = count_points;
    assert_updates(2, 100, 3);
    points_hook = NULL;
    assert_everywhere(seen.reduce == 3 && seen.gather == 3 && seen.last == 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sum_is_the_serial_one_bit_for_bit),
        cmocka_unit_test(ranks_beyond_the_blocks_own_nothing),
        cmocka_unit_test(cuts_are_only_where_they_may_be),
        cmocka_unit_test(a_part_may_take_several_buckets),
        cmocka_unit_test(many_lanes_make_shorter_buckets),
        cmocka_unit_test(gradients_are_handed_out_cleared),
        cmocka_unit_test(the_sum_lies_where_the_first_gradient_did),
        cmocka_unit_test(an_update_allocates_nothing),
        cmocka_unit_test(the_memory_is_what_was_told),
        cmocka_unit_test(points_are_passed_in_each_update),
    };
    return ranks_run(tests);
}
