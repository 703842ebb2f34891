#include "io/text/json.h"
#include "trainer/metric/metric_rows.h"
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

static double perplexity(const void *sums)
{
    const struct sums *s = sums;
    return s->tokens ? exp(s->loss / (double)s->tokens) : (double)NAN;
}

static void perplexity_words(const void *sums, struct text *text)
{
    const struct sums *s = sums;
    char tokens[32];
    text_of_count(s->tokens, tokens);
    text_add_format(text, "(%.4f nats a token; %s tokens)", s->loss / (double)s->tokens, tokens);
}

static void perplexity_json(const void *sums, struct text *text)
{
    const struct sums *s = sums;
    json_real(text, "loss", s->tokens ? s->loss / (double)s->tokens : (double)NAN);
    json_integer(text, "tokens", s->tokens);
}

static double loss(const void *sums)
{
    const struct sums *s = sums;
    return s->tokens ? s->loss / (double)s->tokens : (double)NAN;
}

static void loss_words(const void *sums, struct text *text)
{
    const struct sums *s = sums;
    text_add_format(text, "(%lld vectors)", (long long)s->tokens);
}

static void loss_json(const void *sums, struct text *text)
{
    const struct sums *s = sums;
    json_integer(text, "vectors", s->tokens);
}

const struct metric metric_perplexity = {
    .name = "perplexity",
    .of = METRIC_LOSSES,
    .digits = 4,
    .size = sizeof(struct sums),
    .add = add,
    .value = perplexity,
    .words = perplexity_words,
    .json = perplexity_json,
    .help = "exp of the mean loss of a token of the reference, its end included; of alternatives "
            "the first"};

const struct metric metric_loss = {
    .name = "loss",
    .of = METRIC_ERRORS,
    .digits = 4,
    .size = sizeof(struct sums),
    .add = add,
    .value = loss,
    .words = loss_words,
    .json = loss_json,
    .help = "half the squared error of a vector, normalised; with that of the stop where vectors "
            "are decoded"};
