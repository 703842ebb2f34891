#include "trainer/apply/application.h"

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

void application_predict(struct application *application, const int32_t *members, int count,
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
