#include "comm/base/hash.h"
#include "comm/base/memory.h"
#include "io/text/json.h"
#include "trainer/metric/metric_rows.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How often a reference's label met an output's, in a table with open addressing. A place that the
 * output has no word for met NOTHING. */
static const struct slice nothing = {"(none)", 6};
struct sums {
    struct text labels; // each joined behind the one before
    struct label {
        size_t start, length;
    } * list;
    struct meeting {
        int32_t wanted, got;
        int64_t count; // 0: a free slot
    } * meetings;
    int32_t *slots; // of labels: index + 1, or 0
    int64_t count, capacity, slot_count;
    int64_t met, meeting_slots;
};

static struct slice label_of(const struct sums *s, int32_t label)
{
    return (struct slice){s->labels.bytes + s->list[label].start, s->list[label].length};
}

static int32_t *slot_of(const struct sums *s, struct slice label)
{
    uint64_t at = hash_bytes(label.bytes, label.length);
    for (;; at++) {
        int32_t *slot = &s->slots[at & (uint64_t)(s->slot_count - 1)];
        if (*slot == 0 || slice_equal(label_of(s, *slot - 1), label))
            return slot;
    }
}

static void grow_labels(struct sums *s)
{
    int64_t capacity = s->capacity ? 2 * s->capacity : 32;
    s->list = memory_grow(s->list, (size_t)s->capacity * sizeof *s->list,
                          (size_t)capacity * sizeof *s->list);
    s->capacity = capacity;
    s->slot_count = 2 * capacity;
    memory_free(s->slots);
    s->slots = memory_take((size_t)s->slot_count * sizeof *s->slots);
    for (int32_t i = 0; i < s->count; i++)
        *slot_of(s, label_of(s, i)) = i + 1;
}

static int32_t find_label(struct sums *s, struct slice label)
{
    if (s->count == s->capacity)
        grow_labels(s);
    int32_t *slot = slot_of(s, label);
    if (*slot == 0) {
        s->list[s->count] = (struct label){s->labels.length, label.length};
        text_add(&s->labels, label.bytes, label.length);
        *slot = (int32_t)++s->count;
    }
    return *slot - 1;
}

static struct meeting *meeting_of(const struct sums *s, int32_t wanted, int32_t got)
{
    int32_t both[] = {wanted, got};
    uint64_t at = hash_bytes(both, sizeof both);
    for (;; at++) {
        struct meeting *one = &s->meetings[at & (uint64_t)(s->meeting_slots - 1)];
        if (one->count == 0 || (one->wanted == wanted && one->got == got))
            return one;
    }
}

static void grow_meetings(struct sums *s)
{
    struct meeting *old = s->meetings;
    int64_t old_slots = s->meeting_slots;
    s->meeting_slots = old_slots ? 2 * old_slots : 64;
    s->meetings = memory_take((size_t)s->meeting_slots * sizeof *s->meetings);
    for (int64_t i = 0; i < old_slots; i++)
        if (old[i].count)
            *meeting_of(s, old[i].wanted, old[i].got) = old[i];
    memory_free(old);
}

static void count_meeting(struct sums *s, int32_t wanted, int32_t got)
{
    if (2 * s->met >= s->meeting_slots)
        grow_meetings(s);
    struct meeting *one = meeting_of(s, wanted, got);
    s->met += one->count == 0;
    *one = (struct meeting){wanted, got, one->count + 1};
}

static void add(void *sums, const struct metric_case *one)
{
    struct sums *s = sums;
    struct slices output = {0}, reference = {0};
    slices_in_step(one, &output, &reference);
    for (int64_t i = 0; i < reference.count; i++) {
        int32_t wanted = find_label(s, reference.list[i]);
        count_meeting(s, wanted, find_label(s, i < output.count ? output.list[i] : nothing));
    }
    slices_release(&output);
    slices_release(&reference);
}

static void release(void *sums)
{
    struct sums *s = sums;
    text_release(&s->labels);
    memory_free(s->list);
    memory_free(s->meetings);
    memory_free(s->slots);
}

/* The labels in the order of their bytes, and the meetings in the order of these: of the reference,
 * then of the output. Both are the caller's to free. */
struct sorted {
    const struct sums *sums;
    struct slice *labels;     // (count)
    struct meeting *meetings; // (met); by place in `labels`
};

struct ranked {
    struct slice label;
    int32_t number;
};

static int by_bytes(const void *left, const void *right)
{
    struct slice a = ((const struct ranked *)left)->label,
                 b = ((const struct ranked *)right)->label;
    int order = memcmp(a.bytes, b.bytes, a.length < b.length ? a.length : b.length);
    return order ? order : (a.length > b.length) - (a.length < b.length);
}

static int by_labels(const void *left, const void *right)
{
    const struct meeting *a = left, *b = right;
    if (a->wanted != b->wanted)
        return a->wanted < b->wanted ? -1 : 1;
    return (a->got > b->got) - (a->got < b->got);
}

