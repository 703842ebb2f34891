/* Greedy translation of lines (apply_lines.h): an empty line in is an empty line out. */
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "comm/comm.h"
#include "model/search.h"
#include "trainer/agree.h"
#include "trainer/apply_lines.h"
#include "trainer/clock.h"
#include "trainer/commands.h"
#include "trainer/computing.h"
#include "trainer/evaluate.h"
#include "trainer/run_memory.h"
#include "trainer/snapshot.h"
#include <stdio.h>

struct work {
    const struct settings *settings;
    struct snapshot snapshot;
    struct arena arena;
    struct batch batch;
    int64_t limited, tokens;
};

static void keep_translation(struct work *work, const int32_t *symbols, int length,
                             struct text *translation)
{
    const struct tokenizer *target = &work->snapshot.tokenizers[TARGET];
    if (work->settings->keep_tokens)
        tokenizer_tokens(target, symbols, length, translation);
    else
        tokenizer_decode(target, symbols, length, translation);
    work->tokens += length;
}

static void translate_batch(void *task, const struct pairs_block *block, const int32_t *members,
                            int count, struct text *translations)
{
    struct work *work = task;
    struct sentence views[EVALUATE_SENTENCES];
    int limits[EVALUATE_SENTENCES];
    for (int i = 0; i < count; i++) {
        const struct pair *p = &block->list[members[i]];
        views[i] = (struct sentence){p->source, NULL, p->source_length, 0};
        limits[i] = search_limit(p->source_length);
    }
    batch_pack(&work->batch, views, count, (int)work->snapshot.settings.source_end);
    arena_reset(&work->arena);
    struct search_result result =
        search_greedy(&work->snapshot.model, work->snapshot.weights, &work->batch, limits,
                      (int)work->settings->allow_unknown, &work->arena);
    for (int i = 0; i < count; i++) {
        work->limited += result.limited[i];
        keep_translation(work, result.symbols + (int64_t)i * result.width, result.lengths[i],
                         &translations[members[i]]);
    }
}

static void summary(const struct work *work, int64_t sentences, double seconds)
{
    char count[32], took[32];
    text_of_count(sentences, count);
    text_of_duration(seconds, took);
    fprintf(stderr,
            "%s sentences in %s, %.0f tokens/s; %lld reached the limit of 3 x source + 50 tokens\n",
            count, took, (double)work->tokens / (seconds > 0 ? seconds : 1),
            (long long)work->limited);
}

int translate(const struct settings *settings)
{
    double start = clock_seconds();
    struct reason why;
    struct work *work = memory_take(sizeof *work);
    work->settings = settings;
    computing_start(settings);
    computing_agree(settings);
    agree(snapshot_open(&work->snapshot, settings->model, 1, &why), "checkpoint '%s': %s",
          settings->model, why.text);
    run_memory_addresses(0, "");
    arena_init(&work->arena);
    batch_init(&work->batch);
    struct apply_lines lines = {.settings = settings,
                                .tokenizer = &work->snapshot.tokenizers[SOURCE],
                                .each = translate_batch,
                                .task = work,
                                .what = "the translation"};
    int64_t sentences = apply_lines(&lines);
    comm_sum_integers(&work->limited, 1);
    comm_sum_integers(&work->tokens, 1);
    if (comm_rank() == 0)
        summary(work, sentences, clock_seconds() - start);
    batch_release(&work->batch);
    arena_release(&work->arena);
    snapshot_close(&work->snapshot);
    memory_free(work);
    return STATUS_DONE;
}
