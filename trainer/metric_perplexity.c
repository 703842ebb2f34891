#include "io/json.h"
#include "trainer/metric_rows.h"
#include <math.h>

struct sums {
    double loss;
    int64_t tokens;
};

static void add(void *sums, const struct metric_case *one)
{
    struct sums *s = sums;
    s->loss += one->loss;
    s->tokens += one->tokens;
}

static double value(const void *sums)
{
    const struct sums *s = sums;
    return s->tokens ? exp(s->loss / (double)s->tokens) : (double)NAN;
}

static void words(const void *sums, struct text *text)
{
    const struct sums *s = sums;
    char tokens[32];
    text_of_count(s->tokens, tokens);
    text_add_format(text, "(%.4f nats a token; %s tokens)", s->loss / (double)s->tokens, tokens);
}

static void json(const void *sums, struct text *text)
{
    const struct sums *s = sums;
    json_real(text, "loss", s->tokens ? s->loss / (double)s->tokens : (double)NAN);
    json_integer(text, "tokens", s->tokens);
}

const struct metric metric_perplexity = {
    .name = "perplexity",
    .of = METRIC_LOSSES,
    .digits = 4,
    .size = sizeof(struct sums),
    .add = add,
    .value = value,
    .words = words,
    .json = json,
    .help = "exp of the mean loss of a token of the reference, its end included; of alternatives "
            "the first"};
