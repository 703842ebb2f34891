#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "trainer/metric/metric_rows.h"
#include <math.h>

/* Of each of the vectors' numbers apart; means and squares as Welford (1962) adds them. */
struct sums {
    int64_t count; // vectors
    int width;
    struct column {
        double mean, scatter;  // of what was wanted: its mean, squares about it
        double squares, sizes; // of the differences
    } * columns;
};

static void add(void *sums, const struct metric_case *one)
{
    struct sums *s = sums;
    if (!s->columns) {
        s->width = one->width;
        s->columns = memory_take((size_t)s->width * sizeof *s->columns);
    }
    require(one->width == s->width);
    for (int64_t t = 0; t < one->steps; t++) {
        s->count++;
        for (int k = 0; k < s->width; k++) {
            struct column *c = &s->columns[k];
            double wanted = one->wanted[t * s->width + k];
            double off = one->values[t * s->width + k] - wanted, before = wanted - c->mean;
            c->mean += before / (double)s->count;
            c->scatter += before * (wanted - c->mean);
            c->squares += off * off;
            c->sizes += fabs(off);
        }
    }
}

static void release(void *sums)
{
    struct sums *s = sums;
    memory_free(s->columns);
}

static double rmse(const void *sums)
{
    const struct sums *s = sums;
    double squares = 0;
    for (int k = 0; k < s->width; k++)
        squares += s->columns[k].squares;
    return sqrt(squares / ((double)s->count * s->width));
}

static double mae(const void *sums)
{
    const struct sums *s = sums;
    double sizes = 0;
    for (int k = 0; k < s->width; k++)
        sizes += s->columns[k].sizes;
    return sizes / ((double)s->count * s->width);
}

/* A column that never changes is wholly explained, or not at all. */
static double r2(const void *sums)
{
    const struct sums *s = sums;
    double sum = 0;
    for (int k = 0; k < s->width; k++) {
        const struct column *c = &s->columns[k];
        sum += c->scatter > 0 ? 1 - c->squares / c->scatter : c->squares == 0;
    }
    return sum / s->width;
}

static void words(const void *sums, struct text *text)
{
    const struct sums *s = sums;
    text_add_format(text, "(%lld vectors of %d)", (long long)s->count, s->width);
}

const struct metric metric_rmse = {
    .name = "rmse",
    .of = METRIC_VALUES,
    .digits = 4,
    .size = sizeof(struct sums),
    .add = add,
    .value = rmse,
    .words = words,
    .release = release,
    .help = "root of the mean square of what values are off by, in their own units"};

const struct metric metric_mae = {.name = "mae",
                                  .of = METRIC_VALUES,
                                  .digits = 4,
                                  .size = sizeof(struct sums),
                                  .add = add,
                                  .value = mae,
                                  .words = words,
                                  .release = release,
                                  .help = "mean of what values are off by, in their own units"};

const struct metric metric_r2 = {
    .name = "r2",
    .of = METRIC_VALUES,
    .more = true,
    .digits = 4,
    .size = sizeof(struct sums),
    .add = add,
    .value = r2,
    .words = words,
    .release = release,
    .help = "share of the variance that is explained, of each number of a vector, their mean"};
