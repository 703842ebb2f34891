/* How fast this machine is, and what limits it. */
#include "trainer/benchmark/benchmark.h"
#include "comm/base/die.h"
#include "comm/comm.h"
#include "io/stream/stream.h"
#include "io/text/json.h"
#include "model/product/product.h"
#include "model/product/threads.h"
#include "trainer/host/computing.h"
#include "trainer/process/agree.h"
#include "trainer/process/stop.h"
#include "trainer/settings/commands.h"
#include <stdlib.h>
#include <string.h>

int benchmark(struct settings *settings)
{
    switch ((enum what_kind)settings->what) {
    case WHAT_TRAIN:
        return benchmark_train(settings);
    case WHAT_PREPARE:
        return benchmark_prepare(settings);
    case WHAT_TRANSLATE:
        return benchmark_translate(settings);
    case WHAT_PRODUCTS:
        return benchmark_products(settings);
    }
    require(!"a kind of the table");
    return STATUS_FAILED;
}

struct made_options benchmark_made_options(const struct settings *settings)
{
    return (struct made_options){
        .task = (enum task_kind)settings->task,
        .seed = (uint64_t)settings->seed,
        .vocabulary = (int)settings->vocabulary,
        .longest = (int)settings->length,
        .batch_sentences = (int)settings->batch_sentences,
        .batch_tokens = (int)settings->batch_tokens,
        .source_end = (int)settings->source_end,
        .lanes = (int)settings->lanes,
    };
}

void benchmark_open(struct benchmark *benchmark, struct settings *settings)
{
    *benchmark = (struct benchmark){.settings = settings};
    computing_start(settings);
    settings->check = 1; // nothing is written
    if (settings->lanes == CHOSEN)
        settings->lanes = comm_size();
    struct made_options options = benchmark_made_options(settings);
    bool made_up = settings->what != WHAT_TRAIN || !settings->corpus;
    run_start_bare(&benchmark->run, settings, made_up ? made_corpus(&options) : NULL);
    if (made_up) {
        options.source_end = (int)settings->source_end; // as the task has it
        benchmark->made = made_open(&options);
        return;
    }
    struct run *run = &benchmark->run;
    struct stream_options of_stream = run_stream_options(run);
    benchmark->feed = feed_open(run->corpus, &of_stream, &run->model.shape, 0, 0);
}

void benchmark_close(struct benchmark *benchmark)
{
    if (benchmark->feed)
        feed_close(benchmark->feed);
    if (benchmark->made)
        made_close(benchmark->made);
    run_release(&benchmark->run);
}

const struct feed_group *benchmark_next(struct benchmark *benchmark)
{
    struct reason why;
    double waited = 0;
    if (benchmark->made)
        return made_next(benchmark->made, exchange_lanes(benchmark->run.exchange));
    const struct feed_group *group = feed_next(benchmark->feed, &waited, &why);
    agree(group != NULL, "corpus '%s': %s", benchmark->run.corpus->path, why.text);
    return group;
}

void benchmark_done(struct benchmark *benchmark)
{
    if (benchmark->feed)
        feed_done(benchmark->feed);
}

void benchmark_poll(void)
{
    agree(!stop_agreed(), "%s: the measurement is not complete", stop_words());
}

/* "reference", or the name of the last --config; "changed" where the command line changed it. */
static void add_name(const struct settings *settings, struct text *name)
{
    const char *file =
        settings->config_count ? settings->configs[settings->config_count - 1] : "reference";
    const char *slash = strrchr(file, '/');
    file = slash ? slash + 1 : file;
    const char *ending = strstr(file, ".yml");
    text_add(name, file, ending ? (size_t)(ending - file) : strlen(file));
    bool changed = false;
    for (int row = 0; row < settings_count; row++)
        changed |= settings_table[row].kind == SETTING_MODEL && row != settings_row("task") &&
                   settings->from[row] == FROM_COMMAND_LINE;
    if (changed)
        text_add_format(name, ", changed");
}

static double per_core(const struct benchmark *benchmark, double operations)
{
    return operations / (benchmark_working_ranks(benchmark) * threads()) / 1e9;
}

static const char *precision_words(const struct settings *settings)
{
    return settings_chosen(settings, "precision").name;
}

const struct task *benchmark_task(const struct benchmark *benchmark)
{
    return task_of((enum task_kind)benchmark->settings->task);
}

