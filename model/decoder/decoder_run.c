#include "model/decoder/decoder.h"
#include "model/layers/dropout.h"
#include "model/product/rows.h"

/* How many steps can be taken at once. */
static int at_once(const struct decoder *decoder, const struct decoder_states *states)
{
    return decoder->stepwise ? 1 : states->T;
}

/* What the readout of step t on reads. */
static struct readout_input reads(const struct decoder *decoder,
                                  const struct decoder_states *states, int t)
{
    int64_t row = (int64_t)t * states->B;
    return (struct readout_input){
        .h = states->h[decoder->layers - 1] + row * decoder->H,
        .x = decoder->E ? states->x + row * decoder->E : NULL,
        .c = states->c + row * states->ldc,
        .ldc = states->ldc,
        .v = &states->joined_readout,
        .B = states->B,
    };
}

/* Its weights where it is applied step by step, else NULL. */
static const struct readout_states *stepwise_readout(const struct decoder *decoder,
                                                     const struct decoder_states *states)
{
    return decoder->feeding || states->T == 1 ? &states->readout : NULL;
}

/* The mask of layer l's input, or its gradient, at the steps [t, t + n). */
static void drop(const struct decoder *decoder, const struct decoder_states *states, int l, int t,
                 int n, real *x)
{
    if (!states->key)
        return;
    struct random_key key = *states->key;
    key.purpose = RANDOM_DROP_LAYER;
    dropout_steps(&key, decoder->dropout_layer, decoder->variational,
                  (uint64_t)(decoder->dropout_first + l) << 40, n, states->first + t, decoder->H,
                  x);
}

static void read_out(const struct decoder *decoder, const real *block,
                     struct decoder_states *states, int t, int n)
{
    struct readout_input input = reads(decoder, states, t);
    if (decoder->readout.R == 0)
        return;
    readout_forward(&decoder->readout, block, stepwise_readout(decoder, states),
                    (int64_t)n * states->B, &input,
                    states->r + (int64_t)t * states->B * decoder->R);
}

/* dh of the top layer and dc from dr. */
static void read_out_backward(const struct decoder *decoder, const real *block,
                              struct decoder_states *states, int t, int n, real *dr)
{
    int64_t row = (int64_t)t * states->B, rows = (int64_t)n * states->B;
    real *dh = states->dh[decoder->layers - 1] + row * decoder->H;
    if (decoder->readout.R == 0)
        rows_copy(rows, decoder->R, dr + row * decoder->R, decoder->R, dh, decoder->H);
    else
        readout_backward(&decoder->readout, block, stepwise_readout(decoder, states), rows,
                         states->r + row * decoder->R, dr + row * decoder->R, dh,
                         decoder->attends ? states->dc + row * decoder->M : NULL);
}

/* c (n, B, M), rows ldc apart: of each source its own columns. */
static void attend(const struct decoder *decoder, const real *block, struct decoder_states *states,
                   int t, int n, const real *query, real *c, int ldc)
{
    for (int k = 0; k < decoder->sources; c += decoder->attention[k++].M)
        attention_forward(&decoder->attention[k], block, &states->attention[k], t, n, query, c,
                          ldc);
}

/* dquery (n, B, H) += what each source's attention says, from dc at these steps. */
static void attend_backward(const struct decoder *decoder, const real *block,
                            struct decoder_states *states, int t, int n, real *dquery)
{
    const int M = decoder->M;
    const real *dc = states->dc + (int64_t)t * states->B * M;
    for (int k = 0; k < decoder->sources; dc += decoder->attention[k++].M)
        attention_backward(&decoder->attention[k], block, &states->attention[k], t, n, dc, M,
                           dquery);
}

