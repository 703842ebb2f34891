/* Metrics against sacreBLEU, seqeval and scikit-learn: tests/reference/metrics.txt holds what these
 * said of outputs and references (make_metrics.py). */
#include "comm/base/memory.h"
#include "trainer/metric/metric_rows.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ALL = METRIC_LOSSES | METRIC_SEQUENCES | METRIC_LABELS | METRIC_VALUES | METRIC_ERRORS };

static char line_bytes[1 << 14];

/* The next line without its end, or NULL. */
static char *next_line(FILE *file)
{
    if (!fgets(line_bytes, sizeof line_bytes, file))
        return NULL;
    line_bytes[strcspn(line_bytes, "\n")] = '\0';
    return line_bytes;
}

static struct slice slice_of(const char *bytes)
{
    return (struct slice){bytes, strlen(bytes)};
}

/* Runs `check` on each part of that name: its count of cases and the numbers of its head. Returns
 * how many there are. */
enum { NUMBERS = 16 };
typedef void check_part(FILE *file, int count, const double *numbers);
static int each_part(const char *wanted, check_part *check)
{
    char path[4096], name[32];
    const char *source = getenv("CHORUS_SOURCE");
    snprintf(path, sizeof path, "%s/tests/reference/metrics.txt", source ? source : ".");
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    int parts = 0;
    while (next_line(file)) {
        int count, used = 0;
        double numbers[NUMBERS] = {0};
        assert_int_equal(sscanf(line_bytes, "%31s %d%n", name, &count, &used), 2);
        char *at = line_bytes + used;
        for (int i = 0; i < NUMBERS && *at; i++)
            numbers[i] = strtod(at, &at);
        if (strcmp(name, wanted) == 0) {
            check(file, count, numbers);
            parts++;
        } else {
            for (int i = 0; i < 2 * count; i++)
                assert_non_null(next_line(file));
        }
    }
    fclose(file);
    return parts;
}

/* Feeds `count` pairs of lines, output and reference. */
static void feed(struct metrics *metrics, FILE *file, int count)
{
    for (int i = 0; i < count; i++) {
        char *output = memory_copy_text(next_line(file));
        struct metric_case one = {.output = slice_of(output),
                                  .reference = slice_of(next_line(file))};
        metrics_add(metrics, &one);
        memory_free(output);
    }
}

static struct metrics opened(const char *names)
{
    struct metrics metrics;
    struct reason why;
    assert_true(metrics_open(&metrics, names, ALL, &why));
    return metrics;
}

static void assert_near(double a, double b)
{
    if (!(fabs(a - b) <= 1e-9))
        fail_msg("%.17g is not %.17g", a, b);
}

/* The words, and what programs read (NULL: not looked at), of what stands in `metrics`; closes it.
 */
static void assert_told(struct metrics *metrics, const char *words, const char *json)
{
    struct text text = {0};
    metrics_words(metrics, &text);
    assert_string_equal(text.bytes, words);
    text_clear(&text);
    metrics_json(metrics, &text);
    if (json)
        assert_string_equal(text.bytes, json);
    text_release(&text);
    metrics_close(metrics);
}

static void check_13a(FILE *file, int count, const double *numbers)
{
    (void)numbers;
    for (int i = 0; i < count; i++) {
        struct text text = {0}, joined = {0};
        struct slices words = {0};
        char *line = memory_copy_text(next_line(file));
        metric_13a(slice_of(line), &text);
        slices_words(&words, (struct slice){text.bytes, text.length});
        text_clear(&joined);
        for (int64_t k = 0; k < words.count; k++)
            text_add_format(&joined, "%s%.*s", k ? " " : "", (int)words.list[k].length,
                            words.list[k].bytes);
        assert_string_equal(joined.bytes, next_line(file));
        slices_release(&words);
        text_release(&joined);
        text_release(&text);
        memory_free(line);
    }
}

