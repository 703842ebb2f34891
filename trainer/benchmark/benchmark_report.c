#include "trainer/benchmark/benchmark_report.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "io/text/json.h"
#include "trainer/process/console.h"
#include <stdio.h>

/* Medians over the blocks. */
struct rates {
    struct spread tokens, source_tokens, flops, validation;
    struct spread factor; // validation's target tokens a second to training's
};

static double validation_rate(const struct measured_block *block)
{
    return (double)block->validation_tokens / block->validation_seconds;
}

static struct rates rates_of(const struct measured *measured)
{
    struct rates rates;
    int count = (int)measured->block_count;
    double *values = memory_take((size_t)count * sizeof *values);
    for (int i = 0; i < count; i++)
        values[i] = (double)measured->blocks[i].tokens / measured->blocks[i].seconds;
    rates.tokens = benchmark_spread(values, count);
    for (int i = 0; i < count; i++)
        values[i] = (double)measured->blocks[i].source_tokens / measured->blocks[i].seconds;
    rates.source_tokens = benchmark_spread(values, count);
    for (int i = 0; i < count; i++)
        values[i] = 2 * (double)measured->blocks[i].useful / measured->blocks[i].seconds;
    rates.flops = benchmark_spread(values, count);
    for (int i = 0; i < count; i++)
        values[i] = validation_rate(&measured->blocks[i]);
    rates.validation = benchmark_spread(values, count);
    for (int i = 0; i < count; i++)
        values[i] = validation_rate(&measured->blocks[i]) * measured->blocks[i].seconds /
                    (double)measured->blocks[i].tokens;
    rates.factor = benchmark_spread(values, count);
    memory_free(values);
    return rates;
}

static double share_of_time(const struct measured *measured, enum part part)
{
    double all = 0;
    for (enum part other = 0; other < PARTS; other++)
        all += measured->parts[other];
    return measured->parts[part] / all;
}

static double share_of_peak(const struct benchmark *benchmark, const struct measured *measured,
                            enum part part)
{
    if (measured->useful[part] == 0)
        return 0;
    return 2 * (double)measured->useful[part] / measured->parts[part] /
           benchmark_best_peak(benchmark);
}

/* Useful operations of a target token. */
static double per_token(const struct measured *measured)
{
    int64_t useful = 0, tokens = 0;
    for (int64_t i = 0; i < measured->block_count; i++) {
        useful += measured->blocks[i].useful;
        tokens += measured->blocks[i].tokens;
    }
    return 2 * (double)useful / (double)tokens;
}

/* In the order in which an update comes by them, what is left at the end. */
static enum part part_at(int place)
{
    return (enum part)((place + 1) % PARTS);
}

static void add_rate(struct text *table, const char *name, const struct spread *rate)
{
    char median[32], least[32], most[32];
    text_of_count((int64_t)(rate->median + 0.5), median);
    text_of_count((int64_t)(rate->least + 0.5), least);
    text_of_count((int64_t)(rate->most + 0.5), most);
    text_add_format(table, "%-21s %s (%s to %s)\n", name, median, least, most);
}

static void add_parts(const struct benchmark *benchmark, const struct measured *measured,
                      struct text *table)
{
    text_add_format(table, "\npart          share of time   share of peak\n");
    for (int i = 0; i < PARTS; i++) {
        enum part part = part_at(i);
        text_add_format(table, "%-13s        %5.1f %%", part_names[part],
                        100 * share_of_time(measured, part));
        if (measured->useful[part] > 0)
            text_add_format(table, "         %5.1f %%",
                            100 * share_of_peak(benchmark, measured, part));
        text_add_format(table, "\n");
    }
}

