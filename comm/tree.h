/* The fixed binary tree over the lanes of an update (invariant 1 of README.md), and who works on
 * what. Pure: no MPI. A node of n lanes splits at the largest power of two below n. A rank works
 * through a contiguous block of lanes, the first ranks taking the larger blocks; it forms the sums
 * of the maximal subtrees inside its block, and the rest of the sums is formed by the owner of each
 * part of the parameters, in the tree's order. So the sum's association never depends on the number
 * of ranks. */
#ifndef TREE_H
#define TREE_H

#include <stdint.h>

struct range {
    int64_t first, count;
};

/* The lanes of a rank; count 0 for a rank beyond the lanes. */
struct range tree_lanes(int lanes, int size, int rank);
/* The maximal subtrees inside a block of lanes, left to right; returns their number. */
enum { TREE_SUBTREES = 64 }; // at most
int tree_subtrees(int lanes, struct range block, struct range subtrees[TREE_SUBTREES]);
/* How many lanes' sums are complete subtrees once lane `lane` of the block is done: the number of
 * merges (left + right) to do now. Gradient blocks are a stack; each merge adds the top into the
 * one below and drops it. */
int tree_merges(int lanes, struct range block, int lane);
/* Most gradient blocks alive at once on a rank with that block. */
int tree_blocks(int lanes, struct range block);
/* The largest number of subtrees on any rank. */
int tree_busiest(int lanes, int size);

/* Sums `count` floats of all subtrees of all ranks in the tree's order into sum. inputs: one
 * pointer for each subtree, in order of lanes (ranks 0..size-1, each left to right); the inputs are
 * overwritten, and sum may be one of them. */
void tree_combine(int lanes, int size, float *const *inputs, int64_t count, float *sum);

/* Where `total` parameters may be cut: at multiples of TREE_BLOCK; or, where what works on them
 * needs them whole, at `ends` alone, which rise up to total. A cell lies between two cuts. */
enum { TREE_BLOCK = 4096 };
struct cuts {
    int64_t total;
    int64_t *ends; // (count), or NULL
    int64_t count;
};
int64_t tree_cells(const struct cuts *cuts);
struct range tree_cell(const struct cuts *cuts, int64_t cell);
/* The cells that a rank owns, which is about an even share of the parameters, and as one range the
 * part that they make. */
struct range tree_cells_of(const struct cuts *cuts, int size, int rank);
struct range tree_part(const struct cuts *cuts, int size, int rank);

#endif