/* "embedding 512, encoder 2 x 256 a direction, decoder 2 x 512" */
static void add_shape(const struct shape *shape, struct text *table)
{
    text_add_format(table, "embedding %d", shape->embedding);
    if (shape_sources(shape) > 0 && shape->encoder_layers > 0)
        text_add_format(table, ", encoder %d x %d%s", shape->encoder_layers, shape->encoder_hidden,
                        shape->bidirectional ? " a direction" : "");
    if (shape->head == HEAD_DECODE)
        text_add_format(table, ", decoder %d x %d", shape->decoder_layers, shape->hidden);
}

void benchmark_head(const struct benchmark *benchmark, struct text *table)
{
    const struct settings *s = benchmark->settings;
    const struct run *run = &benchmark->run;
    const struct shape *shape = &run->model.shape;
    bool exact = benchmark->made && s->batch_sentences * (s->length + 1) <= s->batch_tokens;
    char parameters[32];
    text_of_count(parameters_elements(&run->model.parameters), parameters);
    text_add_format(table, "shape                 ");
    add_name(s, table);
    text_add_format(table, ": ");
    add_shape(shape, table);
    text_add_format(table, ", %s parameters\ncorpus                %s, for task %s, ", parameters,
                    run->corpus->path, benchmark_task(benchmark)->name);
    if (shape_sources(shape) > 0)
        text_add_format(table, "vocabularies %d and %d\n", shape->side[SOURCE].vocabulary,
                        shape->side[TARGET].vocabulary);
    else
        text_add_format(table, "vocabulary %d\n", shape->side[TARGET].vocabulary);
    text_add_format(table, "an update             %lld micro-batch%s of %lld sentences%s\n",
                    (long long)s->lanes, s->lanes == 1 ? "" : "es", (long long)s->batch_sentences,
                    exact ? "" : " at most");
    text_add_format(table, "computed by           %d rank%s, %d thread%s each; %s; %s\n",
                    comm_size(), comm_size() == 1 ? "" : "s", threads(), threads() == 1 ? "" : "s",
                    product_words((enum precision)s->precision), precision_words(s));
    text_add_format(table, "sgemm peak            %.1f GFLOP/s a core",
                    per_core(benchmark, benchmark_best_peak(benchmark)));
    const double *peak = benchmark->peak, least = peak[0] < peak[1] ? peak[0] : peak[1];
    if (benchmark->peaks == 2 && least < 0.9 * benchmark_best_peak(benchmark))
        text_add_format(table, " (before %.1f, after %.1f: others use this machine too)",
                        per_core(benchmark, peak[0]), per_core(benchmark, peak[1]));
    text_add_format(table, "\n%s", computing_remarks());
}

void benchmark_head_json(const struct benchmark *benchmark, const char *what, struct text *json)
{
    const struct run *run = &benchmark->run;
    enum precision precision = (enum precision)benchmark->settings->precision;
    struct text shape = {0};
    add_name(benchmark->settings, &shape);
    json_open(json, NULL);
    json_text(json, "what", what);
    json_text(json, "task", benchmark_task(benchmark)->name);
    json_text(json, "shape", shape.bytes);
    json_integer(json, "parameters", parameters_elements(&run->model.parameters));
    json_text(json, "corpus", run->corpus->path);
    json_integer(json, "batch_sentences", benchmark->settings->batch_sentences);
    json_integer(json, "lanes", benchmark->settings->lanes);
    json_integer(json, "ranks", comm_size());
    json_integer(json, "threads", threads());
    json_text(json, "products", product_words(precision));
    json_text(json, "library", product_library());
    json_text(json, "kernel", product_kernel());
    json_text(json, "precision", precision_words(benchmark->settings));
    json_real(json, "sgemm_peak_gflops", per_core(benchmark, benchmark_best_peak(benchmark)));
    json_real(json, "sgemm_peak_before_gflops", per_core(benchmark, benchmark->peak[0]));
    if (benchmark->peaks == 2)
        json_real(json, "sgemm_peak_after_gflops", per_core(benchmark, benchmark->peak[1]));
    text_release(&shape);
}

static int compare(const void *left, const void *right)
{
    const double *a = left, *b = right;
    return *a < *b ? -1 : *a > *b;
}

struct spread benchmark_spread(double *values, int count)
{
    require(count > 0);
    qsort(values, (size_t)count, sizeof *values, compare);
    double median = (values[(count - 1) / 2] + values[count / 2]) / 2;
    return (struct spread){median, values[0], values[count - 1]};
}
