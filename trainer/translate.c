#include "trainer/translate.h"
#include "comm/base/die.h"
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

void translation_init(struct translation *translation)
{
    batch_init(&translation->batch);
    translation->limited = translation->tokens = 0;
}

void translation_release(struct translation *translation)
{
    batch_release(&translation->batch);
}

static void keep_translation(struct translation *work, const int32_t *symbols, int length,
                             struct text *translation)
{
    const struct tokenizer *target = work->target;
    if (work->settings->keep_tokens)
        tokenizer_tokens(target, symbols, length, translation);
    else
        tokenizer_decode(target, symbols, length, translation);
    work->tokens += length;
}

void translate_batch(void *translation, const struct pairs_block *block, const int32_t *members,
                     int count, struct text *translations)
{
    struct translation *work = translation;
    struct sentence views[EVALUATE_SENTENCES];
    int limits[EVALUATE_SENTENCES];
    require(count >= 1 && count <= EVALUATE_SENTENCES);
    for (int i = 0; i < count; i++) {
        const struct pair *p = &block->list[members[i]];
        views[i] = (struct sentence){p->source, NULL, p->source_length, 0};
        limits[i] = search_limit(p->source_length);
    }
    batch_pack(&work->batch, views, count, work->source_end);
    arena_reset(work->arena);
    struct search_result result = search_greedy(work->model, work->weights, &work->batch, limits,
                                                (int)work->settings->allow_unknown, work->arena);
    for (int i = 0; i < count; i++) {
        work->limited += result.limited[i];
        keep_translation(work, result.symbols + (int64_t)i * result.width, result.lengths[i],
                         &translations[members[i]]);
    }
}

void translation_summary(struct translation *translation, int64_t sentences, double seconds)
{
    int64_t sums[] = {translation->limited, translation->tokens};
    comm_sum_integers(sums, 2);
    if (comm_rank() != 0)
        return;
    char count[32], took[32];
    text_of_count(sentences, count);
    text_of_duration(seconds, took);
    fprintf(stderr,
            "%s sentences in %s, %.0f tokens/s; %lld reached the limit of 3 x source + 50 tokens\n",
            count, took, (double)sums[1] / (seconds > 0 ? seconds : 1), (long long)sums[0]);
}

int translate(const struct settings *settings)
{
    double start = clock_seconds();
    struct reason why;
    struct snapshot snapshot;
    struct arena arena;
    computing_start(settings);
    computing_agree(settings);
    agree(snapshot_open(&snapshot, settings->model, 1, &why), "checkpoint '%s': %s",
          settings->model, why.text);
    run_memory_addresses(0, "");
    arena_init(&arena);
    struct translation translation = {.settings = settings,
                                      .model = &snapshot.model,
                                      .weights = snapshot.weights,
                                      .source_end = (int)snapshot.settings.source_end,
                                      .target = &snapshot.tokenizers[TARGET],
                                      .arena = &arena};
    translation_init(&translation);
    struct apply_lines lines = {.settings = settings,
                                .tokenizer = &snapshot.tokenizers[SOURCE],
                                .each = translate_batch,
                                .task = &translation,
                                .what = "the translation"};
    int64_t sentences = apply_lines(&lines);
    translation_summary(&translation, sentences, clock_seconds() - start);
    translation_release(&translation);
    arena_release(&arena);
    snapshot_close(&snapshot);
    return STATUS_DONE;
}