static void words_of_13a_are_sacrebleus(void **state)
{
    (void)state;
    assert_int_equal(each_part("13a", check_13a), 1);
}

/* numbers: none's score, 13a's, of none's: right and found of each order, lengths. */
static void check_bleu(FILE *file, int count, const double *numbers)
{
    struct metrics metrics = opened("bleu,bleu-13a");
    struct text json = {0};
    char wanted[64];
    feed(&metrics, file, count);
    assert_near(metric_value(&metrics.list[0]), numbers[0]);
    assert_near(metric_value(&metrics.list[1]), numbers[1]);
    metrics_json(&metrics, &json);
    snprintf(wanted, sizeof wanted, "\"output_words\":%.0f,\"reference_words\":%.0f}", numbers[10],
             numbers[11]);
    assert_non_null(strstr(json.bytes, wanted));
    text_release(&json);
    metrics_close(&metrics);
}

static void bleu_is_sacrebleus(void **state)
{
    (void)state;
    assert_int_equal(each_part("bleu", check_bleu), 10);
}

/* numbers: edits and length in words, in characters, lines that are right. */
static void check_edits(FILE *file, int count, const double *numbers)
{
    struct metrics metrics = opened("word-error-rate,symbol-error-rate,exact-match");
    feed(&metrics, file, count);
    assert_true(metric_value(&metrics.list[0]) == numbers[0] / numbers[1]);
    assert_true(metric_value(&metrics.list[1]) == numbers[2] / numbers[3]);
    assert_true(metric_value(&metrics.list[2]) == numbers[4] / count);
    metrics_close(&metrics);
}

static void edits_go_to_the_nearest_alternative(void **state)
{
    (void)state;
    assert_int_equal(each_part("edits", check_edits), 1);
}

/* numbers: precision, recall, F1; spans found, wanted, right. */
static void check_spans(FILE *file, int count, const double *numbers)
{
    struct metrics metrics = opened("span-f1");
    struct text json = {0};
    char counts[128];
    feed(&metrics, file, count);
    assert_true(metric_value(&metrics.list[0]) == numbers[2]);
    metrics_json(&metrics, &json);
    snprintf(counts, sizeof counts, "\"right\":%.0f,\"found\":%.0f,\"wanted\":%.0f}", numbers[5],
             numbers[3], numbers[4]);
    assert_non_null(strstr(json.bytes, counts));
    char *precision = strstr(json.bytes, "\"precision\":"),
         *recall = strstr(json.bytes, "\"recall\":");
    assert_true(strtod(precision + strlen("\"precision\":"), NULL) == numbers[0]);
    assert_true(strtod(recall + strlen("\"recall\":"), NULL) == numbers[1]);
    text_release(&json);
    metrics_close(&metrics);
}

static void spans_are_seqevals_also_malformed_ones(void **state)
{
    (void)state;
    assert_int_equal(each_part("spans", check_spans), 6);
}

static void check_labels(FILE *file, int count, const double *numbers)
{
    struct metrics metrics = opened("accuracy,macro-f1");
    feed(&metrics, file, count);
    assert_true(metric_value(&metrics.list[0]) == numbers[0]);
    assert_near(metric_value(&metrics.list[1]), numbers[1]);
    metrics_close(&metrics);
}

static void labels_are_scikit_learns(void **state)
{
    (void)state;
    assert_int_equal(each_part("labels", check_labels), 1);
}

static void check_values(FILE *file, int count, const double *numbers)
{
    struct metrics metrics = opened("rmse,mae,r2");
    int width = (int)numbers[0];
    double got[8], wanted[8];
    for (int i = 0; i < count; i++) {
        for (int side = 0; side < 2; side++) {
            char *at = next_line(file);
            for (int k = 0; k < width; k++)
                (side ? wanted : got)[k] = strtod(at, &at);
        }
        struct metric_case one = {.values = got, .wanted = wanted, .steps = 1, .width = width};
        metrics_add(&metrics, &one);
    }
    for (int i = 0; i < 3; i++)
        assert_near(metric_value(&metrics.list[i]), numbers[1 + i]);
    metrics_close(&metrics);
}