/* Into `beside`: c_t of the state before, r_{t-1}; and their part of the first layer's W x. */
static void look_back(const struct decoder *decoder, const real *block,
                      struct decoder_states *states, int t)
{
    int B = states->B, R = decoder->R, J = decoder->J;
    int64_t row = (int64_t)t * B;
    real *beside = states->beside + row * J;
    if (decoder->attends == ATTENDS_BEFORE)
        attend(decoder, block, states, t, 1, states->layer[decoder->layers - 1].state_h, beside, J);
    if (decoder->feeding)
        rows_copy(B, R, states->fed, R, beside + J - R, J);
    recurrent_project(&decoder->layer[0], block, &states->layer[0], row, B, decoder->E, J, beside,
                      1);
}

static void look_back_backward(const struct decoder *decoder, const real *block,
                               struct decoder_states *states, int t)
{
    int B = states->B, M = decoder->M, R = decoder->R, J = decoder->J;
    int64_t row = (int64_t)t * B;
    real *dbeside = states->dbeside + row * J;
    recurrent_project_backward(&decoder->layer[0], block, &states->layer[0], row, B, decoder->E, J,
                               dbeside, 0);
    if (decoder->attends == ATTENDS_BEFORE) { // the state before is what is carried now
        rows_add(B, M, dbeside, J, states->dc + row * M, M);
        attend_backward(decoder, block, states, t, 1, states->layer[decoder->layers - 1].dstate_h);
    }
    if (decoder->feeding)
        rows_copy(B, R, dbeside + J - R, J, states->dfed, R);
}

/* c_t = attend(s'_t), which layer 0 has just left; s_t = cell(c_t, s'_t) */
static void look_within(const struct decoder *decoder, const real *block,
                        struct decoder_states *states, int t)
{
    int B = states->B, M = decoder->M;
    int64_t row = (int64_t)t * B;
    real *c = states->c + row * M;
    attend(decoder, block, states, t, 1, states->layer[0].state_h, c, M);
    recurrent_project(&decoder->second, block, &states->second, row, B, 0, M, c, 0);
    recurrent_forward(&decoder->second, block, &states->second, t, 1);
}

static void look_within_backward(const struct decoder *decoder, const real *block,
                                 struct decoder_states *states, int t)
{
    int B = states->B, M = decoder->M;
    int64_t row = (int64_t)t * B;
    real *dc = states->dc + row * M;
    recurrent_backward(&decoder->second, block, &states->second, t, 1, states->dh[0]);
    recurrent_project_backward(&decoder->second, block, &states->second, row, B, 0, M, dc, 1);
    attend_backward(decoder, block, states, t, 1, states->layer[0].dstate_h);
}

/* The steps [t, t + n). */
static void advance(const struct decoder *decoder, const real *block, struct decoder_states *states,
                    int t, int n)
{
    int B = states->B, H = decoder->H, R = decoder->R;
    int64_t row = (int64_t)t * B, rows = (int64_t)n * B;
    if (decoder->J)
        look_back(decoder, block, states, t);
    for (int l = 0; l < decoder->layers; l++) {
        if (l) {
            real *x = states->input[l] + row * H, *below = states->h[l - 1] + row * H;
            if (x != below) {
                rows_copy(rows, H, below, H, x, H);
                drop(decoder, states, l, t, n, x);
            }
            recurrent_project(&decoder->layer[l], block, &states->layer[l], row, rows, 0, H, x, 0);
        }
        recurrent_forward(&decoder->layer[l], block, &states->layer[l], t, n);
        if (l && decoder->residual)
            rows_add(rows, H, states->h[l - 1] + row * H, H, states->h[l] + row * H, H);
        if (l == 0 && decoder->attends == ATTENDS_WITHIN)
            look_within(decoder, block, states, t);
    }
    if (decoder->attends == ATTENDS_AFTER)
        attend(decoder, block, states, t, n, states->h[decoder->layers - 1] + row * H,
               states->c + row * states->ldc, states->ldc);
    if (decoder->feeding) {
        read_out(decoder, block, states, t, n);
        rows_copy(B, R, states->r + row * R, R, states->fed, R);
    }
}

