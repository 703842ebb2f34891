/* Metrics: numbers that say how near a model's outputs come to what they should be. Text in,
 * numbers out: no model, no files, no ranks. A new one is a file with its row (metric_*.c) and a
 * line of the table (metric_rows.h). A metric is fed the inputs one after the other, in their
 * order, on one rank: so it is the same to the last bit for any number of ranks.
 *
 * A reference may hold alternatives, separated by TAB: the nearest counts. Words are what stands
 * between white space (Python's). Calling sequence: metrics_open, metrics_add ..., then
 * metric_value, metrics_words or metrics_json; metrics_close. */
#ifndef METRIC_H
#define METRIC_H

#include "comm/base/reason.h"
#include "comm/base/text.h"

struct slice {
    const char *bytes;
    size_t length;
};

/* One input: what came of it, and what should have. A metric reads what it is computed from. */
struct metric_case {
    double loss; // nats, of the reference
    int64_t tokens;
    struct slice output, reference; // lines
    bool whole;                     // a line is one label, whatever words it is made of
    const double *values, *wanted;  // (steps, width), in their own units
    int64_t steps;
    int width;
};

/* What it is computed from, and what a task has: or-ed. */
enum metric_of {
    METRIC_LOSSES = 1,
    METRIC_SEQUENCES = 2, // texts of any length
    METRIC_LABELS = 4,    // words in step with those of the reference, tags; or one label
    METRIC_VALUES = 8,
    METRIC_ERRORS = 16,                               // losses of vectors: half the squared errors
    METRIC_NO_OUTPUTS = METRIC_LOSSES | METRIC_ERRORS // the model is not applied for these
};

struct metric {
    const char *name;
    int of;      // of enum metric_of: computed from any of these
    bool more;   // is better
    bool share;  // in percent for people
    int digits;  // behind the point, for people
    size_t size; // of its sums, which start as zeros
    void (*add)(void *sums, const struct metric_case *one);
    double (*value)(const void *sums); // NULL where it is no single number; NAN without inputs
    void (*words)(const void *sums, struct text *text); // what people read behind the value
    void (*json)(const void *sums, struct text *text);  // members beside it; may be NULL
    void (*release)(void *sums);                        // may be NULL
    const char *help;
};
extern const struct metric *const metric_table[]; // up to NULL

/* The row of that name among those computed from `of`, or NULL; why: which there are. single: only
 * those that are a single number. */
const struct metric *metric_find(const char *name, int of, bool single, struct reason *why);

/* The metric that steers a run by its validations: that of --valid-metric, which is such a name, or
 * NULL for perplexity and loss: the loss tells them. */
const struct metric *metric_steering(const char *name);
/* Of a cost, what a better validation has less of, the metric's value, and of a value its cost:
 * where more is better, with its sign turned. */
double metric_turned(const struct metric *metric, double cost);

struct metrics {
    int count;
    struct metric_sums {
        const struct metric *metric;
        void *sums;
    } * list;
};
/* names: separated by commas. On failure nothing is held. */
bool metrics_open(struct metrics *metrics, const char *names, int of, struct reason *why);
void metrics_close(struct metrics *metrics);
/* Of all its metrics: which of enum metric_of they need; a metric of several needs none of them
 * alone. */
bool metrics_need(const struct metrics *metrics, enum metric_of what);
void metrics_add(struct metrics *metrics, const struct metric_case *one);
double metric_value(const struct metric_sums *sums);
/* A line for each: "bleu 34.33 (60.1/41.2/27.5/18.8; BP 1.000; ...)". */
void metrics_words(const struct metrics *metrics, struct text *text);
/* A member for each, of an object that is open: "bleu":{"value":34.33,"precisions":[...],...}. */
void metrics_json(const struct metrics *metrics, struct text *text);
/* The number alone, as people read it: "34.33", "93.21 %". */
void metric_words_of(const struct metric *metric, double value, struct text *text);

#endif
