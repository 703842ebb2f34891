#include "comm/tree.h"
#include "comm/base/die.h"
#include <stdbool.h>
#include <string.h>

/* An even cut of `total` things, the first ranks taking one more. */
static struct range share(int64_t total, int size, int rank)
{
    require(size >= 1 && rank >= 0 && rank < size);
    int64_t least = total / size, more = total % size;
    int64_t first = rank * least + (rank < more ? rank : more);
    return (struct range){first, least + (rank < more)};
}

/* The rank whose share holds lane `lane`. */
static int owner(int lanes, int size, int64_t lane)
{
    int64_t least = lanes / size, more = lanes % size;
    int64_t in_larger = more * (least + 1);
    return (int)(lane < in_larger ? lane / (least + 1) : more + (lane - in_larger) / least);
}

static struct range left_of(struct range node)
{
    int64_t power = 1;
    while (power * 2 < node.count)
        power *= 2;
    return (struct range){node.first, power};
}

static struct range right_of(struct range node)
{
    struct range left = left_of(node);
    return (struct range){node.first + left.count, node.count - left.count};
}

static bool inside(struct range inner, struct range outer)
{
    return inner.first >= outer.first && inner.first + inner.count <= outer.first + outer.count;
}

static bool disjoint(struct range a, struct range b)
{
    return a.first + a.count <= b.first || b.first + b.count <= a.first;
}

struct range tree_lanes(int lanes, int size, int rank)
{
    require(lanes >= 1);
    return share(lanes, size, rank);
}

static int subtrees_below(struct range node, struct range block, struct range *subtrees, int found)
{
    if (disjoint(node, block))
        return found;
    if (inside(node, block)) {
        require(found < TREE_SUBTREES);
        subtrees[found] = node;
        return found + 1;
    }
    found = subtrees_below(left_of(node), block, subtrees, found);
    return subtrees_below(right_of(node), block, subtrees, found);
}

int tree_subtrees(int lanes, struct range block, struct range subtrees[TREE_SUBTREES])
{
    return block.count ? subtrees_below((struct range){0, lanes}, block, subtrees, 0) : 0;
}

/* The nodes of the block that end with this lane, all on the way down from the root to it. */
int tree_merges(int lanes, struct range block, int lane)
{
    int merges = 0;
    struct range node = {0, lanes};
    while (node.count > 1) {
        bool ends_here = node.first + node.count == lane + 1;
        merges += ends_here && inside(node, block);
        struct range right = right_of(node);
        node = lane >= right.first ? right : left_of(node);
    }
    return merges;
}

int tree_blocks(int lanes, struct range block)
{
    int alive = 0, most = 0;
    for (int64_t lane = block.first; lane < block.first + block.count; lane++) {
        alive++;
        most = alive > most ? alive : most;
        alive -= tree_merges(lanes, block, (int)lane);
    }
    return most;
}

int tree_busiest(int lanes, int size)
{
    int most = 0;
    for (int rank = 0; rank < size; rank++) {
        struct range subtrees[TREE_SUBTREES];
        int count = tree_subtrees(lanes, tree_lanes(lanes, size, rank), subtrees);
        most = count > most ? count : most;
    }
    return most;
}

static void add_into(float *restrict left, const float *restrict right, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        left[i] += right[i];
}

/* The floats from `first` on of all inputs; `next` is the input that the walk comes to next. */
struct walk {
    int lanes, size, next;
    float *const *inputs;
    int64_t first, count;
};

static float *sum_of(struct walk *walk, struct range node)
{
    int64_t last = node.first + node.count - 1;
    if (owner(walk->lanes, walk->size, node.first) == owner(walk->lanes, walk->size, last))
        return walk->inputs[walk->next++] + walk->first;
    float *left = sum_of(walk, left_of(node));
    add_into(left, sum_of(walk, right_of(node)), walk->count);
    return left;
}

/* A block of each input at a time, so that it is in cache from its first sum to its last. */
void tree_combine(int lanes, int size, float *const *inputs, int64_t count, float *sum)
{
    for (int64_t first = 0; first < count; first += TREE_BLOCK) {
        int64_t block = count - first < TREE_BLOCK ? count - first : TREE_BLOCK;
        struct walk walk = {lanes, size, 0, inputs, first, block};
        const float *found = sum_of(&walk, (struct range){0, lanes});
        if (found != sum + first)
            memcpy(sum + first, found, (size_t)block * sizeof *sum);
    }
}

int64_t tree_cells(const struct cuts *cuts)
{
    return cuts->ends ? cuts->count : (cuts->total + TREE_BLOCK - 1) / TREE_BLOCK;
}

static int64_t end_of(const struct cuts *cuts, int64_t cell)
{
    if (cuts->ends)
        return cuts->ends[cell];
    return (cell + 1) * TREE_BLOCK < cuts->total ? (cell + 1) * TREE_BLOCK : cuts->total;
}

struct range tree_cell(const struct cuts *cuts, int64_t cell)
{
    int64_t first = cell > 0 ? end_of(cuts, cell - 1) : 0;
    return (struct range){first, end_of(cuts, cell) - first};
}

/* The first cell of a rank. Cells of one size are shared by their number, the first ranks taking
 * more; of others it is the first that starts at or behind the rank's share of the parameters. */
static int64_t first_cell(const struct cuts *cuts, int size, int rank)
{
    int64_t least = 0, most = tree_cells(cuts);
    if (!cuts->ends)
        return share(most, size, rank).first;
    const int64_t start = share(cuts->total, size, rank).first;
    while (least < most) {
        int64_t cell = least + (most - least) / 2;
        if (tree_cell(cuts, cell).first < start)
            least = cell + 1;
        else
            most = cell;
    }
    return least;
}

struct range tree_cells_of(const struct cuts *cuts, int size, int rank)
{
    int64_t first = first_cell(cuts, size, rank);
    int64_t end = rank + 1 < size ? first_cell(cuts, size, rank + 1) : tree_cells(cuts);
    return (struct range){first, end - first};
}

struct range tree_part(const struct cuts *cuts, int size, int rank)
{
    struct range cells = tree_cells_of(cuts, size, rank);
    int64_t first = cells.first > 0 ? end_of(cuts, cells.first - 1) : 0;
    int64_t end = cells.first + cells.count > 0 ? end_of(cuts, cells.first + cells.count - 1) : 0;
    return (struct range){first, end - first};
}
