/* The table of metrics, whose rows stand each in the file of its kind; and what these share: lines
 * as words and characters, alternatives of a reference. Private to metric*.c. */
#ifndef METRIC_ROWS_H
#define METRIC_ROWS_H

#include "trainer/metric/metric.h"

/* In the order of --help. */
#define METRICS(ROW)                                                                               \
    ROW(perplexity)                                                                                \
    ROW(loss)                                                                                      \
    ROW(accuracy)                                                                                  \
    ROW(exact_match)                                                                               \
    ROW(span_f1)                                                                                   \
    ROW(macro_f1)                                                                                  \
    ROW(confusion)                                                                                 \
    ROW(word_error_rate)                                                                           \
    ROW(symbol_error_rate)                                                                         \
    ROW(bleu)                                                                                      \
    ROW(bleu_13a)                                                                                  \
    ROW(rmse)                                                                                      \
    ROW(mae)                                                                                       \
    ROW(r2)
#define METRIC_ROW(name) extern const struct metric metric_##name;
METRICS(METRIC_ROW)
#undef METRIC_ROW

struct slices { // a growing array; the bytes belong to someone else
    struct slice *list;
    int64_t count, capacity;
};
void slices_release(struct slices *slices);
/* Replaces what was there. */
void slices_words(struct slices *slices, struct slice line);
void slices_characters(struct slices *slices, struct slice line);
bool slice_equal(struct slice a, struct slice b);

/* The alternatives one after the other: rest starts as the reference; false behind the last. An
 * empty reference is one alternative. */
struct alternatives {
    struct slice rest;
    bool ended;
};
bool alternatives_next(struct alternatives *alternatives, struct slice *one);
/* The words of a line, or the line as one where it is a label. */
void slices_labels(struct slices *slices, const struct metric_case *one, struct slice line);
/* The words of the alternative with the most words equal to the output's in the same places, the
 * first of equals; returns how many are. */
int64_t slices_in_step(const struct metric_case *one, struct slices *output,
                       struct slices *reference);

/* The words of mteval-v13a, as sacreBLEU cuts them, separated by blanks; appended. */
void metric_13a(struct slice line, struct text *words);

/* "(1,127 of 1,500)" and {"right":1127,"of":1500}: a share of things counted. */
struct share {
    int64_t part, of;
};
double share_value(const void *share);
void share_words(const void *share, struct text *text);

#endif