/* The same from its end to its beginning. */
static void retreat(const struct decoder *decoder, const real *block, struct decoder_states *states,
                    int t, int n, real *dr)
{
    int B = states->B, H = decoder->H, R = decoder->R, top = decoder->layers - 1;
    int64_t row = (int64_t)t * B, rows = (int64_t)n * B;
    if (decoder->feeding) {
        rows_add(B, R, states->dfed, R, dr + row * R, R);
        read_out_backward(decoder, block, states, t, n, dr);
    }
    if (decoder->attends == ATTENDS_AFTER)
        attend_backward(decoder, block, states, t, n, states->dh[top] + row * H);
    for (int l = top; l >= 0; l--) {
        int within = l == 0 && decoder->attends == ATTENDS_WITHIN; // s' is carried on, not read
        if (within)
            look_within_backward(decoder, block, states, t);
        recurrent_backward(&decoder->layer[l], block, &states->layer[l], t, n,
                           within ? NULL : states->dh[l]);
        if (l) {
            real *dx = states->dh[l - 1] + row * H;
            recurrent_project_backward(&decoder->layer[l], block, &states->layer[l], row, rows, 0,
                                       H, dx, 0);
            drop(decoder, states, l, t, n, dx);
            if (decoder->residual)
                rows_add(rows, H, states->dh[l] + row * H, H, dx, H);
        }
    }
    if (decoder->J)
        look_back_backward(decoder, block, states, t);
}

void decoder_run(const struct decoder *decoder, const real *block, struct decoder_states *states,
                 const real *x)
{
    int stride = at_once(decoder, states);
    states->x = x;
    if (decoder->E)
        recurrent_project(&decoder->layer[0], block, &states->layer[0], 0,
                          (int64_t)states->T * states->B, 0, decoder->E, x, 0);
    else
        recurrent_clear(&decoder->layer[0], &states->layer[0]);
    if (decoder->joined)
        constant_add(&states->joined, states->T, states->B, states->layer[0].gates);
    for (int t = 0; t < states->T; t += stride)
        advance(decoder, block, states, t, stride);
    if (!decoder->feeding)
        read_out(decoder, block, states, 0, states->T);
}

static real *take(struct arena *arena, int64_t rows, int width)
{
    return arena_take(arena, (size_t)rows * (size_t)width, sizeof(real));
}

static void start_backward(const struct decoder *decoder, const real *block,
                           struct decoder_states *states, struct arena *arena)
{
    int64_t rows = (int64_t)states->T * states->B;
    for (int l = 0; l < decoder->layers; l++) {
        recurrent_start_backward(&decoder->layer[l], block, arena, &states->layer[l]);
        states->dh[l] = take(arena, rows, decoder->H);
    }
    if (decoder->attends == ATTENDS_WITHIN) {
        recurrent_start_backward(&decoder->second, block, arena, &states->second);
        states->second.dstate_h = states->layer[0].dstate_h;
        states->second.dstate_c = states->layer[0].dstate_c;
    }
    states->dbeside = take(arena, rows, decoder->J);
    if (decoder->feeding)
        states->dfed =
            arena_take_zeroed(arena, (size_t)states->B * (size_t)decoder->R, sizeof(real));
    if (stepwise_readout(decoder, states))
        readout_start_backward(&decoder->readout, block, states->B, arena, &states->readout);
    if (decoder->attends) {
        states->dc = take(arena, rows, decoder->M);
        for (int k = 0; k < decoder->sources; k++)
            attention_start_backward(&decoder->attention[k], block, arena, &states->attention[k]);
    }
}

/* (T, B, H): what the steps attended with. */
static const real *queries(const struct decoder *decoder, const struct decoder_states *states)
{
    int top = decoder->layers - 1;
    switch (decoder->attends) {
    case ATTENDS_BEFORE:
        return states->layer[top].h_before;
    case ATTENDS_WITHIN:
        return states->layer[0].h;
    default:
        return states->h[top];
    }
}

