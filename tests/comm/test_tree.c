#include "comm/tree.h"
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { MOST_LANES = 33 };

static struct range whole(int lanes)
{
    return (struct range){0, lanes};
}

static void lanes_are_shared_in_order_the_first_ranks_taking_more(void **state)
{
    (void)state;
    for (int lanes = 1; lanes <= MOST_LANES; lanes++)
        for (int size = 1; size <= 40; size++) {
            int64_t next = 0, before = lanes;
            for (int rank = 0; rank < size; rank++) {
                struct range block = tree_lanes(lanes, size, rank);
                assert_int_equal(block.first, next);
                assert_true(block.count <= before);
                assert_in_range(block.count, lanes / size, lanes / size + 1);
                next += block.count;
                before = block.count;
            }
            assert_int_equal(next, lanes);
        }
}

static void parts_are_whole_blocks_in_order(void **state)
{
    (void)state;
    const int64_t totals[] = {1, TREE_BLOCK, TREE_BLOCK + 1, 5 * TREE_BLOCK - 3, 1000003};
    for (int i = 0; i < 5; i++)
        for (int size = 1; size <= 9; size++) {
            int64_t next = 0;
            for (int rank = 0; rank < size; rank++) {
                struct range part = tree_part(&(struct cuts){.total = totals[i]}, size, rank);
                assert_int_equal(part.first, next);
                assert_true(part.count == 0 || part.first % TREE_BLOCK == 0);
                next += part.count;
            }
            assert_int_equal(next, totals[i]);
        }
}

/* Cells that are much longer or shorter than a rank's share. */
static void parts_are_cut_at_the_ends_that_are_given(void **state)
{
    (void)state;
    int64_t ends[] = {10, 20, 1000020, 1000021, 1000100, 1500000, 2000000};
    const struct cuts cuts = {.total = 2000000, .ends = ends, .count = 7};
    for (int size = 1; size <= 9; size++) {
        int64_t next = 0, cell = 0;
        for (int rank = 0; rank < size; rank++) {
            struct range part = tree_part(&cuts, size, rank);
            struct range cells = tree_cells_of(&cuts, size, rank);
            assert_int_equal(part.first, next);
            assert_int_equal(cells.first, cell);
            for (int64_t i = 0; i < cells.count; i++, cell++) {
                assert_int_equal(tree_cell(&cuts, cell).first, next);
                next += tree_cell(&cuts, cell).count;
            }
            assert_int_equal(part.first + part.count, next);
        }
        assert_int_equal(cell, 7);
        assert_int_equal(next, 2000000);
    }
    assert_int_equal(tree_part(&cuts, 2, 0).count, 1000020);
}

static void assert_subtrees(int lanes, struct range block, const char *expected)
{
    struct range found[TREE_SUBTREES];
    char words[256] = "";
    int count = tree_subtrees(lanes, block, found);
    for (int i = 0; i < count; i++)
        snprintf(words + strlen(words), sizeof words - strlen(words), "%d+%d ", (int)found[i].first,
                 (int)found[i].count);
    assert_string_equal(words, expected);
}

static void subtrees_are_the_largest_in_the_block(void **state)
{
    (void)state;
    assert_subtrees(8, whole(8), "0+8 ");
    assert_subtrees(8, (struct range){0, 3}, "0+2 2+1 ");
    assert_subtrees(8, (struct range){3, 3}, "3+1 4+2 ");
    assert_subtrees(8, (struct range){1, 7}, "1+1 2+2 4+4 ");
    assert_subtrees(12, (struct range){8, 4}, "8+4 ");
    assert_subtrees(12, (struct range){6, 6}, "6+2 8+4 ");
    assert_subtrees(5, (struct range){3, 2}, "3+1 4+1 ");
    assert_subtrees(5, (struct range){5, 0}, "");
}

/* The stack of blocks, each with the lanes that it sums. */
static void merging_leaves_the_subtrees_and_adds_neighbours(void **state)
{
    (void)state;
    for (int lanes = 1; lanes <= MOST_LANES; lanes++)
        for (int size = 1; size <= lanes; size++)
            for (int rank = 0; rank < size; rank++) {
                struct range block = tree_lanes(lanes, size, rank), stack[TREE_SUBTREES],
                             subtrees[TREE_SUBTREES];
                int alive = 0, most = 0;
                for (int64_t lane = block.first; lane < block.first + block.count; lane++) {
                    stack[alive++] = (struct range){lane, 1};
                    most = alive > most ? alive : most;
                    for (int i = tree_merges(lanes, block, (int)lane); i > 0; i--) {
                        alive--;
                        stack[alive - 1].count += stack[alive].count;
                    }
                }
                assert_int_equal(tree_subtrees(lanes, block, subtrees), alive);
                assert_memory_equal(stack, subtrees, (size_t)alive * sizeof *stack);
                assert_int_equal(tree_blocks(lanes, block), most);
            }
}

