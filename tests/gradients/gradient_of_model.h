/* The whole gradient of one model on one micro-batch against differences. */
#ifndef GRADIENT_OF_MODEL_H
#define GRADIENT_OF_MODEL_H

#include "model/model.h"
#include "tests/gradients/differences.h"
#include "tests/model/fixture.h"

struct gradient_of_model {
    const struct model *model;
    const struct batch *batch;
    struct random_key key;
    struct arena *arena;
    real *block, *gradient, *scratch;
};

static inline double gradient_of_model_loss(void *context)
{
    struct gradient_of_model *it = context;
    arena_reset(it->arena);
    return model_gradient(it->model, it->block, it->scratch, it->batch, &it->key, it->arena);
}

static inline double gradient_norm(const real *gradient, int64_t count)
{
    double sum = 0;
    for (int64_t i = 0; i < count; i++)
        sum += (double)gradient[i] * (double)gradient[i];
    return sqrt(sum);
}

/* Elements that are wrong, parameters that see no gradient to speak of (a check that compares zeros
 * proves nothing), and gaps between parameters that are not zero. */
static inline struct differences_result gradient_of_model_check(struct gradient_of_model *it,
                                                                const char *label)
{
    const struct parameters *parameters = &it->model->parameters;
    struct differences_result result = {0, 0};
    model_gradient(it->model, it->block, it->gradient, it->batch, &it->key, it->arena);
    double largest = differences_largest(it->gradient, parameters->total);
    int64_t end = 0;
    for (int i = 0; i < parameters->count; i++) {
        const struct parameter *parameter = &parameters->list[i];
        int64_t count = parameter_elements(parameter);
        for (; end < parameter->first; end++)
            result.wrong += it->gradient[end] != 0;
        end = parameter->first + count;

        char name[256];
        snprintf(name, sizeof name, "%s: %s", label, parameter->name);
        double norm = gradient_norm(it->gradient + parameter->first, count);
        if (!(norm > 1e-4)) {
            fprintf(stderr, "%s: the gradient's norm is %g\n", name, norm);
            result.wrong++;
        }
        struct differences differences = {
            gradient_of_model_loss,          it,    it->block + parameter->first,
            it->gradient + parameter->first, count, largest};
        struct differences_result one = differences_check(&differences, name);
        result.wrong += one.wrong;
        result.worst = fmax(result.worst, one.worst);
    }
    return result;
}

/* The same from a shape: weights within +-0.8, three ragged sentences with lengths from 1, end
 * included in the target's. */
static inline struct differences_result
gradient_of_shape_check(const struct shape *shape, int source_end, uint64_t seed, const char *label)
{
    static const int source_lengths[] = {1, 4, 2}, target_lengths[] = {3, 1, 0};
    struct fixture fixture;
    fixture_sentences(&fixture, 3, source_lengths, target_lengths, shape->source_vocabulary,
                      shape->target_vocabulary, seed);
    struct batch batch;
    batch_init(&batch);
    batch_pack(&batch, fixture.sentences, fixture.count, source_end);
    struct model model;
    model_init(&model, shape);
    struct arena arena;
    arena_init(&arena);

    struct gradient_of_model it = {&model,
                                   &batch,
                                   {.seed = seed, .update = 7, .lane = 3},
                                   &arena,
                                   fixture_block(&model.parameters),
                                   fixture_block(&model.parameters),
                                   fixture_block(&model.parameters)};
    fixture_weights(&model.parameters, seed, 0.8, it.block);
    struct differences_result result = gradient_of_model_check(&it, label);

    memory_free(it.block);
    memory_free(it.gradient);
    memory_free(it.scratch);
    arena_release(&arena);
    model_release(&model);
    batch_release(&batch);
    fixture_release(&fixture);
    return result;
}

#endif
