#include "trainer/apply/application.h"
#include "comm/base/die.h"
#include "comm/comm.h"
#include "io/vectors/moments.h"
#include "model/search/search_values.h"
#include "trainer/apply/evaluation.h"
#include "trainer/settings/faults.h"
#include "trainer/settings/settings_check.h"
#include <stdio.h>
#include <string.h>

void application_init(struct application *application, const struct model *model,
                      const float *weights, const struct content *target, struct arena *arena)
{
    *application = (struct application){.model = model,
                                        .weights = weights,
                                        .target = target,
                                        .search = {.beam = 1},
                                        .arena = arena};
    batch_init(&application->batch);
}

void application_release(struct application *application)
{
    batch_release(&application->batch);
}

/* [all] Tags, labels and vectors are what the model says at once. */
static void refuse_search(const struct application *application, const struct settings *s)
{
    static const char *const of_search[] = {
        "beam", "n-best", "length-penalty", "length-normalisation", "allow-unknown", NULL};
    const struct shape *shape = &application->model->shape;
    struct faults faults = {0};
    if (shape->head == HEAD_DECODE && shape->side[TARGET].form == FORM_SYMBOLS)
        return;
    settings_refuse_given(s, of_search, "where no sequences of symbols are searched for", &faults);
    faults_agree(&faults);
}

void application_search(struct application *application, const struct settings *s)
{
    refuse_search(application, s);
    application->search = (struct search_options){
        .beam = (int)s->beam,
        .n_best = (int)s->n_best,
        .allow_unknown = (int)s->allow_unknown,
        .length_normalisation = (enum length_normalisation)s->length_normalisation,
        .length_penalty = s->length_penalty,
    };
}

int application_sentences(const struct application *application)
{
    enum { ROWS = 512 };
    int most = ROWS / application->search.beam;
    return most < 1 ? 1 : most > EVALUATION_SENTENCES ? EVALUATION_SENTENCES : most;
}

void application_add_vector(const struct content *content, const float *values, struct text *text)
{
    const int frame = content->dimension / content->stack;
    for (int j = 0; j < content->dimension; j++) {
        float value = values[j];
        moments_restore(&value, 1, 1, &content->mean[j], &content->deviation[j]);
        text_add_format(text, "%s%.9g", j == 0 ? "" : j % frame ? " " : "\n", (double)value);
    }
}

void application_add_frames(const struct content *content, const float *values, int64_t count,
                            int width, struct text *text)
{
    for (int64_t i = 0; i < count; i++) {
        application_add_vector(content, values + i * width, text);
        text_add(text, "\n", 1);
    }
}

static void add_words(const struct application *application, const int32_t *symbols, int length,
                      struct text *text)
{
    const struct tokenizer *target = &application->target->tokenizer;
    if (application->keep_tokens)
        tokenizer_tokens(target, symbols, length, text);
    else
        tokenizer_decode(target, symbols, length, text);
}

/* Of the i-th sentence of a batch: the best, or a list without its last line end. */
static void keep_sequence(struct application *application, int32_t line,
                          const struct search_result *result, int i, struct text *text)
{
    struct text words = {0};
    int64_t first = (int64_t)i * result->best;
    application->limited += result->limited[first];
    application->tokens += result->lengths[first];
    for (int64_t k = first; k < first + result->counts[i]; k++) {
        const int32_t *symbols = result->symbols + k * result->width;
        text_clear(&words);
        add_words(application, symbols, result->lengths[k], &words);
        if (application->search.n_best == 0)
            text_add(text, words.bytes, words.length);
        else
            text_add_format(text, "%s%lld ||| %s ||| logprob= %.6f ||| %.6f", k > first ? "\n" : "",
                            (long long)(application->first + line), words.bytes,
                            result->log_probabilities[k], result->scores[k]);
    }
    text_release(&words);
}

static void search_symbols(struct application *application, const int32_t *members, int count,
                           const int *limits, struct text *outputs)
{
    struct search_result result =
        search_beam(application->model, application->weights, &application->batch, limits,
                    &application->search, application->arena);
    for (int i = 0; i < count; i++)
        keep_sequence(application, members[i], &result, i, &outputs[members[i]]);
}