static void eight_lanes_need_4_3_2_1_blocks(void **state)
{
    (void)state;
    assert_int_equal(tree_blocks(8, tree_lanes(8, 1, 0)), 4);
    assert_int_equal(tree_blocks(8, tree_lanes(8, 2, 0)), 3);
    assert_int_equal(tree_blocks(8, tree_lanes(8, 4, 0)), 2);
    assert_int_equal(tree_blocks(8, tree_lanes(8, 8, 0)), 1);
    assert_int_equal(tree_blocks(8, tree_lanes(8, 9, 8)), 0);
}

static void eight_lanes_keep_the_busiest_at_one_subtree_but_on_3_ranks(void **state)
{
    (void)state;
    const int expected[] = {1, 1, 2, 1, 1, 1, 1, 1};
    for (int size = 1; size <= 8; size++)
        assert_int_equal(tree_busiest(8, size), expected[size - 1]);
}

/* Values whose sum depends on the association: each lane's is one of very different magnitudes. */
static float value_of(int64_t lane, int64_t i)
{
    static const float scales[] = {1.0F, 1e7F, -1e7F, 3e-3F, 12345.678F};
    return scales[(lane * 3 + i) % 5] * (1 + (float)((lane * 7 + i * 13) % 11) / 11);
}

/* The definition, written down once more. */
static float serial_sum(struct range node, int64_t i)
{
    if (node.count == 1)
        return value_of(node.first, i);
    int64_t left = 1;
    while (left * 2 < node.count)
        left *= 2;
    return serial_sum((struct range){node.first, left}, i) +
           serial_sum((struct range){node.first + left, node.count - left}, i);
}

enum { COUNT = TREE_BLOCK + 37 };
static float storage[MOST_LANES][COUNT], sum[COUNT];

static void fill_inputs(int lanes, int size, float **inputs)
{
    int next = 0;
    for (int rank = 0; rank < size; rank++) {
        struct range subtrees[TREE_SUBTREES];
        int count = tree_subtrees(lanes, tree_lanes(lanes, size, rank), subtrees);
        for (int i = 0; i < count; i++, next++) {
            inputs[next] = storage[next];
            for (int64_t j = 0; j < COUNT; j++)
                storage[next][j] = serial_sum(subtrees[i], j);
        }
    }
}

static void combining_gives_the_serial_sum_on_any_number_of_ranks(void **state)
{
    (void)state;
    for (int lanes = 1; lanes <= 13; lanes++)
        for (int size = 1; size <= lanes + 1; size++) {
            float *inputs[MOST_LANES];
            fill_inputs(lanes, size, inputs);
            tree_combine(lanes, size, inputs, COUNT, sum);
            for (int64_t j = 0; j < COUNT; j++) {
                float expected = serial_sum(whole(lanes), j);
                assert_memory_equal(&sum[j], &expected, sizeof expected);
            }
        }
}

/* Otherwise the test before this one could not fail. */
static void the_association_matters_to_these_values(void **state)
{
    (void)state;
    int different = 0;
    for (int64_t j = 0; j < COUNT; j++) {
        float running = 0;
        for (int64_t lane = 0; lane < 8; lane++)
            running += value_of(lane, j);
        different += running != serial_sum(whole(8), j);
    }
    assert_true(different > COUNT / 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lanes_are_shared_in_order_the_first_ranks_taking_more),
        cmocka_unit_test(parts_are_whole_blocks_in_order),
        cmocka_unit_test(parts_are_cut_at_the_ends_that_are_given),
        cmocka_unit_test(subtrees_are_the_largest_in_the_block),
        cmocka_unit_test(merging_leaves_the_subtrees_and_adds_neighbours),
        cmocka_unit_test(eight_lanes_need_4_3_2_1_blocks),
        cmocka_unit_test(eight_lanes_keep_the_busiest_at_one_subtree_but_on_3_ranks),
        cmocka_unit_test(combining_gives_the_serial_sum_on_any_number_of_ranks),
        cmocka_unit_test(the_association_matters_to_these_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
