#include "io/text/json.h"
#include "trainer/metric/metric_rows.h"

static void json(const void *sums, struct text *text)
{
    const struct share *share = sums;
    json_integer(text, "right", share->part);
    json_integer(text, "of", share->of);
}

static void add_accuracy(void *sums, const struct metric_case *one)
{
    struct share *share = sums;
    struct slices output = {0}, reference = {0};
    share->part += slices_in_step(one, &output, &reference);
    share->of += reference.count;
    slices_release(&output);
    slices_release(&reference);
}

static void add_exact(void *sums, const struct metric_case *one)
{
    struct share *share = sums;
    struct slices output = {0}, reference = {0};
    struct alternatives alternatives = {.rest = one->reference};
    struct slice alternative;
    bool right = false;
    slices_labels(&output, one, one->output);
    while (!right && alternatives_next(&alternatives, &alternative)) {
        slices_labels(&reference, one, alternative);
        right = reference.count == output.count;
        for (int64_t i = 0; right && i < output.count; i++)
            right = slice_equal(output.list[i], reference.list[i]);
    }
    share->part += right;
    share->of++;
    slices_release(&output);
    slices_release(&reference);
}

const struct metric metric_accuracy = {
    .name = "accuracy",
    .of = METRIC_LABELS,
    .more = true,
    .share = true,
    .size = sizeof(struct share),
    .add = add_accuracy,
    .value = share_value,
    .words = share_words,
    .json = json,
    .help = "share of labels that are right, and of tags in their places"};

const struct metric metric_exact_match = {
    .name = "exact-match",
    .of = METRIC_SEQUENCES | METRIC_LABELS,
    .more = true,
    .share = true,
    .size = sizeof(struct share),
    .add = add_exact,
    .value = share_value,
    .words = share_words,
    .json = json,
    .help = "share of lines that are wholly right, word by word (what the pronunciation of words "
            "calls word error rate is what is missing to 100 %)"};
