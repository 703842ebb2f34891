#include "trainer/settings/task.h"
#include <string.h>

const struct task task_table[] =
    {[TASK_TRANSLATE] = {.name = "translate",
                         .help = "source to target",
                         .head = HEAD_DECODE,
                         .verb = COMMAND_TRANSLATE,
                         .metrics_of = METRIC_LOSSES | METRIC_SEQUENCES,
                         .metrics = "perplexity,exact-match,symbol-error-rate,bleu",
                         .rules = {.sources = 1, .sources_most = 2},
                         .target_end = 1,
                         .unit = "token",
                         .target_tokenizer = TOKENIZER_SENTENCEPIECE},
     [TASK_TAG] =
         {.name = "tag",
          .help = "a tag for each word",
          .head = HEAD_STEP,
          .verb = COMMAND_TAG,
          .metrics_of = METRIC_LOSSES | METRIC_LABELS,
          .metrics = "accuracy,span-f1,exact-match",
          .shown = "accuracy,span-f1",
          .rules = {.sources = 1, .sources_most = 1, .target = PLACES_OF_SOURCE, .classes = 1},
          .own = {{"source-end", "off"},
                  {"label-smoothing", "0"},
                  {"tied-embeddings", "off"},
                  {"readout", "0"}},
          .unit = "tag",
          .source_tokenizer = TOKENIZER_WORDS,
          .target_tokenizer = TOKENIZER_WORDS},
     [TASK_CLASSIFY] =
         {.name = "classify",
          .help = "a label for each source",
          .head = HEAD_POOL,
          .verb = COMMAND_CLASSIFY,
          .metrics_of = METRIC_LOSSES | METRIC_LABELS,
          .metrics = "accuracy,macro-f1,confusion",
          .shown = "accuracy,macro-f1",
          .rules = {.sources = 1, .sources_most = 2, .target = PLACES_ONE, .classes = 1},
          .own = {{"source-end", "off"}, {"label-smoothing", "0"}, {"tied-embeddings", "off"}},
          .unit = "label",
          .target_tokenizer = TOKENIZER_LINES},
     [TASK_GENERATE] = {.name = "generate",
                        .help = "text from a label or features",
                        .head = HEAD_DECODE,
                        .verb = COMMAND_GENERATE,
                        .metrics_of = METRIC_LOSSES | METRIC_SEQUENCES,
                        .metrics = "perplexity,exact-match,symbol-error-rate,bleu",
                        .rules = {.sources = 1, .sources_most = 1},
                        .from_single = 1,
                        .own = {{"source-end", "off"},
                                {"encoder-layers", "0"},
                                {"context", "mean"},
                                {"context-use", "both"}},
                        .target_end = 1,
                        .unit = "token",
                        .target_tokenizer = TOKENIZER_SENTENCEPIECE},
     [TASK_LANGUAGE_MODEL] = {.name = "language-model",
                              .help = "the target alone",
                              .head = HEAD_DECODE,
                              .verb = COMMAND_SAMPLE,
                              .metrics_of = METRIC_LOSSES,
                              .metrics = "perplexity",
                              .own = {{"source-end", "off"},
                                      {"label-smoothing", "0"},
                                      {"readout", "0"}},
                              .target_end = 1,
                              .unit = "token",
                              .target_tokenizer = TOKENIZER_SENTENCEPIECE},
     {.name = NULL}};

const struct task *task_of(enum task_kind kind)
{
    return &task_table[kind];
}

const struct task *task_find(const char *name)
{
    for (const struct task *task = task_table; task->name; task++)
        if (strcmp(task->name, name) == 0)
            return task;
    return NULL;
}

const struct corpus_rules *task_rules(const char *name)
{
    const struct task *task = task_find(name);
    return task ? &task->rules : NULL;
}

enum task_kind task_kind(const struct task *task)
{
    return (enum task_kind)(task - task_table);
}

int task_metrics_of(const struct task *task, const struct content *target)
{
    return target->form == FORM_VECTORS ? METRIC_ERRORS | METRIC_VALUES : task->metrics_of;
}

/* Is one of the tags the beginning of a span, in BIO or BIOES? */
static bool has_spans(const struct content *target)
{
    const struct vocabulary *tags = &target->tokenizer.vocabulary;
    for (int32_t id = SYMBOLS_RESERVED; id < tags->size; id++) {
        size_t length;
        const char *tag = vocabulary_string(tags, id, &length);
        if (length > 2 && (tag[0] == 'B' || tag[0] == 'S') && tag[1] == '-')
            return true;
    }
    return false;
}

const char *task_metrics(const struct task *task, const struct content *target)
{
    if (target->form == FORM_VECTORS)
        return "rmse,mae,r2";
    return task_in_step(task) && !has_spans(target) ? "accuracy,exact-match" : task->metrics;
}

const char *task_shown(const struct task *task, const struct content *target)
{
    if (!task->shown) // outputs that are searched for take long
        return "";
    if (target->form == FORM_VECTORS)
        return "rmse";
    return task_in_step(task) && !has_spans(target) ? "accuracy" : task->shown;
}

bool task_fits(enum head head, enum form target, const struct sentence *sentence,
               struct reason *what)
{
    const struct task *task = task_table;
    while (task->head != head)
        task++;
    return corpus_rules_places(&task->rules, sentence->side[SOURCE].length,
                               sentence->side[TARGET].length,
                               target == FORM_VECTORS ? "vector" : task->unit, what);
}
