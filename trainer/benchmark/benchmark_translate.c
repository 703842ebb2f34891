/* Greedy translation of made-up sentences, in batches and one at a time. An untrained model ends
 * where it happens to: its end is ruled out, and each translation is as long as the pair's target
 * with its end. */
#include "comm/base/clock.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "comm/comm.h"
#include "io/text/json.h"
#include "model/search/search.h"
#include "model/useful.h"
#include "trainer/benchmark/benchmark.h"
#include "trainer/benchmark/peak.h"
#include "trainer/process/console.h"
#include <math.h>
#include <stdio.h>

enum { WARMING = 3 };

struct timing {
    double seconds;
    int64_t sentences, source_tokens, tokens, useful, reads;
};
/* Of this rank, without the first WARMING batches. */
struct speeds {
    struct spread sentences, tokens, flops, bytes; // a second, of each batch
    struct timing all;
};

static void translate(struct benchmark *benchmark, const struct batch *batch, struct timing *timing)
{
    struct run *run = &benchmark->run;
    int64_t useful[PARTS] = {0};
    int *limits = memory_take((size_t)batch->B * sizeof *limits);
    for (int b = 0; b < batch->B; b++)
        limits[batch->order[b]] = batch->target_length[b];
    *timing = (struct timing){.sentences = batch->B, .source_tokens = batch->source[SOURCE].tokens};
    double start = clock_seconds();
    arena_reset(&run->arena);
    struct search_result result =
        search_greedy(&run->model, run->weights, batch, limits, 0, &run->arena);
    timing->seconds = clock_seconds() - start;
    for (int b = 0; b < batch->B; b++) {
        timing->tokens += result.lengths[b];
        int64_t steps[SIDES] = {[TARGET] = batch->target_length[b]};
        for (int k = 0; k < run->model.sources; k++)
            steps[k] = batch_length(batch, (enum side)k, b);
        timing->reads += useful_reads(&run->model, steps);
    }
    useful_add_forward(&run->model, batch, useful);
    for (enum part part = 0; part < PARTS; part++)
        timing->useful += useful[part];
    memory_free(limits);
}

/* The next micro-batch, or the next sentence alone. */
static void pack_next(struct benchmark *benchmark, bool alone, int64_t number, struct batch *batch,
                      const struct batch **next)
{
    *next = batch;
    if (alone)
        batch_pack(batch, &benchmark->run.model.shape, made_sentence(benchmark->made, number), 1);
    else
        *next = &benchmark_next(benchmark)->batches[0];
}

/* [all] Each rank by itself, all at once. */
static struct speeds measure(struct benchmark *benchmark, bool alone)
{
    int count = (int)benchmark->settings->updates;
    double *values[4];
    struct batch own;
    batch_init(&own);
    struct timing all = {0};
    for (int v = 0; v < 4; v++)
        values[v] = memory_take((size_t)count * sizeof **values);
    for (int i = -WARMING; i < count; i++) {
        const struct batch *batch;
        struct timing t;
        benchmark_poll();
        pack_next(benchmark, alone, i + WARMING, &own, &batch);
        translate(benchmark, batch, &t);
        if (i < 0)
            continue;
        values[0][i] = (double)t.sentences / t.seconds;
        values[1][i] = (double)t.tokens / t.seconds;
        values[2][i] = 2 * (double)t.useful / t.seconds;
        values[3][i] = (double)t.reads * (double)sizeof(float) / t.seconds;
        all.seconds += t.seconds;
        all.sentences += t.sentences;
        all.source_tokens += t.source_tokens;
        all.tokens += t.tokens;
        all.useful += t.useful;
        all.reads += t.reads;
    }
    struct speeds speeds = {benchmark_spread(values[0], count), benchmark_spread(values[1], count),
                            benchmark_spread(values[2], count), benchmark_spread(values[3], count),
                            all};
    for (int v = 0; v < 4; v++)
        memory_free(values[v]);
    batch_release(&own);
    return speeds;
}

static void add_row(const char *name, const struct speeds *speeds, const char *share,
                    struct text *table)
{
    text_add_format(table, "%-21s %.1f sentences/s (%.1f to %.1f), %.0f tokens/s; %s\n", name,
                    speeds->sentences.median, speeds->sentences.least, speeds->sentences.most,
                    speeds->tokens.median, share);
}

static void add_object(const char *name, const struct speeds *speeds, struct text *json)
{
    json_open(json, name);
    json_real(json, "sentences_per_second", speeds->sentences.median);
    json_real(json, "sentences_per_second_least", speeds->sentences.least);
    json_real(json, "sentences_per_second_most", speeds->sentences.most);
    json_real(json, "tokens_per_second", speeds->tokens.median);
    json_real(json, "useful_gflops", speeds->flops.median / 1e9);
    json_real(json, "bytes_per_second", speeds->bytes.median);
    json_integer(json, "sentences", speeds->all.sentences);
    json_integer(json, "source_tokens", speeds->all.source_tokens);
    json_integer(json, "tokens", speeds->all.tokens);
    json_real(json, "seconds", speeds->all.seconds);
    json_real(json, "useful_operations", 2 * (double)speeds->all.useful);
    json_real(json, "bytes", (double)speeds->all.reads * (double)sizeof(float));
    json_close(json);
}

static void tell(const struct benchmark *benchmark, const struct speeds *batches,
                 const struct speeds *alone, double triad)
{
    struct text text = {0};
    double peak = benchmark_best_peak(benchmark) / comm_size();
    double of_peak = batches->flops.median / peak, of_triad = alone->bytes.median / triad;
    if (benchmark->settings->json) {
        benchmark_head_json(benchmark, "translate", &text);
        json_real(&text, "triad_bytes_per_second", triad);
        add_object("batches", batches, &text);
        json_real(&text, "batches_share_of_peak", of_peak);
        add_object("alone", alone, &text);
        json_real(&text, "alone_share_of_triad", of_triad);
        json_close(&text);
        text_add(&text, "\n", 1);
    } else {
        char share[128];
        benchmark_head(benchmark, &text);
        text_add_format(&text, "memory, triad         %.1f GB/s\n", triad / 1e9);
        snprintf(share, sizeof share, "%.1f GFLOP/s, %.1f %% of peak", batches->flops.median / 1e9,
                 100 * of_peak);
        add_row("in batches", batches, share, &text);
        snprintf(share, sizeof share, "reads %.1f GB/s, %.1f %% of triad",
                 alone->bytes.median / 1e9, 100 * of_triad);
        add_row("sentence by sentence", alone, share, &text);
        text_add_format(&text, "                      medians of %lld (least to most); of rank 0\n",
                        (long long)benchmark->settings->updates);
    }
    console_write(&text);
    text_release(&text);
}

int benchmark_translate(struct settings *settings)
{
    struct benchmark benchmark;
    benchmark_open(&benchmark, settings);
    const struct model *model = &benchmark.run.model;
    benchmark.run.weights[model->output_bias + SYMBOL_END] = -INFINITY;
    benchmark_peak(&benchmark);
    double triad = peak_triad();
    struct speeds batches = measure(&benchmark, false);
    struct speeds alone = measure(&benchmark, true);
    benchmark_peak(&benchmark);
    if (comm_rank() == 0)
        tell(&benchmark, &batches, &alone, triad);
    benchmark_close(&benchmark);
    return STATUS_DONE;
}
