#include "trainer/metric/metric.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "io/text/json.h"
#include "trainer/metric/metric_rows.h"
#include <stdio.h>
#include <string.h>

#define ROW(name) &metric_##name,
const struct metric *const metric_table[] = {METRICS(ROW) NULL};

const struct metric *metric_find(const char *name, int of, bool single, struct reason *why)
{
    char known[512] = "";
    for (int i = 0; metric_table[i]; i++) {
        const struct metric *row = metric_table[i];
        size_t length = strlen(known);
        if (!(row->of & of) || (single && !row->value))
            continue;
        if (strcmp(row->name, name) == 0)
            return row;
        snprintf(known + length, sizeof known - length, "%s%s", length ? ", " : "", row->name);
    }
    fail(why, "'%s' is none of %s", name, known);
    return NULL;
}

static bool open_one(struct metrics *metrics, const char *name, int of, struct reason *why)
{
    const struct metric *row = metric_find(name, of, false, why);
    if (!row)
        return false;
    for (int i = 0; i < metrics->count; i++)
        if (metrics->list[i].metric == row)
            return fail(why, "'%s' is named twice", name);
    metrics->list = memory_grow(metrics->list, (size_t)metrics->count * sizeof *metrics->list,
                                (size_t)(metrics->count + 1) * sizeof *metrics->list);
    metrics->list[metrics->count++] = (struct metric_sums){row, memory_take(row->size)};
    return true;
}

const struct metric *metric_steering(const char *name)
{
    struct reason why;
    const struct metric *metric = metric_find(name, ~0, true, &why);
    require(metric != NULL);
    return metric->of & METRIC_NO_OUTPUTS ? NULL : metric;
}

double metric_turned(const struct metric *metric, double cost)
{
    return metric->more ? -cost : cost;
}

bool metrics_open(struct metrics *metrics, const char *names, int of, struct reason *why)
{
    *metrics = (struct metrics){0};
    for (const char *name = names, *end; name; name = *end ? end + 1 : NULL) {
        char word[64];
        end = strchr(name, ',');
        end = end ? end : name + strlen(name);
        snprintf(word, sizeof word, "%.*s", (int)(end - name), name);
        if (!open_one(metrics, word, of, why)) {
            metrics_close(metrics);
            return false;
        }
    }
    return true;
}

void metrics_close(struct metrics *metrics)
{
    for (int i = 0; i < metrics->count; i++) {
        if (metrics->list[i].metric->release)
            metrics->list[i].metric->release(metrics->list[i].sums);
        memory_free(metrics->list[i].sums);
    }
    memory_free(metrics->list);
    *metrics = (struct metrics){0};
}

bool metrics_need(const struct metrics *metrics, enum metric_of what)
{
    for (int i = 0; i < metrics->count; i++)
        if (metrics->list[i].metric->of & (int)what)
            return true;
    return false;
}

void metrics_add(struct metrics *metrics, const struct metric_case *one)
{
    for (int i = 0; i < metrics->count; i++)
        metrics->list[i].metric->add(metrics->list[i].sums, one);
}

double metric_value(const struct metric_sums *sums)
{
    return sums->metric->value(sums->sums);
}

void metric_words_of(const struct metric *metric, double value, struct text *text)
{
    if (metric->share)
        text_add_format(text, "%.2f %%", 100 * value);
    else
        text_add_format(text, "%.*f", metric->digits, value);
}

void metrics_words(const struct metrics *metrics, struct text *text)
{
    for (int i = 0; i < metrics->count; i++) {
        const struct metric_sums *one = &metrics->list[i];
        text_add_format(text, "%s ", one->metric->name);
        if (one->metric->value) {
            metric_words_of(one->metric, metric_value(one), text);
            text_add_format(text, " ");
        }
        one->metric->words(one->sums, text);
        text_add_format(text, "\n");
    }
}

void metrics_json(const struct metrics *metrics, struct text *text)
{
    for (int i = 0; i < metrics->count; i++) {
        const struct metric_sums *one = &metrics->list[i];
        json_open(text, one->metric->name);
        if (one->metric->value)
            json_real(text, "value", metric_value(one));
        if (one->metric->json)
            one->metric->json(one->sums, text);
        json_close(text);
    }
}
