#include "comm/base/die.h"
#include "model/decoder/output.h"
#include "model/pass.h"
#include "model/product/softmax.h"
#include "model/product/threads.h"

/* What the search asks of the model, and what HEAD_STEP and HEAD_POOL say without one. */

void model_encode(const struct model *model, const real *block, const struct batch *batch,
                  struct arena *arena, struct encoder_states states[SOURCES])
{
    struct pass pass = {.model = model, .block = block, .batch = batch, .arena = arena};
    pass_encode(&pass);
    for (int k = 0; k < SOURCES; k++)
        states[k] = pass.encoder[k];
}

void model_start_logits(const struct model *model, const real *block, int B, struct arena *arena,
                        struct logits_states *states)
{
    struct output output = pass_output(model, block);
    struct linear weights = {model->output_weight, output.V, output.R, output.R};
    *states = (struct logits_states){
        .output = output,
        .mapped = arena_take(arena, (size_t)B * (size_t)model->shape.embedding, sizeof(real))};
    linear_start(&weights, block, B, arena, &states->weights);
}

void model_logits(const struct model *model, const real *block, const struct logits_states *states,
                  const real *r, int rows, real *logits)
{
    const struct packed *packed = states->weights.forward.panels ? &states->weights.forward : NULL;
    output_logits(&states->output, packed, pass_map(model, block, r, rows, states->mapped), rows,
                  logits);
}

/* Where the places of each packed sentence begin; where[p] is where place p of the pass goes. */
static int64_t *order_places(const struct pass *pass, int64_t *where)
{
    const struct batch *batch = pass->batch;
    const int B = batch->B;
    int64_t *first = arena_take_zeroed(pass->arena, (size_t)B + 1, sizeof *first);
    for (int64_t p = 0; p < pass->P; p++)
        first[batch->order[pass->place[p] % B] + 1]++;
    for (int i = 0; i < B; i++)
        first[i + 1] += first[i];
    for (int64_t p = 0; p < pass->P; p++)
        where[p] = first[batch->order[pass->place[p] % B]] + pass->place[p] / B;
    return first;
}

enum { ROWS = 256 }; // whose logits stand at a time

static void predict_symbols(const struct pass *pass, const int64_t *where,
                            struct prediction *prediction)
{
    const struct output output = pass_output(pass->model, pass->block);
    const int V = output.V, first = shape_first_symbol(&pass->model->shape);
    real *logits = pass_take(pass, pass->P < ROWS ? pass->P : ROWS, V);
    for (int64_t from = 0; from < pass->P; from += ROWS) {
        int count = pass->P - from < ROWS ? (int)(pass->P - from) : ROWS;
        output_logits(&output, NULL, pass->r + from * output.R, count, logits);
#pragma omp parallel for num_threads(threads()) schedule(static) if (threads() > 1)
        for (int i = 0; i < count; i++) {
            real *x = logits + (int64_t)i * V;
            int64_t to = where[from + i];
            struct likely likely = {0};
            output_likeliest(&output, x, 0, 1, &likely, 0);
            prediction->symbols[to] = first + likely.symbol;
            if (!prediction->probabilities)
                continue;
            for (int v = 0; v < V; v++)
                x[v] += output.bias[v];
            softmax(x, prediction->probabilities + to * V, V);
        }
    }
}

static void predict_values(const struct pass *pass, const int64_t *where,
                           struct prediction *prediction)
{
    const struct dense output = pass_output_values(pass->model);
    real *y = pass_take(pass, pass->P, output.out);
    dense_forward(&output, pass->block, pass->P, pass->r, y);
    for (int64_t p = 0; p < pass->P; p++)
        for (int i = 0; i < output.out; i++)
            prediction->values[where[p] * output.out + i] = y[p * output.out + i];
}

struct prediction model_predict(const struct model *model, const real *block,
                                const struct batch *batch, int probabilities, struct arena *arena)
{
    struct pass pass = {.model = model, .block = block, .batch = batch, .arena = arena};
    struct prediction prediction = {.outputs = shape_outputs(&model->shape)};
    require(model->shape.head != HEAD_DECODE || model->shape.side[TARGET].form == FORM_VECTORS);
    if (batch->B == 0)
        return prediction;
    pass_encode(&pass);
    model->head->forward(&pass);
    int64_t *where = arena_take(arena, (size_t)pass.P, sizeof *where);
    prediction.first = order_places(&pass, where);
    if (model->shape.side[TARGET].form == FORM_VECTORS) {
        prediction.values = pass_take(&pass, pass.P, prediction.outputs);
        predict_values(&pass, where, &prediction);
        return prediction;
    }
    prediction.symbols = arena_take(arena, (size_t)pass.P, sizeof *prediction.symbols);
    if (probabilities)
        prediction.probabilities = pass_take(&pass, pass.P, prediction.outputs);
    predict_symbols(&pass, where, &prediction);
    return prediction;
}
