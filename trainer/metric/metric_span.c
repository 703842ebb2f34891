/* Spans of BIO and BIOES tags as seqeval finds them (its default, CoNLL's conlleval): what is
 * malformed, as I- behind O or behind another type, starts a span. */
#include "comm/base/memory.h"
#include "io/text/json.h"
#include "io/text/utf8.h"
#include "trainer/metric/metric_rows.h"
#include <string.h>

struct sums {
    int64_t found, wanted, right;
    int64_t place;                         // of the line's first word among all
    int64_t output_begin, reference_begin; // where a span began last: what ends without a
                                           // beginning began there
};

struct tag {
    char kind; // B, I, O, E, S, or anything
    struct slice type;
};

static const struct tag outside = {'O', {"_", 1}};

static struct tag tag_of(struct slice word)
{
    size_t step = (size_t)utf8_step(word.bytes, word.length);
    struct tag tag = {step == 1 ? word.bytes[0] : '\0', {word.bytes + step, word.length - step}};
    const char *dash = tag.type.length ? memchr(tag.type.bytes, '-', tag.type.length) : NULL;
    if (dash) {
        size_t skipped = (size_t)(dash + 1 - tag.type.bytes);
        tag.type = (struct slice){dash + 1, tag.type.length - skipped};
    }
    if (tag.type.length == 0)
        tag.type = outside.type;
    return tag;
}

static bool is_one_of(char kind, const char *kinds)
{
    return kind && strchr(kinds, kind);
}

static bool ends(struct tag before, struct tag tag)
{
    return is_one_of(before.kind, "ES") ||
           (is_one_of(before.kind, "BI") && is_one_of(tag.kind, "BSO")) ||
           (!is_one_of(before.kind, "O.") && !slice_equal(before.type, tag.type));
}

static bool starts(struct tag before, struct tag tag)
{
    return is_one_of(tag.kind, "BS") ||
           (is_one_of(before.kind, "ESO") && is_one_of(tag.kind, "EI")) ||
           (!is_one_of(tag.kind, "O.") && !slice_equal(before.type, tag.type));
}

struct span {
    int64_t first, last;
    struct slice type;
};

/* Into spans, (words.count + 1); returns how many. They rise by their last place. */
static int64_t find_spans(const struct slices *words, int64_t place, int64_t *begin,
                          struct span *spans)
{
    int64_t count = 0;
    struct tag before = outside;
    for (int64_t i = 0; i <= words->count; i++) {
        struct tag tag = i < words->count ? tag_of(words->list[i]) : outside;
        if (ends(before, tag))
            spans[count++] = (struct span){*begin, place + i - 1, before.type};
        if (starts(before, tag))
            *begin = place + i;
        before = tag;
    }
    return count;
}

static int64_t count_equal(const struct span *a, int64_t a_count, const struct span *b,
                           int64_t b_count)
{
    int64_t equal = 0, k = 0;
    for (int64_t i = 0; i < a_count; i++) {
        while (k < b_count && b[k].last < a[i].last)
            k++;
        equal += k < b_count && b[k].last == a[i].last && b[k].first == a[i].first &&
                 slice_equal(b[k].type, a[i].type);
    }
    return equal;
}

static void add(void *sums, const struct metric_case *one)
{
    struct sums *s = sums;
    struct slices output = {0}, reference = {0};
    slices_in_step(one, &output, &reference);
    struct span *found = memory_take((size_t)(output.count + 1) * sizeof *found);
    struct span *wanted = memory_take((size_t)(reference.count + 1) * sizeof *wanted);
    int64_t found_count = find_spans(&output, s->place, &s->output_begin, found);
    int64_t wanted_count = find_spans(&reference, s->place, &s->reference_begin, wanted);
    s->place += (output.count > reference.count ? output.count : reference.count) + 1;
    s->found += found_count;
    s->wanted += wanted_count;
    s->right += count_equal(found, found_count, wanted, wanted_count);
    memory_free(found);
    memory_free(wanted);
    slices_release(&output);
    slices_release(&reference);
}

static double precision(const struct sums *s)
{
    return s->found ? (double)s->right / (double)s->found : 0;
}

static double recall(const struct sums *s)
{
    return s->wanted ? (double)s->right / (double)s->wanted : 0;
}

static double value(const void *sums)
{
    double p = precision(sums), r = recall(sums);
    return p + r > 0 ? 2 * p * r / (p + r) : 0;
}

static void words(const void *sums, struct text *text)
{
    const struct sums *s = sums;
    text_add_format(text,
                    "(precision %.2f %%, recall %.2f %%; %lld right of %lld found and %lld wanted)",
                    100 * precision(s), 100 * recall(s), (long long)s->right, (long long)s->found,
                    (long long)s->wanted);
}

static void json(const void *sums, struct text *text)
{
    const struct sums *s = sums;
    json_real(text, "precision", precision(s));
    json_real(text, "recall", recall(s));
    json_integer(text, "right", s->right);
    json_integer(text, "found", s->found);
    json_integer(text, "wanted", s->wanted);
}

const struct metric metric_span_f1 = {
    .name = "span-f1",
    .of = METRIC_LABELS,
    .more = true,
    .share = true,
    .size = sizeof(struct sums),
    .add = add,
    .value = value,
    .words = words,
    .json = json,
    .help = "precision, recall and F1 of the spans of BIO or BIOES tags, all types together, as "
            "seqeval counts them"};