static void table(const struct benchmark *benchmark, const struct measured *measured,
                  struct text *text)
{
    struct rates rates = rates_of(measured);
    const char *unit = benchmark_task(benchmark)->unit;
    char memory[32], first[32], checkpoint[32], name[32];
    text_of_bytes(measured->memory, memory);
    text_of_duration(measured->first, first);
    text_of_duration(measured->checkpoint, checkpoint);
    benchmark_head(benchmark, text);
    text_add_format(text, "useful                %.1f GFLOP/s, %.1f %% of peak\n",
                    rates.flops.median / 1e9,
                    100 * rates.flops.median / benchmark_best_peak(benchmark));
    snprintf(name, sizeof name, "target %ss/s", unit);
    add_rate(text, name, &rates.tokens);
    if (benchmark->run.model.sources > 0)
        add_rate(text, "source tokens/s", &rates.source_tokens);
    text_add_format(text,
                    "                      medians of %lld blocks of %lld updates (least to most); "
                    "%.3g million useful\n"
                    "                      operations a target %s\n",
                    (long long)measured->block_count, (long long)measured->block_size,
                    per_token(measured) / 1e6, unit);
    add_rate(text, "validation", &rates.validation);
    text_add_format(text,
                    "                      target %ss/s of the same micro-batches, %.2f (%.2f to "
                    "%.2f) times those\n                      of training\n",
                    unit, rates.factor.median, rates.factor.least, rates.factor.most);
    text_add_format(text,
                    "first update          %s\ncheckpoint            %s, every %lld updates\n",
                    first, checkpoint, (long long)benchmark->settings->checkpoint_interval);
    text_add_format(text, "peak memory           %s a rank\n", memory);
    if (measured->skipped)
        text_add_format(text, "warning: %lld of %lld updates were not finite, and were skipped\n",
                        (long long)measured->skipped, (long long)measured->updates);
    add_parts(benchmark, measured, text);
}

static void object(const struct benchmark *benchmark, const struct measured *measured,
                   struct text *json)
{
    struct rates rates = rates_of(measured);
    int64_t source_tokens = 0, tokens = 0;
    for (int64_t i = 0; i <= measured->block_count; i++) { // the rest stands in the last
        source_tokens += measured->blocks[i].source_tokens;
        tokens += measured->blocks[i].tokens;
    }
    benchmark_head_json(benchmark, "train", json);
    json_real(json, "useful_gflops", rates.flops.median / 1e9);
    json_real(json, "share_of_peak", rates.flops.median / benchmark_best_peak(benchmark));
    json_real(json, "target_tokens_per_second", rates.tokens.median);
    json_real(json, "target_tokens_per_second_least", rates.tokens.least);
    json_real(json, "target_tokens_per_second_most", rates.tokens.most);
    json_real(json, "source_tokens_per_second", rates.source_tokens.median);
    json_real(json, "useful_operations_per_target_token", per_token(measured));
    json_real(json, "validation_target_tokens_per_second", rates.validation.median);
    json_real(json, "validation_target_tokens_per_second_least", rates.validation.least);
    json_real(json, "validation_target_tokens_per_second_most", rates.validation.most);
    json_real(json, "validation_times_training", rates.factor.median);
    json_integer(json, "source_tokens", source_tokens);
    json_integer(json, "target_tokens", tokens);
    json_integer(json, "updates", measured->updates);
    json_integer(json, "skipped_updates", measured->skipped);
    json_integer(json, "updates_per_block", measured->block_size);
    json_real(json, "first_update_seconds", measured->first);
    json_real(json, "checkpoint_seconds", measured->checkpoint);
    json_integer(json, "peak_memory_bytes", measured->memory);
    json_open(json, "parts");
    for (int i = 0; i < PARTS; i++) {
        enum part part = part_at(i);
        json_open(json, part_names[part]);
        json_real(json, "share", share_of_time(measured, part));
        json_real(json, "share_of_peak", share_of_peak(benchmark, measured, part));
        json_close(json);
    }
    json_close(json);
    json_close(json);
    text_add(json, "\n", 1);
}

void benchmark_report(const struct benchmark *benchmark, const struct measured *measured)
{
    struct text text = {0};
    if (benchmark->settings->json)
        object(benchmark, measured, &text);
    else
        table(benchmark, measured, &text);
    console_write(&text);
    text_release(&text);
}
