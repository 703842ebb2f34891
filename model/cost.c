#include "model/head.h"
#include "model/shape/place.h"
#include <stddef.h>

static int64_t output_cost(const struct model *model)
{
    const struct shape *shape = &model->shape;
    int64_t E = shape->embedding, R = shape_output_width(shape), V = shape_outputs(shape);
    return model->output_map == PLACE_NONE ? V * R : E * R + V * E;
}

/* Counted are the multiply-adds of the matrix products: the sources' by their tokens, the head's as
 * it says, the output's by target tokens; backward executes twice those of forward, of an input
 * layer, whose vectors have no gradient, as many. Element-wise work is not counted. */
int64_t model_cost(const struct model *model, int count, const int *const lengths[SIDES])
{
    int64_t P = 0, forward = 0, inputs = 0;
    int T = 0;
    for (int i = 0; i < count; i++) {
        int steps = head_steps(model, lengths, TARGET, i);
        P += steps;
        T = steps > T ? steps : T;
    }
    for (int k = 0; k < model->sources; k++) {
        int64_t N = 0;
        for (int i = 0; i < count; i++)
            N += head_steps(model, lengths, (enum side)k, i);
        for (int i = 0; i < count; i++)
            forward +=
                encoder_cost(&model->encoder[k], head_steps(model, lengths, (enum side)k, i));
        inputs += N * input_cost(&model->input[k]);
    }
    inputs += (int64_t)T * count * input_cost(&model->before);
    forward += model->head->cost(model, count, lengths) + P * output_cost(model);
    return 3 * forward + 2 * inputs;
}

/* Every sentence as long as the longest. */
int64_t model_memory(const struct model *model, int B, const int steps[SIDES])
{
    const struct shape *shape = &model->shape;
    int64_t P = (int64_t)B * steps[TARGET], E = shape->embedding, R = shape_output_width(shape);
    int64_t outputs = shape->side[TARGET].form == FORM_VECTORS
                          ? shape->side[TARGET].dimension + shape_outputs(shape)
                          : 0; // targets and what is emitted
    int64_t sum = P * ((2 * R + outputs) * (int64_t)sizeof(real) + 24) + // r and its gradient
                  (model->output_map == PLACE_NONE ? 0 : 2 * P * E * (int64_t)sizeof(real)) +
                  model->head->memory(model, B, steps);
    for (int k = 0; k < model->sources; k++) {
        int64_t N = (int64_t)B * steps[k];
        sum += input_memory(&model->input[k], N) + encoder_memory(&model->encoder[k], B, steps[k]);
    }
    return sum;
}