static void values_are_scikit_learns(void **state)
{
    (void)state;
    assert_int_equal(each_part("values", check_values), 2);
}

static void add_lines(struct metrics *metrics, const char *output, const char *reference)
{
    struct metric_case one = {
        .output = slice_of(output), .reference = slice_of(reference), .loss = 0, .tokens = 4};
    metrics_add(metrics, &one);
}

static void metrics_tell_people_and_programs(void **state)
{
    (void)state;
    struct metrics metrics = opened("perplexity,exact-match,word-error-rate");
    add_lines(&metrics, "a b", "a c\ta  b ");
    add_lines(&metrics, "", "x y");
    assert_told(&metrics,
                "perplexity 1.0000 (0.0000 nats a token; 8 tokens)\n"
                "exact-match 50.00 % (1 of 2)\n"
                "word-error-rate 50.00 % (2 edits to 4)\n",
                "\"perplexity\":{\"value\":1,\"loss\":0,\"tokens\":8},"
                "\"exact-match\":{\"value\":0.5,\"right\":1,\"of\":2},"
                "\"word-error-rate\":{\"value\":0.5,\"edits\":2,\"of\":4}");
    metrics = opened("bleu");
    add_lines(&metrics, "the cat sat on the", "the cat sat on the mat the cat sat on");
    assert_told(&metrics,
                "bleu 36.79 (100.0/100.0/100.0/100.0; BP 0.368; ratio 0.500; 5 words, reference "
                "10)\n",
                NULL);
    metrics = opened("rmse");
    assert_true(isnan(metric_value(&metrics.list[0])));
    metrics_close(&metrics);
}

static void confusion_is_a_table_of_labels(void **state)
{
    (void)state;
    struct metrics metrics = opened("confusion,macro-f1");
    add_lines(&metrics, "N V", "N N D");
    add_lines(&metrics, "D x", "D");
    assert_told(&metrics,
                "confusion (a row for each label of the reference, its columns of the output)\n"
                "\t(none)\tD\tN\tV\n"
                "D\t1\t1\t0\t0\n"
                "N\t0\t0\t1\t1\n"
                "V\t0\t0\t0\t0\n"
                "macro-f1 33.33 % (mean of 4 labels)\n",
                "\"confusion\":{\"counts\":["
                "{\"reference\":\"D\",\"output\":\"(none)\",\"count\":1},"
                "{\"reference\":\"D\",\"output\":\"D\",\"count\":1},"
                "{\"reference\":\"N\",\"output\":\"N\",\"count\":1},"
                "{\"reference\":\"N\",\"output\":\"V\",\"count\":1}]},"
                "\"macro-f1\":{\"value\":0.3333333333333333,\"labels\":4}");
    metrics = opened("confusion");
    for (int i = 0; i < 1000; i++) { // enough to grow
        char output[16], reference[16];
        snprintf(output, sizeof output, "%d", i * 7 % 100);
        snprintf(reference, sizeof reference, "%d", i % 100);
        add_lines(&metrics, output, reference);
    }
    struct text json = {0};
    metrics_words(&metrics, &json);
    assert_string_equal(json.bytes,
                        "confusion (100 labels: too many for a table; --json has all)\n");
    metrics_json(&metrics, &json);
    assert_non_null(strstr(json.bytes, "{\"reference\":\"11\",\"output\":\"77\",\"count\":10}"));
    text_release(&json);
    metrics_close(&metrics);
}

static void accuracy_is_of_the_nearest_alternative(void **state)
{
    (void)state;
    struct metrics metrics = opened("accuracy");
    add_lines(&metrics, "a b c", "a x x x\ta b x\tb b x");
    assert_true(metric_value(&metrics.list[0]) == 2.0 / 3);
    add_lines(&metrics, "", "a b");
    assert_true(metric_value(&metrics.list[0]) == 2.0 / 5);
    metrics_close(&metrics);
}

