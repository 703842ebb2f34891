/* One model with weights, a micro-batch of it, and the gradient. Calling sequence: trial_init,
 * trial_pack, trial_gradient or trial_losses ..., trial_release. */
#ifndef TRIAL_H
#define TRIAL_H

#include "comm/base/die.h"
#include "model/model.h"
#include "tests/model/fixture.h"
#include <math.h>
#include <stdio.h>

enum { TRIAL_SENTENCES = 12 };
static const int trial_sources[TRIAL_SENTENCES] = {9, 1, 17, 4, 4, 30, 12, 2, 21, 6, 8, 13};
static const int trial_targets[TRIAL_SENTENCES] = {8, 2, 20, 1, 7, 25, 11, 3, 16, 0, 9, 14};
static const int trial_frames[TRIAL_SENTENCES] = {8, 2, 20, 1, 7, 25, 11, 3, 16, 1, 9, 14};
static const int trial_seconds[TRIAL_SENTENCES] = {3, 14, 1, 8, 6, 4, 5, 22, 7, 2, 9, 11};
static const int trial_ones[TRIAL_SENTENCES] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

struct trial {
    struct model model;
    const int *lengths[SIDES]; // as model_cost wants them
    struct fixture fixture;    // sentences of the lengths above
    struct batch batch;
    struct arena arena;
    struct random_key key;
    real *block, *gradient;
};

static inline void trial_init(struct trial *trial, const struct shape *shape)
{
    struct reason why = {""};
    if (!shape_check(shape, &why)) {
        fprintf(stderr, "shape_check: %s\n", why.text);
        require(!"the test's shape can be built");
    }
    model_init(&trial->model, shape);
    trial->lengths[SOURCE] = trial_sources;
    trial->lengths[SECOND] = trial_seconds;
    trial->lengths[TARGET] = shape->head == HEAD_STEP                   ? trial_sources
                             : shape->head == HEAD_POOL                 ? trial_ones
                             : shape->side[TARGET].form == FORM_VECTORS ? trial_frames
                                                                        : trial_targets;
    fixture_of_shape(&trial->fixture, shape, TRIAL_SENTENCES, trial->lengths, 5);
    batch_init(&trial->batch);
    arena_init(&trial->arena);
    trial->key = (struct random_key){.seed = 3, .update = 2, .lane = 1};
    trial->block = fixture_block(&trial->model.parameters);
    trial->gradient = fixture_block(&trial->model.parameters);
    fixture_weights(&trial->model.parameters, 11, 0.3, trial->block);
}

static inline void trial_release(struct trial *trial)
{
    memory_free(trial->block);
    memory_free(trial->gradient);
    arena_release(&trial->arena);
    batch_release(&trial->batch);
    fixture_release(&trial->fixture);
    model_release(&trial->model);
}

/* The sentences [first, first + count) of the fixture. */
static inline void trial_pack(struct trial *trial, int first, int count)
{
    batch_pack(&trial->batch, &trial->model.shape, trial->fixture.sentences + first, count);
}

static inline void trial_clear(struct trial *trial)
{
    for (int64_t i = 0; i < trial->model.parameters.total; i++)
        trial->gradient[i] = 0;
}

/* Adds to what trial->gradient holds. */
static inline double trial_add_gradient(struct trial *trial)
{
    arena_reset(&trial->arena);
    return model_gradient(&trial->model, trial->block, trial->gradient, &trial->batch, &trial->key,
                          &trial->arena);
}

static inline double trial_gradient(struct trial *trial)
{
    trial_clear(trial);
    return trial_add_gradient(trial);
}

static inline void trial_losses(struct trial *trial, double *losses)
{
    arena_reset(&trial->arena);
    model_loss(&trial->model, trial->block, &trial->batch, losses, &trial->arena);
}

/* A copy of the gradient, from memory_take. */
static inline real *trial_copy(const struct trial *trial)
{
    real *copy = fixture_block(&trial->model.parameters);
    for (int64_t i = 0; i < trial->model.parameters.total; i++)
        copy[i] = trial->gradient[i];
    return copy;
}

/* |gradient - expected| / |expected|, in the norm over the whole block. */
static inline double trial_distance(const struct trial *trial, const real *expected)
{
    double difference = 0, norm = 0;
    for (int64_t i = 0; i < trial->model.parameters.total; i++) {
        double d = (double)trial->gradient[i] - (double)expected[i];
        difference += d * d;
        norm += (double)expected[i] * (double)expected[i];
    }
    return sqrt(norm > 0 ? difference / norm : difference);
}

#endif
