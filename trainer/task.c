#include "trainer/task.h"
#include "comm/base/die.h"
#include <string.h>

static const struct task tasks[TASKS] = {
    [TASK_TRANSLATE] = {.name = "translate",
                        .head = HEAD_DECODE,
                        .verb = COMMAND_TRANSLATE,
                        .metrics_of = METRIC_LOSSES | METRIC_SEQUENCES,
                        .metrics = "perplexity,exact-match,symbol-error-rate,bleu",
                        .sources = 1,
                        .sources_most = 2,
                        .target_end = 1,
                        .source_end = 1,
                        .unit = "token",
                        .target_tokenizer = TOKENIZER_SENTENCEPIECE},
    [TASK_TAG] = {.name = "tag",
                  .head = HEAD_STEP,
                  .verb = COMMAND_TAG,
                  .metrics_of = METRIC_LOSSES | METRIC_LABELS,
                  .metrics = "accuracy,span-f1,exact-match",
                  .sources = 1,
                  .sources_most = 1,
                  .in_step = 1,
                  .closed = 1,
                  .source_end = -1,
                  .unit = "tag",
                  .source_tokenizer = TOKENIZER_WORDS,
                  .target_tokenizer = TOKENIZER_WORDS},
    [TASK_CLASSIFY] = {.name = "classify",
                       .head = HEAD_POOL,
                       .verb = COMMAND_CLASSIFY,
                       .metrics_of = METRIC_LOSSES | METRIC_LABELS,
                       .metrics = "accuracy,macro-f1,confusion",
                       .sources = 1,
                       .sources_most = 2,
                       .single = 1,
                       .closed = 1,
                       .unit = "label",
                       .target_tokenizer = TOKENIZER_LINES},
    [TASK_GENERATE] = {.name = "generate",
                       .head = HEAD_DECODE,
                       .verb = COMMAND_GENERATE,
                       .metrics_of = METRIC_LOSSES | METRIC_SEQUENCES,
                       .metrics = "perplexity,exact-match,symbol-error-rate,bleu",
                       .sources = 1,
                       .sources_most = 1,
                       .from_single = 1,
                       .target_end = 1,
                       .unit = "token",
                       .target_tokenizer = TOKENIZER_SENTENCEPIECE},
    [TASK_LANGUAGE_MODEL] = {.name = "language-model",
                             .head = HEAD_DECODE,
                             .verb = COMMAND_SCORE,
                             .metrics_of = METRIC_LOSSES,
                             .metrics = "perplexity",
                             .target_end = 1,
                             .source_end = -1,
                             .unit = "token",
                             .target_tokenizer = TOKENIZER_SENTENCEPIECE},
};

const struct task *task_of(enum task_kind kind)
{
    require(kind < TASKS);
    return &tasks[kind];
}

const struct task *task_find(const char *name)
{
    for (int i = 0; i < TASKS; i++)
        if (strcmp(tasks[i].name, name) == 0)
            return &tasks[i];
    return NULL;
}

enum task_kind task_kind(const struct task *task)
{
    return (enum task_kind)(task - tasks);
}