static void a_label_of_several_words_is_one(void **state)
{
    (void)state;
    struct metrics metrics = opened("accuracy,exact-match,macro-f1");
    const char *const pairs[][2] = {{"in the sea", "in the sea"},
                                    {"in the air", "in the sea"},
                                    {"in the sea", "on land\t in the sea "},
                                    {"", "on land"}};
    for (int i = 0; i < 4; i++) {
        struct metric_case one = {
            .output = slice_of(pairs[i][0]), .reference = slice_of(pairs[i][1]), .whole = true};
        metrics_add(&metrics, &one);
    }
    assert_told(&metrics,
                "accuracy 50.00 % (2 of 4)\nexact-match 50.00 % (2 of 4)\n"
                "macro-f1 20.00 % (mean of 4 labels)\n",
                NULL);
}

static void loss_is_of_a_vector(void **state)
{
    (void)state;
    struct metrics metrics = opened("loss");
    metrics_add(&metrics, &(struct metric_case){.loss = 3, .tokens = 4});
    metrics_add(&metrics, &(struct metric_case){.loss = 2, .tokens = 6});
    assert_told(&metrics, "loss 0.5000 (10 vectors)\n", "\"loss\":{\"value\":0.5,\"vectors\":10}");
}

/* `why` names the rows computed from `of`, in their order, and no others. */
static void assert_none_of(const struct reason *why, const char *name, int of, bool single)
{
    char known[512], *end = known + sprintf(known, "'%s' is none of", name);
    for (int i = 0; metric_table[i]; i++)
        if (metric_table[i]->of & of && (!single || metric_table[i]->value))
            end += sprintf(end, " %s,", metric_table[i]->name);
    end[-1] = '\0';
    assert_string_equal(why->text, known);
}

static void names_are_those_that_there_are(void **state)
{
    (void)state;
    const int texts = METRIC_LOSSES | METRIC_SEQUENCES;
    struct metrics metrics;
    struct reason why;
    assert_false(metrics_open(&metrics, "bleu,rmse", texts, &why));
    assert_none_of(&why, "rmse", texts, false);
    assert_false(metrics_open(&metrics, "bleu,perplexity,bleu", ALL, &why));
    assert_string_equal(why.text, "'bleu' is named twice");
    assert_false(metrics_open(&metrics, "", METRIC_VALUES, &why));
    assert_none_of(&why, "", METRIC_VALUES, false);
    assert_null(metric_find("confusion", METRIC_LABELS, true, &why));
    assert_none_of(&why, "confusion", METRIC_LABELS, true);
}

static void each_row_is_whole(void **state)
{
    (void)state;
    for (int i = 0; metric_table[i]; i++) {
        const struct metric *row = metric_table[i];
        assert_true(row->of && row->size && row->add && row->words && row->help);
        assert_true(row->value || row->json);
        for (int k = 0; k < i; k++)
            assert_string_not_equal(metric_table[k]->name, row->name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_of_13a_are_sacrebleus),
        cmocka_unit_test(bleu_is_sacrebleus),
        cmocka_unit_test(edits_go_to_the_nearest_alternative),
        cmocka_unit_test(spans_are_seqevals_also_malformed_ones),
        cmocka_unit_test(labels_are_scikit_learns),
        cmocka_unit_test(values_are_scikit_learns),
        cmocka_unit_test(metrics_tell_people_and_programs),
        cmocka_unit_test(confusion_is_a_table_of_labels),
        cmocka_unit_test(accuracy_is_of_the_nearest_alternative),
        cmocka_unit_test(a_label_of_several_words_is_one),
        cmocka_unit_test(loss_is_of_a_vector),
        cmocka_unit_test(names_are_those_that_there_are),
        cmocka_unit_test(each_row_is_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
