#include "trainer/task.h"
#include "comm/base/die.h"
#include <string.h>

static const struct task tasks[TASKS] = {
    [TASK_TRANSLATE] = {.name = "translate",
                        .sources = 1,
                        .sources_most = 2,
                        .target_end = 1,
                        .source_end = 1,
                        .unit = "token",
                        .target_tokenizer = TOKENIZER_SENTENCEPIECE},
    [TASK_TAG] = {.name = "tag",
                  .sources = 1,
                  .sources_most = 1,
                  .in_step = 1,
                  .closed = 1,
                  .source_end = -1,
                  .unit = "tag",
                  .source_tokenizer = TOKENIZER_WORDS,
                  .target_tokenizer = TOKENIZER_WORDS},
    [TASK_CLASSIFY] = {.name = "classify",
                       .sources = 1,
                       .sources_most = 2,
                       .single = 1,
                       .closed = 1,
                       .unit = "label",
                       .target_tokenizer = TOKENIZER_LINES},
    [TASK_GENERATE] = {.name = "generate",
                       .sources = 1,
                       .sources_most = 1,
                       .target_end = 1,
                       .unit = "token",
                       .target_tokenizer = TOKENIZER_SENTENCEPIECE},
    [TASK_LANGUAGE_MODEL] = {.name = "language-model",
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