static struct sorted sort(const struct sums *s)
{
    struct ranked *ranked = memory_take((size_t)s->count * sizeof *ranked);
    int32_t *places = memory_take((size_t)s->count * sizeof *places);
    struct sorted sorted = {.sums = s,
                            .labels = memory_take((size_t)s->count * sizeof(struct slice)),
                            .meetings = memory_take((size_t)s->met * sizeof(struct meeting))};
    for (int32_t i = 0; i < s->count; i++)
        ranked[i] = (struct ranked){label_of(s, i), i};
    qsort(ranked, (size_t)s->count, sizeof *ranked, by_bytes);
    for (int32_t i = 0; i < s->count; i++) {
        sorted.labels[i] = ranked[i].label;
        places[ranked[i].number] = i;
    }
    int64_t held = 0;
    for (int64_t i = 0; i < s->meeting_slots; i++) {
        const struct meeting *one = &s->meetings[i];
        if (one->count)
            sorted.meetings[held++] =
                (struct meeting){places[one->wanted], places[one->got], one->count};
    }
    qsort(sorted.meetings, (size_t)held, sizeof *sorted.meetings, by_labels);
    memory_free(places);
    memory_free(ranked);
    return sorted;
}

static void sorted_release(struct sorted *sorted)
{
    memory_free(sorted->labels);
    memory_free(sorted->meetings);
}

/* The mean, over all labels that the reference or the output has, of each one's F1; added in the
 * order of the labels' bytes. */
static double macro_f1(const void *sums)
{
    const struct sums *s = sums;
    struct sorted sorted = sort(s);
    int64_t *wanted = memory_take((size_t)s->count * sizeof *wanted);
    int64_t *got = memory_take((size_t)s->count * sizeof *got);
    int64_t *right = memory_take((size_t)s->count * sizeof *right);
    for (int64_t i = 0; i < s->met; i++) {
        const struct meeting *one = &sorted.meetings[i];
        wanted[one->wanted] += one->count;
        got[one->got] += one->count;
        if (one->wanted == one->got)
            right[one->got] += one->count;
    }
    double sum = 0;
    for (int64_t k = 0; k < s->count; k++)
        sum += 2 * (double)right[k] / (double)(wanted[k] + got[k]);
    memory_free(wanted);
    memory_free(got);
    memory_free(right);
    sorted_release(&sorted);
    return s->count ? sum / (double)s->count : (double)NAN;
}

static void macro_words(const void *sums, struct text *text)
{
    const struct sums *s = sums;
    text_add_format(text, "(mean of %lld labels)", (long long)s->count);
}

static void macro_json(const void *sums, struct text *text)
{
    const struct sums *s = sums;
    json_integer(text, "labels", s->count);
}

enum { WIDEST = 40 }; // labels of a table that can be read

static void table(const void *sums, struct text *text)
{
    const struct sums *s = sums;
    if (s->count > WIDEST) {
        text_add_format(text, "(%lld labels: too many for a table; --json has all)",
                        (long long)s->count);
        return;
    }
    struct sorted sorted = sort(s);
    const struct meeting *at = sorted.meetings, *end = at + s->met;
    text_add_format(text, "(a row for each label of the reference, its columns of the output)\n");
    for (int64_t k = 0; k < s->count; k++)
        text_add_format(text, "\t%.*s", (int)sorted.labels[k].length, sorted.labels[k].bytes);
    for (int64_t i = 0; i < s->count; i++) {
        if (slice_equal(sorted.labels[i], nothing))
            continue;
        text_add_format(text, "\n%.*s", (int)sorted.labels[i].length, sorted.labels[i].bytes);
        for (int64_t k = 0; k < s->count; k++) {
            bool met = at < end && at->wanted == i && at->got == k;
            text_add_format(text, "\t%lld", met ? (long long)at->count : 0);
            at += met;
        }
    }
    sorted_release(&sorted);
}

static void add_label(struct text *text, const char *name, struct slice label)
{
    struct text word = {0};
    text_add(&word, label.bytes, label.length);
    json_text(text, name, word.bytes);
    text_release(&word);
}

static void counts(const void *sums, struct text *text)
{
    const struct sums *s = sums;
    struct sorted sorted = sort(s);
    json_open_list(text, "counts");
    for (int64_t i = 0; i < s->met; i++) {
        const struct meeting *one = &sorted.meetings[i];
        json_open(text, NULL);
        add_label(text, "reference", sorted.labels[one->wanted]);
        add_label(text, "output", sorted.labels[one->got]);
        json_integer(text, "count", one->count);
        json_close(text);
    }
    json_close_list(text);
    sorted_release(&sorted);
}

const struct metric metric_macro_f1 = {.name = "macro-f1",
                                       .of = METRIC_LABELS,
                                       .more = true,
                                       .share = true,
                                       .size = sizeof(struct sums),
                                       .add = add,
                                       .value = macro_f1,
                                       .words = macro_words,
                                       .json = macro_json,
                                       .release = release,
                                       .help = "mean of the F1 of each label"};

const struct metric metric_confusion = {
    .name = "confusion",
    .of = METRIC_LABELS,
    .size = sizeof(struct sums),
    .add = add,
    .words = table,
    .json = counts,
    .release = release,
    .help = "which label was taken for which, and how often: a table, columns separated by TAB"};
