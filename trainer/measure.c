#include "trainer/measure.h"
#include "comm/base/memory.h"
#include "comm/comm.h"
#include <string.h>

void measure_open(struct measure *measure, bool writes)
{
    measure->applies = writes || metrics_need(&measure->metrics, ~METRIC_LOSSES);
    if (!measure->applies)
        return;
    measure->apply = memory_take(sizeof *measure->apply);
    apply_init(measure->apply);
}

void measure_close(struct measure *measure)
{
    if (measure->apply)
        apply_release(measure->apply);
    memory_free(measure->apply);
    metrics_close(&measure->metrics);
}

/* [all] A block of the sources alone: cut as where no references are known. */
static bool apply_sources(struct measure *measure, const struct pairs_block *block)
{
    struct pairs_block *sources = &measure->apply->block;
    sources->count = block->count;
    for (int i = 0; i < block->count; i++) {
        const struct pair *pair = &block->list[i];
        sources->list[i] = (struct pair){.sentence = pair->sentence};
        sources->list[i].sentence.side[TARGET] = (struct sequence){0};
    }
    return apply_block(measure->apply, application_sentences(measure->application),
                       application_batch, measure->application);
}

bool measure_block(void *to, const struct pairs_block *block, const double *losses)
{
    struct measure *measure = to;
    if (!block || (measure->applies && !apply_sources(measure, block))) {
        if (measure->output)
            aside_abandon(measure->output);
        return false;
    }
    int end = measure->application->model->shape.side[TARGET].end;
    for (int i = 0; i < block->count && comm_rank() == 0; i++) {
        const struct pair *pair = &block->list[i];
        struct metric_case one = {.loss = losses[i],
                                  .tokens = pair->sentence.side[TARGET].length + end,
                                  .reference = {pair->text, pair->text_length}};
        if (measure->applies) {
            const struct text *output = &measure->apply->outputs[i];
            one.output = (struct slice){output->bytes, output->length};
        }
        metrics_add(&measure->metrics, &one);
        if (measure->output) {
            fwrite(one.output.bytes, 1, one.output.length, measure->output->file);
            putc('\n', measure->output->file);
        }
    }
    return true;
}
