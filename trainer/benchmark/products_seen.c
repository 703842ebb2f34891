#include "trainer/benchmark/products_seen.h"
#include "comm/base/die.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Sums, until the end. */
struct seen {
    struct product_kind kind;
    int key[4];           // what sides of one kind have in common
    int64_t calls, items; // of product_each, with one of this kind among them
};

static struct {
    struct seen list[PRODUCTS_SEEN_MOST];
    struct product_kind kinds[PRODUCTS_SEEN_MOST];
    int count;
} seen;

static int magnitude(int side)
{
    int bits = 0;
    for (; side > 1; side /= 2)
        bits++;
    return -bits; // unlike any side
}

/* How long a batch is shows in the rows of NN, NT and packed ones, in what TN sums over, and in
 * every side of a sentence's own product. */
static void make_key(int form, const struct product_item *item, bool each, int key[4])
{
    bool sums = form == PRODUCT_TN;
    key[0] = each;
    key[1] = each || !sums ? magnitude(item->M) : item->M;
    key[2] = each ? magnitude(item->N) : item->N;
    key[3] = each || sums ? magnitude(item->K) : item->K;
}

static struct seen *find(int form, const int key[4])
{
    int i = 0;
    while (i < seen.count && (seen.list[i].kind.form != form ||
                              memcmp(seen.list[i].key, key, sizeof seen.list[i].key) != 0))
        i++;
    require(i < PRODUCTS_SEEN_MOST);
    if (i == seen.count) {
        seen.list[seen.count++] = (struct seen){.kind.form = form};
        memcpy(seen.list[i].key, key, sizeof seen.list[i].key);
    }
    return &seen.list[i];
}

/* One product by itself is not told from a sentence alone: both are cut as one. */
static void note(int form, const struct product_item *items, int count)
{
    const bool each = count != 1;
    struct seen *before = NULL;
    for (int i = 0; i < count; i++) {
        const struct product_item *item = &items[i];
        int key[4];
        make_key(form, item, each, key);
        struct seen *at = find(form, key);
        at->kind.M += item->M;
        at->kind.N += item->N;
        at->kind.K += item->K;
        at->kind.products++;
        at->kind.work += (double)item->M * item->N * item->K;
        at->calls += at != before;
        at->items += at != before ? count : 0;
        before = at;
    }
}

void products_seen_start(void)
{
    seen.count = 0;
    product_tell(note);
}

static int64_t mean(int64_t sum, int64_t count)
{
    return (sum + count / 2) / count;
}

static int compare(const void *left, const void *right)
{
    const struct product_kind *a = left, *b = right;
    return a->work > b->work ? -1 : a->work < b->work;
}

int products_seen_stop(const struct product_kind **kinds)
{
    product_tell(NULL);
    for (int i = 0; i < seen.count; i++) {
        const struct seen *from = &seen.list[i];
        struct product_kind *kind = &seen.kinds[i];
        *kind = from->kind;
        kind->M = mean(kind->M, kind->products);
        kind->N = mean(kind->N, kind->products);
        kind->K = mean(kind->K, kind->products);
        if (from->key[0])
            kind->each = (int)mean(from->items, from->calls);
    }
    qsort(seen.kinds, (size_t)seen.count, sizeof *seen.kinds, compare);
    *kinds = seen.kinds;
    return seen.count;
}
