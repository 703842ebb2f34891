/* Corpus BLEU (Papineni et al. 2002) as sacreBLEU computes it with its default smoothing (exp, that
 * of mteval-v13a): counts of n-grams that are clipped by the most that any reference has, the
 * closest reference's length, the shorter of two as close. */
#include "comm/base/memory.h"
#include "io/text/json.h"
#include "trainer/metric/metric_rows.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ORDERS = 4 };

struct sums {
    int64_t right[ORDERS], found[ORDERS];
    int64_t output_words, reference_words;
};

struct ngram {
    const struct slice *words; // (n)
    int n;
    int owner; // 0: the output; then the references
};

static int compare_words(struct slice a, struct slice b)
{
    if (a.length != b.length)
        return a.length < b.length ? -1 : 1;
    return memcmp(a.bytes, b.bytes, a.length);
}

static int compare_content(const struct ngram *a, const struct ngram *b)
{
    for (int i = 0; i < a->n; i++) {
        int order = compare_words(a->words[i], b->words[i]);
        if (order)
            return order;
    }
    return 0;
}

static int compare(const void *left, const void *right)
{
    const struct ngram *a = left, *b = right;
    int order = compare_content(a, b);
    return order ? order : (a->owner > b->owner) - (a->owner < b->owner);
}

/* Of n-grams of one order, sorted: those of the output that a reference has, each at most as often
 * as the reference that has it most often. */
static int64_t count_right(const struct ngram *list, int64_t count)
{
    int64_t right = 0;
    for (int64_t i = 0, next; i < count; i = next) {
        int64_t found = 0, most = 0, of_owner = 0;
        for (next = i; next < count && compare_content(&list[i], &list[next]) == 0; next++) {
            of_owner = next > i && list[next].owner == list[next - 1].owner ? of_owner + 1 : 1;
            if (list[next].owner == 0)
                found = of_owner;
            else if (of_owner > most)
                most = of_owner;
        }
        right += found < most ? found : most;
    }
    return right;
}

/* lines: the output's words, then those of each reference. */
static void add_counts(struct sums *sums, const struct slices *lines, int count)
{
    int64_t words = 0;
    for (int owner = 0; owner < count; owner++)
        words += lines[owner].count;
    struct ngram *list = memory_take((size_t)words * sizeof *list);
    for (int n = 1; n <= ORDERS; n++) {
        int64_t held = 0;
        for (int owner = 0; owner < count; owner++)
            for (int64_t i = 0; i + n <= lines[owner].count; i++)
                list[held++] = (struct ngram){lines[owner].list + i, n, owner};
        qsort(list, (size_t)held, sizeof *list, compare);
        sums->right[n - 1] += count_right(list, held);
        sums->found[n - 1] += lines[0].count >= n ? lines[0].count - n + 1 : 0;
    }
    memory_free(list);
}

static int64_t closest(const struct slices *lines, int count)
{
    int64_t best = lines[1].count;
    for (int owner = 2; owner < count; owner++) {
        int64_t length = lines[owner].count;
        int64_t off = llabs(length - lines[0].count), least = llabs(best - lines[0].count);
        if (off < least || (off == least && length < best))
            best = length;
    }
    return best;
}

/* text: holds the words where they are cut by 13a; not moved while they are looked at. */
static void cut(struct slices *words, struct slice line, struct text *text)
{
    if (text) {
        metric_13a(line, text);
        line = (struct slice){text->bytes, text->length};
    }
    slices_words(words, line);
}

static void add_line(struct sums *sums, const struct metric_case *one, bool by_13a)
{
    struct alternatives alternatives = {.rest = one->reference};
    struct slice line;
    int count = 1;
    while (alternatives_next(&alternatives, &line))
        count++;
    struct slices *lines = memory_take((size_t)count * sizeof *lines);
    struct text *texts = memory_take((size_t)count * sizeof *texts);
    cut(&lines[0], one->output, by_13a ? &texts[0] : NULL);
    alternatives = (struct alternatives){.rest = one->reference};
    for (int i = 1; alternatives_next(&alternatives, &line); i++)
        cut(&lines[i], line, by_13a ? &texts[i] : NULL);
    add_counts(sums, lines, count);
    sums->output_words += lines[0].count;
    sums->reference_words += closest(lines, count);
    for (int i = 0; i < count; i++) {
        slices_release(&lines[i]);
        text_release(&texts[i]);
    }
    memory_free(lines);
    memory_free(texts);
}

static void add_plain(void *sums, const struct metric_case *one)
{
    add_line(sums, one, false);
}

static void add_13a(void *sums, const struct metric_case *one)
{
    add_line(sums, one, true);
}

/* In percent; an order without any match counts as half a match, the next as a quarter. */
static void precisions_of(const struct sums *s, double precisions[ORDERS])
{
    double smooth = 1;
    for (int n = 0; n < ORDERS; n++)
        precisions[n] = 0;
    if (s->right[0] == 0)
        return;
    for (int n = 0; n < ORDERS && s->found[n] > 0; n++) {
        smooth *= s->right[n] ? 1 : 2;
        precisions[n] = s->right[n] ? 100.0 * (double)s->right[n] / (double)s->found[n]
                                    : 100.0 / (smooth * (double)s->found[n]);
    }
}

static double penalty(const struct sums *s)
{
    if (s->output_words >= s->reference_words)
        return 1;
    return s->output_words ? exp(1 - (double)s->reference_words / (double)s->output_words) : 0;
}

static double value(const void *sums)
{
    double precisions[ORDERS], logarithms = 0;
    precisions_of(sums, precisions);
    for (int n = 0; n < ORDERS; n++) {
        if (precisions[n] == 0)
            return 0;
        logarithms += log(precisions[n]);
    }
    return penalty(sums) * exp(logarithms / ORDERS);
}

static double ratio(const struct sums *s)
{
    return s->reference_words ? (double)s->output_words / (double)s->reference_words : 0;
}

static void words(const void *sums, struct text *text)
{
    const struct sums *s = sums;
    double precisions[ORDERS];
    precisions_of(s, precisions);
    for (int n = 0; n < ORDERS; n++)
        text_add_format(text, "%s%.1f", n ? "/" : "(", precisions[n]);
    text_add_format(text, "; BP %.3f; ratio %.3f; %lld words, reference %lld)", penalty(s),
                    ratio(s), (long long)s->output_words, (long long)s->reference_words);
}

static void json(const void *sums, struct text *text)
{
    const struct sums *s = sums;
    double precisions[ORDERS];
    precisions_of(s, precisions);
    json_open_list(text, "precisions");
    for (int n = 0; n < ORDERS; n++)
        json_real(text, NULL, precisions[n]);
    json_close_list(text);
    json_real(text, "brevity_penalty", penalty(s));
    json_real(text, "ratio", ratio(s));
    json_integer(text, "output_words", s->output_words);
    json_integer(text, "reference_words", s->reference_words);
}

const struct metric metric_bleu = {
    .name = "bleu",
    .of = METRIC_SEQUENCES,
    .more = true,
    .digits = 2,
    .size = sizeof(struct sums),
    .add = add_plain,
    .value = value,
    .words = words,
    .json = json,
    .help = "corpus BLEU of the words as they are, case-sensitive: sacreBLEU's with tokenize none"};

const struct metric metric_bleu_13a = {
    .name = "bleu-13a",
    .of = METRIC_SEQUENCES,
    .more = true,
    .digits = 2,
    .size = sizeof(struct sums),
    .add = add_13a,
    .value = value,
    .words = words,
    .json = json,
    .help = "the same with punctuation cut off as mteval-v13a does, of text: sacreBLEU's default"};
