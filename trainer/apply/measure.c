#include "trainer/apply/measure.h"
#include "comm/base/memory.h"
#include "comm/comm.h"
#include "io/vectors/moments.h"
#include <stdlib.h>

void measure_open(struct measure *measure, bool writes)
{
    measure->applies = writes || metrics_need(&measure->metrics, ~METRIC_NO_OUTPUTS);
    if (!measure->applies)
        return;
    measure->apply = memory_take(sizeof *measure->apply);
    apply_init(measure->apply, measure->application->model->sources);
}

void measure_close(struct measure *measure)
{
    if (measure->apply)
        apply_release(measure->apply);
    memory_free(measure->apply);
    memory_free(measure->values);
    memory_free(measure->wanted);
    metrics_close(&measure->metrics);
}

/* [all] A block of the sources alone: cut as where no references are known. */
static bool apply_sources(struct measure *measure, const struct pairs_block *block)
{
    struct pairs_block *sources = &measure->apply->block;
    sources->count = block->count;
    for (int i = 0; i < block->count; i++) {
        const struct sentence *sentence = &block->list[i].sentence;
        sources->list[i] =
            (struct pair){.sentence = application_reads(measure->application, sentence)};
    }
    return apply_block(measure->apply, application_sentences(measure->application),
                       application_batch, measure->application);
}

static void take_room(struct measure *measure, size_t numbers)
{
    if (numbers <= measure->capacity)
        return;
    memory_free(measure->values);
    memory_free(measure->wanted);
    measure->capacity = 2 * numbers;
    measure->values = memory_take(measure->capacity * sizeof *measure->values);
    measure->wanted = memory_take(measure->capacity * sizeof *measure->wanted);
}

/* A normalised number of a vector, in its own units. */
static double restored(const struct content *content, int j, float value)
{
    moments_restore(&value, 1, 1, &content->mean[j], &content->deviation[j]);
    return (double)value;
}

/* Frame for frame; a decoder that stopped early is held to its last one, and what it emits beyond
 * the reference is left out. */
static void compare_vectors(struct measure *measure, const struct sequence *target,
                            struct metric_case *one)
{
    const struct content *content = measure->application->target;
    const int D = content->dimension;
    const float *cells = target->cells;
    const char *at = one->output.length ? one->output.bytes : "";
    take_room(measure, (size_t)target->length * (size_t)D);
    for (int64_t i = 0; i < (int64_t)target->length * D; i++) {
        int j = (int)(i % D);
        char *end;
        double value = strtod(at, &end);
        measure->wanted[i] = restored(content, j, cells[i]);
        measure->values[i] = end > at ? value
                             : i >= D ? measure->values[i - D]
                                      : (double)content->mean[j];
        at = end;
    }
    one->values = measure->values;
    one->wanted = measure->wanted;
    one->steps = target->length;
    one->width = D;
}

static struct metric_case case_of(struct measure *measure, const struct pair *pair, int i,
                                  double loss)
{
    const struct application *application = measure->application;
    const struct content *target = application->target;
    struct metric_case one = {
        .loss = loss,
        .tokens = pair->sentence.side[TARGET].length + application->model->shape.side[TARGET].end,
        .reference = {pair->text, pair->text_length},
        .whole = target->form == FORM_SYMBOLS && target->tokenizer.kind == TOKENIZER_LINES};
    if (!measure->applies)
        return one;
    const struct text *output = &measure->apply->outputs[i];
    one.output = (struct slice){output->bytes, output->length};
    if (target->form == FORM_VECTORS)
        compare_vectors(measure, &pair->sentence.side[TARGET], &one);
    return one;
}

bool measure_block(void *to, const struct pairs_block *block, const double *losses)
{
    struct measure *measure = to;
    if (!block || (measure->applies && !apply_sources(measure, block))) {
        if (measure->output)
            aside_abandon(measure->output);
        return false;
    }
    for (int i = 0; i < block->count && comm_rank() == 0; i++) {
        struct metric_case one = case_of(measure, &block->list[i], i, losses[i]);
        metrics_add(&measure->metrics, &one);
        if (measure->output) {
            fwrite(one.output.bytes, 1, one.output.length, measure->output->file);
            putc('\n', measure->output->file);
        }
    }
    return true;
}

void measure_running(void *to, const struct running_block *block)
{
    struct measure *measure = to;
    const int D = block->width;
    take_room(measure, (size_t)RUNNING_STEPS * (size_t)D);
    for (int p = 0; p < RUNNING_PIECES && comm_rank() == 0; p++) {
        const int64_t first = (int64_t)p * RUNNING_STEPS * D;
        for (int64_t i = 0; i < block->counts[p] * D; i++) {
            const struct content *content = measure->application->target;
            int j = (int)(i % D);
            measure->values[i] = restored(content, j, (float)block->values[first + i]);
            measure->wanted[i] = restored(content, j, (float)block->wanted[first + i]);
        }
        struct metric_case one = {.loss = block->losses[p],
                                  .tokens = block->counts[p],
                                  .values = measure->values,
                                  .wanted = measure->wanted,
                                  .steps = block->counts[p],
                                  .width = D};
        metrics_add(&measure->metrics, &one);
    }
}