static void finish_attention(const struct decoder *decoder, const real *block, real *gradient,
                             struct decoder_states *states)
{
    int column = decoder->M;
    for (int k = decoder->sources - 1; k >= 0; k--) {
        column -= decoder->attention[k].M;
        attention_finish(&decoder->attention[k], block, gradient, &states->attention[k],
                         states->dc + column, decoder->M, queries(decoder, states));
    }
}

/* The gradients of all steps' parameters, and dx. */
static void finish(const struct decoder *decoder, const real *block, real *gradient,
                   struct decoder_states *states, const real *dr, real *dx)
{
    int E = decoder->E, H = decoder->H, top = decoder->layers - 1;
    int64_t rows = (int64_t)states->T * states->B;
    struct readout_input input = reads(decoder, states, 0);
    if (E)
        recurrent_project_backward(&decoder->layer[0], block, &states->layer[0], 0, rows, 0, E, dx,
                                   0);
    if (decoder->readout.R)
        readout_finish(&decoder->readout, block, gradient, rows, &input, dr, dx);
    for (int l = top; l >= 0; l--) {
        const real *x = l ? states->input[l] : states->x;
        if (l || E)
            recurrent_finish_input(&decoder->layer[l], gradient, &states->layer[l], 0, l ? H : E,
                                   x);
        recurrent_finish(&decoder->layer[l], gradient, &states->layer[l]);
    }
    if (decoder->J)
        recurrent_finish_input(&decoder->layer[0], gradient, &states->layer[0], E, decoder->J,
                               states->beside);
    if (decoder->attends == ATTENDS_WITHIN) {
        recurrent_finish_input(&decoder->second, gradient, &states->second, 0, decoder->M,
                               states->c);
        recurrent_finish(&decoder->second, gradient, &states->second);
    }
    if (decoder->attends)
        finish_attention(decoder, block, gradient, states);
}

/* dv (B, M) of the context that was joined to every step, NULL where none was. */
static real *join_backward(const struct decoder *decoder, const real *block, real *gradient,
                           const struct decoder_states *states, const real *dr, struct arena *arena)
{
    int B = states->B, T = states->T;
    if (!decoder->joined)
        return NULL;
    real *dv = take(arena, B, decoder->M);
    constant_backward(&states->joined, block, gradient, T, B, states->layer[0].gates, dv, 0, arena);
    if (decoder->readout.joined)
        constant_backward(&states->joined_readout, block, gradient, T, B, dr, dv, 1, arena);
    return dv;
}

/* The gradient of the first states, layers side by side, goes on to the context. */
static void hand_back(const struct decoder *decoder, const real *block, real *gradient,
                      const struct encoder *encoder, struct encoder_states *source,
                      struct decoder_states *states, const real *dr, struct arena *arena)
{
    int B = states->B, H = decoder->H;
    int64_t elements = (int64_t)B * H, layers = decoder->layers;
    real *dh = take(arena, layers * B, H);
    real *dc = decoder->context.memory ? take(arena, layers * B, H) : NULL;
    for (int l = 0; l < decoder->layers; l++) {
        rows_copy(B, H, states->layer[l].dstate_h, H, dh + l * elements, H);
        if (dc)
            rows_copy(B, H, states->layer[l].dstate_c, H, dc + l * elements, H);
    }
    context_backward(&decoder->context, block, gradient, encoder, source, &states->context, dh, dc,
                     join_backward(decoder, block, gradient, states, dr, arena), arena);
}

void decoder_backward(const struct decoder *decoder, const real *block, real *gradient,
                      const struct encoder *encoder, struct encoder_states *source,
                      struct decoder_states *states, real *dr, real *dx, struct arena *arena)
{
    int stride = at_once(decoder, states);
    start_backward(decoder, block, states, arena);
    if (!decoder->feeding)
        read_out_backward(decoder, block, states, 0, states->T, dr);
    for (int t = states->T - stride; t >= 0; t -= stride)
        retreat(decoder, block, states, t, stride, dr);
    finish(decoder, block, gradient, states, dr, dx);
    hand_back(decoder, block, gradient, encoder, source, states, dr, arena);
}
