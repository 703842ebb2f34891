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

/* The name of a parameter that sees no gradient to speak of (a check that compares zeros proves
 * nothing), or NULL. Leaves the gradient in it->gradient. */
static inline const char *gradient_of_model_asleep(struct gradient_of_model *it)
{
    const struct parameters *parameters = &it->model->parameters;
    for (int64_t i = 0; i < parameters->total; i++)
        it->gradient[i] = 0;
    arena_reset(it->arena);
    model_gradient(it->model, it->block, it->gradient, it->batch, &it->key, it->arena);
    for (int i = 0; i < parameters->count; i++) {
        const struct parameter *parameter = &parameters->list[i];
        if (!(gradient_norm(it->gradient + parameter->first, parameter_elements(parameter)) > 1e-4))
            return parameter->name;
    }
    return NULL;
}

/* Elements that are wrong, a parameter without gradient, and gaps between parameters that are not
 * zero. */
static inline struct differences_result gradient_of_model_check(struct gradient_of_model *it,
                                                                const char *label)
{
    const struct parameters *parameters = &it->model->parameters;
    struct differences_result result = {0, 0};
    const char *asleep = gradient_of_model_asleep(it);
    if (asleep) {
        fprintf(stderr, "%s: %s: no gradient\n", label, asleep);
        result.wrong++;
    }
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
        struct differences differences = {
            gradient_of_model_loss,          it,    it->block + parameter->first,
            it->gradient + parameter->first, count, largest};
        struct differences_result one = differences_check(&differences, name);
        result.wrong += one.wrong;
        result.worst = fmax(result.worst, one.worst);
    }
    return result;
}

/* The same from a shape: three ragged sentences with lengths from 1, the target's end included;
 * weights within +-1.5, and others where a saturated unit hides a parameter. */
static inline struct differences_result
gradient_of_shape_check(const struct shape *given, int source_end, uint64_t seed, const char *label)
{
    static const int sources[] = {1, 4, 3}, seconds[] = {2, 1, 3}, ones[] = {1, 1, 1};
    static const int targets[] = {1, 3, 0}, frames[] = {1, 3, 2};
    struct shape copy = *given, *shape = &copy;
    struct fixture fixture;
    shape->side[SOURCE].end = source_end;
    const int *const lengths[SIDES] = {sources, seconds,
                                       shape->head == HEAD_STEP                   ? sources
                                       : shape->head == HEAD_POOL                 ? ones
                                       : shape->side[TARGET].form == FORM_VECTORS ? frames
                                                                                  : targets};
    fixture_of_shape(&fixture, shape, 3, lengths, seed);
    struct batch batch;
    batch_init(&batch);
    batch_pack(&batch, shape, fixture.sentences, fixture.count);
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
    for (uint64_t other = 0; other < 8; other++) {
        fixture_weights(&model.parameters, seed + 100000 * other, 1.5, it.block);
        it.key.update = 7 + (uint32_t)other; // a mask may leave nothing of a state
        if (!gradient_of_model_asleep(&it))
            break;
    }
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