static void search_vectors(struct application *application, const int32_t *members, int count,
                           const int *limits, struct text *outputs)
{
    struct search_values result = search_values(application->model, application->weights,
                                                &application->batch, limits, application->arena);
    for (int i = 0; i < count; i++) {
        application->limited += result.limited[i];
        application->tokens += result.lengths[i];
        application_add_frames(application->target,
                               result.values + (int64_t)i * result.width * result.D,
                               result.lengths[i], result.D, &outputs[members[i]]);
    }
}

/* The label, TAB, then each with its probability: "label=0.25". */
static void add_probabilities(const struct application *application, const real *probabilities,
                              int outputs, struct text *text)
{
    int first = shape_first_symbol(&application->model->shape);
    for (int v = 0; v < outputs; v++) {
        size_t length;
        const char *name =
            vocabulary_string(&application->target->tokenizer.vocabulary, first + v, &length);
        text_add_format(text, "\t%.*s=%.6f", (int)length, name, (double)probabilities[v]);
    }
}

static void add_symbols(const struct application *application, const struct prediction *prediction,
                        int i, struct text *text)
{
    int64_t first = prediction->first[i], places = prediction->first[i + 1] - first;
    tokenizer_decode(&application->target->tokenizer, prediction->symbols + first, places, text);
    for (int64_t p = first; p < first + places && application->probabilities; p++)
        add_probabilities(application, prediction->probabilities + p * prediction->outputs,
                          prediction->outputs, text);
}

/* Of one for the whole input a line without its end. */
static void add_vectors(const struct application *application, const struct prediction *prediction,
                        int i, struct text *text)
{
    const int64_t first = prediction->first[i], count = prediction->first[i + 1] - first;
    const real *values = prediction->values + first * prediction->outputs;
    if (application->model->shape.head == HEAD_POOL)
        application_add_vector(application->target, values, text);
    else
        application_add_frames(application->target, values, count, prediction->outputs, text);
}

static void predict(struct application *application, const int32_t *members, int count,
                    struct text *outputs)
{
    struct prediction prediction =
        model_predict(application->model, application->weights, &application->batch,
                      application->probabilities, application->arena);
    for (int i = 0; i < count; i++) {
        application->tokens += prediction.first[i + 1] - prediction.first[i];
        if (prediction.symbols)
            add_symbols(application, &prediction, i, &outputs[members[i]]);
        else
            add_vectors(application, &prediction, i, &outputs[members[i]]);
    }
}

/* Of a series of vectors each place follows from those before, which are given. */
static bool is_forced(const struct application *application)
{
    const struct model *model = application->model;
    return model->sources == 0 && model->shape.side[TARGET].form == FORM_VECTORS;
}

struct sentence application_reads(const struct application *application,
                                  const struct sentence *sentence)
{
    struct sentence read = *sentence;
    if (!is_forced(application))
        read.side[TARGET] = (struct sequence){0};
    return read;
}

void application_batch(void *application_, const struct pairs_block *block, const int32_t *members,
                       int count, struct text *outputs)
{
    struct application *application = application_;
    const struct shape *shape = &application->model->shape;
    struct sentence views[EVALUATION_SENTENCES];
    int limits[EVALUATION_SENTENCES];
    require(count >= 1 && count <= EVALUATION_SENTENCES);
    for (int i = 0; i < count; i++) {
        views[i] = application_reads(application, &block->list[members[i]].sentence);
        limits[i] = search_limit(views[i].side[SOURCE].length);
    }
    batch_pack(&application->batch, shape, views, count);
    arena_reset(application->arena);
    if (shape->head != HEAD_DECODE || is_forced(application))
        predict(application, members, count, outputs);
    else if (shape->side[TARGET].form == FORM_VECTORS)
        search_vectors(application, members, count, limits, outputs);
    else
        search_symbols(application, members, count, limits, outputs);
}

void application_summary(struct application *application, int64_t sentences, double seconds)
{
    int64_t sums[] = {application->limited, application->tokens};
    comm_sum_integers(sums, 2);
    if (comm_rank() != 0)
        return;
    char count[32], took[32];
    text_of_count(sentences, count);
    text_of_duration(seconds, took);
    fprintf(stderr, "%s sentences in %s, %.0f tokens/s", count, took,
            (double)sums[1] / (seconds > 0 ? seconds : 1));
    if (application->model->shape.head == HEAD_DECODE && !is_forced(application))
        fprintf(stderr, "; %lld reached the limit of 3 x source + 50 tokens", (long long)sums[0]);
    fprintf(stderr, "\n");
}
