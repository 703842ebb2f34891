/* What the kinds of `chorus benchmark` share: a run without a folder, the corpus it is measured on,
 * what sgemm reaches beside it. Calling sequence: benchmark_open, benchmark_peak, (measuring),
 * benchmark_peak, (telling), benchmark_close. Rank 0 tells. */
#ifndef BENCHMARK_H
#define BENCHMARK_H

#include "comm/base/text.h"
#include "trainer/benchmark/made.h"
#include "trainer/run/feed.h"
#include "trainer/run/run.h"

struct benchmark {
    struct settings *settings;
    struct run run;
    struct made *made; // NULL: feed
    struct feed *feed;
    int peaks;      // measured so far
    double peak[2]; // operations a second of all cores at work, before and after
};

/* [all] Settings that are wrong, or that do not fit in memory, end the program before anything is
 * measured. */
void benchmark_open(struct benchmark *benchmark, struct settings *settings);
void benchmark_close(struct benchmark *benchmark);

/* The made-up corpus that the settings ask for. */
struct made_options benchmark_made_options(const struct settings *settings);

/* [all] What sgemm reaches now, on all ranks at once, with the best kernel. */
void benchmark_peak(struct benchmark *benchmark);
double benchmark_best_peak(const struct benchmark *benchmark); // operations a second, of all

int benchmark_working_ranks(const struct benchmark *benchmark); // that have lanes
/* Asks another process of the program, with this --kernel, these --products and as many threads,
 * what that reaches: the peak, or products (benchmark_products.c). The answer is a number a
 * line. */
extern const char *const benchmark_ask_peak;
bool benchmark_ask(const char *kernel, const char *products, const char *question,
                   struct text *numbers, struct reason *why);

/* [all] This rank's micro-batches of the next update; benchmark_done behind its use. */
const struct feed_group *benchmark_next(struct benchmark *benchmark);
void benchmark_done(struct benchmark *benchmark);

/* [all] Ends the program where it was asked to stop. */
void benchmark_poll(void);

const struct task *benchmark_task(const struct benchmark *benchmark);
/* What was measured, where and with what; the object stays open. */
void benchmark_head(const struct benchmark *benchmark, struct text *table);
void benchmark_head_json(const struct benchmark *benchmark, const char *what, struct text *json);

struct spread {
    double median, least, most;
};
/* values: sorted on the way; at least one. */
struct spread benchmark_spread(double *values, int count);

/* The kinds (enum what_kind); each returns the status. */
int benchmark_train(struct settings *settings);
int benchmark_prepare(struct settings *settings);
int benchmark_translate(struct settings *settings);
int benchmark_products(struct settings *settings);

#endif
