#include "comm/base/memory.h"
#include "io/text/json.h"
#include "trainer/metric/metric_rows.h"

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Levenshtein's distance: insertions, deletions, substitutions, one each. */
static int64_t distance(const struct slices *a, const struct slices *b)
{
    int64_t *row = memory_take((size_t)(b->count + 1) * sizeof *row); // to the first k of b
    for (int64_t k = 0; k <= b->count; k++)
        row[k] = k;
    for (int64_t i = 1; i <= a->count; i++) {
        int64_t diagonal = row[0];
        row[0] = i;
        for (int64_t k = 1; k <= b->count; k++) {
            int64_t changed = diagonal + !slice_equal(a->list[i - 1], b->list[k - 1]);
            diagonal = row[k];
            row[k] = least(changed, 1 + least(row[k], row[k - 1]));
        }
    }
    int64_t edits = row[b->count];
    memory_free(row);
    return edits;
}

/* To the alternative that the fewest edits lead to, the first of equals. */
static void add(struct share *share, const struct metric_case *one,
                void (*cut)(struct slices *slices, struct slice line))
{
    struct slices output = {0}, reference = {0};
    struct alternatives alternatives = {.rest = one->reference};
    struct slice alternative;
    int64_t fewest = -1, length = 0;
    cut(&output, one->output);
    while (alternatives_next(&alternatives, &alternative)) {
        cut(&reference, alternative);
        int64_t edits = distance(&output, &reference);
        if (fewest < 0 || edits < fewest) {
            fewest = edits;
            length = reference.count;
        }
    }
    share->part += fewest;
    share->of += length;
    slices_release(&output);
    slices_release(&reference);
}

static void add_words(void *sums, const struct metric_case *one)
{
    add(sums, one, slices_words);
}

static void add_characters(void *sums, const struct metric_case *one)
{
    add(sums, one, slices_characters);
}

static void words(const void *sums, struct text *text)
{
    const struct share *share = sums;
    char edits[32], of[32];
    text_of_count(share->part, edits);
    text_of_count(share->of, of);
    text_add_format(text, "(%s edits to %s)", edits, of);
}

static void json(const void *sums, struct text *text)
{
    const struct share *share = sums;
    json_integer(text, "edits", share->part);
    json_integer(text, "of", share->of);
}

const struct metric metric_word_error_rate = {
    .name = "word-error-rate",
    .of = METRIC_SEQUENCES,
    .share = true,
    .size = sizeof(struct share),
    .add = add_words,
    .value = share_value,
    .words = words,
    .json = json,
    .help = "edits between output and reference in words, for each word of the reference (WER of "
            "speech; where words are phonemes, the phoneme error rate)"};

const struct metric metric_symbol_error_rate = {
    .name = "symbol-error-rate",
    .of = METRIC_SEQUENCES,
    .share = true,
    .size = sizeof(struct share),
    .add = add_characters,
    .value = share_value,
    .words = words,
    .json = json,
    .help = "the same in characters, blanks included (CER)"};
