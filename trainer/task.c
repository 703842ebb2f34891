#include "trainer/task.h"
#include "trainer/metric.h"

const struct task task_translate = {.name = "translate",
                                    .metrics_of = METRIC_LOSSES | METRIC_SEQUENCES,
                                    .metrics = "perplexity,exact-match,symbol-error-rate,bleu"};
