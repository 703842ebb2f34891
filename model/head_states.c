/* The heads that read the sources' states as they are: step and pool. */
#include "model/head.h"
#include "model/pass.h"
#include "model/product/rows.h"

/* Width of the states side by side. */
static int width(const struct model *model)
{
    int W = 0;
    for (int k = 0; k < model->sources; k++)
        W += model->encoder[k].M;
    return W;
}

static void init_readout(struct model *model)
{
    const struct shape *shape = &model->shape;
    int W = 0;
    for (int k = 0; k < shape_sources(shape); k++)
        W += shape_bank_width(shape, (enum side)k);
    if (shape->readout)
        dense_init(&model->readout, &model->parameters, "readout", "weight", "bias", shape->readout,
                   W, 1);
}

/* r (P, R) = tanh(W x + b) of the states x, or x itself. */
static void read_out(struct pass *pass)
{
    const struct shape *shape = &pass->model->shape;
    pass->read = pass->states;
    if (shape->readout) {
        pass->read = pass_take(pass, pass->P, shape->readout);
        dense_forward(&pass->model->readout, pass->block, pass->P, pass->states, pass->read);
    }
    pass->r = pass_take_droppable(pass, shape->dropout_output, pass->read, pass->P,
                                  shape_output_width(shape));
}

/* dx (P, W), of the states. */
static real *read_out_backward(struct pass *pass, real *gradient, real *dr)
{
    const struct model *model = pass->model;
    if (!model->shape.readout)
        return dr;
    real *dx = pass_take(pass, pass->P, width(model));
    dense_backward(&model->readout, pass->block, gradient, pass->P, pass->states, pass->read, dr, 0,
                   dx);
    return dx;
}

static int64_t readout_part(const struct model *model)
{
    return model->shape.readout ? dense_cost(&model->readout) : 0;
}

/* Beside r and its gradient: r before it was dropped, the states' gradient. */
static int64_t readout_memory_of(const struct model *model, int64_t P)
{
    const int64_t R = model->shape.readout;
    return R ? P * (R + width(model)) * (int64_t)sizeof(real) : 0;
}

/* The bank's states, sentence by sentence. */
static void step_forward(struct pass *pass)
{
    const struct bank *bank = &pass->encoder[SOURCE].bank;
    int64_t p = 0;
    pass_take_places(pass, bank->N);
    for (int b = 0; b < bank->B; b++)
        for (int s = 0; s < bank->lengths[b]; s++)
            pass->place[p++] = (int64_t)s * bank->B + b;
    pass->states = bank->states;
    read_out(pass);
}

static void step_backward(struct pass *pass, real *gradient, real *dr)
{
    const int M = pass->model->encoder[SOURCE].M;
    rows_add(pass->P, M, read_out_backward(pass, gradient, dr), M,
             pass->encoder[SOURCE].bank.dstates, M);
}

static int64_t step_cost(const struct model *model, int count, const int *const lengths[SIDES])
{
    int64_t N = 0;
    for (int i = 0; i < count; i++)
        N += head_steps(model, lengths, SOURCE, i);
    return N * readout_part(model);
}

static void step_useful(const struct model *model, const int64_t steps[SIDES],
                        int64_t useful[PARTS])
{
    useful[PART_DECODER] += steps[SOURCE] * readout_part(model);
}

static int64_t step_memory(const struct model *model, int B, const int steps[SIDES])
{
    return readout_memory_of(model, (int64_t)B * steps[SOURCE]);
}

const struct head_row head_step = {init_readout, step_forward, step_backward,
                                   step_cost,    step_useful,  step_memory};

static void pool_init(struct model *model)
{
    init_readout(model);
    for (int k = shape_sources(&model->shape) - 1; k >= 0; k--)
        pooling_init(&model->pooling[k], &model->shape, (enum side)k, &model->parameters);
}

static void pool_forward(struct pass *pass)
{
    const struct model *model = pass->model;
    const int B = pass->batch->B, W = width(model);
    pass_take_places(pass, B);
    pass->states = pass_take(pass, B, W);
    for (int b = 0; b < B; b++)
        pass->place[b] = b;
    for (int k = 0, column = 0; k < model->sources; column += model->encoder[k++].M) {
        const int M = model->encoder[k].M;
        pooling_forward(&model->pooling[k], pass->block, &model->encoder[k], &pass->encoder[k],
                        pass->arena, &pass->pooling[k]);
        rows_copy(B, M, pass->pooling[k].v, M, pass->states + column, W);
    }
    read_out(pass);
}

static void pool_backward(struct pass *pass, real *gradient, real *dr)
{
    const struct model *model = pass->model;
    const int B = pass->batch->B, W = width(model);
    const real *dstates = read_out_backward(pass, gradient, dr);
    for (int k = 0, column = 0; k < model->sources; column += model->encoder[k++].M) {
        const int M = model->encoder[k].M;
        real *dv = pass_take(pass, B, M);
        rows_copy(B, M, dstates + column, W, dv, M);
        pooling_backward(&model->pooling[k], pass->block, gradient, &model->encoder[k],
                         &pass->encoder[k], &pass->pooling[k], dv, pass->arena);
    }
}

/* States that there are of so many places. */
static int64_t bank_length(const struct model *model, int k, int64_t S)
{
    return encoder_bank_length(&model->encoder[k], S);
}

static int64_t pool_cost(const struct model *model, int count, const int *const lengths[SIDES])
{
    int64_t sum = count * readout_part(model);
    for (int k = 0; k < model->sources; k++)
        for (int i = 0; i < count; i++)
            sum += bank_length(model, k, head_steps(model, lengths, (enum side)k, i)) *
                   pooling_cost(&model->pooling[k]);
    return sum;
}

static void pool_useful(const struct model *model, const int64_t steps[SIDES],
                        int64_t useful[PARTS])
{
    useful[PART_DECODER] += readout_part(model);
    for (int k = 0; k < model->sources; k++)
        useful[PART_ATTENTION] +=
            bank_length(model, k, steps[k]) * pooling_cost(&model->pooling[k]);
}

static int64_t pool_memory(const struct model *model, int B, const int steps[SIDES])
{
    int64_t sum = readout_memory_of(model, B) + (int64_t)B * width(model) * (int64_t)sizeof(real);
    for (int k = 0; k < model->sources; k++)
        sum += pooling_memory(&model->pooling[k], B * bank_length(model, k, steps[k]), B);
    return sum;
}

const struct head_row head_pool = {pool_init, pool_forward, pool_backward,
                                   pool_cost, pool_useful,  pool_memory};
