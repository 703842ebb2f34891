#include "model/layers/layer_norm.h"
#include "model/product/rows.h"
#include "model/product/threads.h"
#include "model/product/vector.h"
#include "model/shape/place.h"

/* The sum of x y; of x where y is NULL. */
static inline real sum(int H, const real *x, const real *y)
{
    struct lanes lanes = {0};
    int j = 0;
    for (; j + (int)LANES <= H; j += (int)LANES)
        if (y)
            lanes_add_product(&lanes, x + j, y + j);
        else
            lanes_add(&lanes, x + j);
    real total = lanes_total(&lanes);
    for (; j < H; j++)
        total += y ? x[j] * y[j] : x[j];
    return total;
}

VECTOR_CLONES
real layer_norm_vector(int H, const real *x, real *y)
{
    real mean = sum(H, x, NULL) / (real)H;
    for (int j = 0; j < H; j++)
        y[j] = x[j] - mean;
    real scale = 1 / (real)sqrt((double)(sum(H, y, y) / (real)H) + 1e-5);
    for (int j = 0; j < H; j++)
        y[j] *= scale;
    return scale;
}

/* With d = gain dy: dx = scale (d - mean d - y mean(d y)) */
VECTOR_CLONES
void layer_norm_vector_backward(int H, const real *gain, const real *y, real scale, const real *dy,
                                real *dx)
{
    struct lanes lanes[2] = {{{{0}}}};
    int j = 0;
    for (; j + (int)LANES <= H; j += (int)LANES) {
        real d[LANES];
        for (int l = 0; l < (int)LANES; l++)
            d[l] = gain[j + l] * dy[j + l];
        lanes_add(&lanes[0], d);
        lanes_add_product(&lanes[1], d, y + j);
    }
    real mean = lanes_total(&lanes[0]), along = lanes_total(&lanes[1]);
    for (; j < H; j++) {
        mean += gain[j] * dy[j];
        along += gain[j] * dy[j] * y[j];
    }
    mean /= (real)H;
    along /= (real)H;
    for (j = 0; j < H; j++)
        dx[j] = scale * (gain[j] * dy[j] - mean - y[j] * along);
}

void layer_norm_init(struct layer_norm *norm, struct parameters *parameters, const char *prefix,
                     int G, int K, int H, int memory)
{
    *norm = (struct layer_norm){
        .G = G, .K = K, .H = H, .memory = PLACE_NONE, .memory_bias = PLACE_NONE};
    norm->input = place_add(parameters, prefix, "norm_input", G * H, 0, G, INITIAL_ONE);
    norm->recurrent = place_add(parameters, prefix, "norm_recurrent", G * H, 0, G, INITIAL_ONE);
    if (memory) {
        norm->memory = place_add(parameters, prefix, "norm_memory", H, 0, 1, INITIAL_ONE);
        norm->memory_bias =
            place_add(parameters, prefix, "norm_memory_bias", H, 0, 1, INITIAL_ZERO);
    }
}

void layer_norm_start(const struct layer_norm *norm, int64_t N, int B, struct arena *arena,
                      struct layer_norm_states *states)
{
    size_t rows = (size_t)N, G = (size_t)norm->G, H = (size_t)norm->H;
    states->input = arena_take(arena, rows * G * H, sizeof(real));
    states->recurrent = arena_take(arena, rows * G * H, sizeof(real));
    states->input_scale = arena_take(arena, rows * G, sizeof(real));
    states->recurrent_scale = arena_take(arena, rows * G, sizeof(real));
    states->memory = arena_take(arena, (size_t)B * H, sizeof(real));
}

/* a = [a +] gain y */
VECTOR_CLONES
static void gained(int H, const real *restrict gain, const real *restrict y, int add,
                   real *restrict a)
{
    if (add)
        for (int j = 0; j < H; j++)
            a[j] += gain[j] * y[j];
    else
        for (int j = 0; j < H; j++)
            a[j] = gain[j] * y[j];
}

/* The gates joined, or those apart: [first, last). */
static int first_of(const struct layer_norm *norm, const real *apart)
{
    return apart ? norm->G - norm->K : 0;
}

static int last_of(const struct layer_norm *norm, const real *apart)
{
    return apart ? norm->G : norm->G - norm->K;
}

static void forward_row(const struct layer_norm *norm, const real *block,
                        struct layer_norm_states *states, int64_t row, real *gates, real *apart)
{
    int G = norm->G, H = norm->H, first = first_of(norm, apart), last = last_of(norm, apart);
    for (int g = first; g < last; g++) {
        int64_t at = (row * G + g) * H;
        const real *gain_x = block + norm->input + (int64_t)g * H;
        const real *gain_u = block + norm->recurrent + (int64_t)g * H;
        real *a = gates + (int64_t)g * H, *u = apart ? apart + (int64_t)(g - first) * H : a;
        states->input_scale[row * G + g] = layer_norm_vector(H, a, states->input + at);
        states->recurrent_scale[row * G + g] =
            layer_norm_vector(H, states->recurrent + at, states->recurrent + at);
        gained(H, gain_x, states->input + at, 0, a);
        gained(H, gain_u, states->recurrent + at, !apart, u);
    }
}

void layer_norm_forward(const struct layer_norm *norm, const real *block,
                        struct layer_norm_states *states, int64_t row, int rows, real *gates,
                        real *apart)
{
    int width = norm->G * norm->H, K = norm->K * norm->H;
#pragma omp parallel for num_threads(threads())                                                    \
    schedule(static) if (threads() > 1 && rows * width > ROWS_SHARED)
    for (int b = 0; b < rows; b++)
        forward_row(norm, block, states, row + b, gates + (int64_t)b * width,
                    apart ? apart + (int64_t)b * K : NULL);
}

void layer_norm_start_backward(const struct layer_norm *norm, int B, struct arena *arena,
                               struct layer_norm_states *states)
{
    size_t H = (size_t)norm->H, gates = (size_t)norm->G * H, apart = (size_t)norm->K * H;
    states->dinput = arena_take_zeroed(arena, gates, sizeof(real));
    states->drecurrent = arena_take_zeroed(arena, gates, sizeof(real));
    states->dbias = arena_take_zeroed(arena, gates, sizeof(real));
    states->dapart_bias = arena_take_zeroed(arena, apart, sizeof(real));
    states->dmemory = arena_take(arena, (size_t)B * H, sizeof(real));
    states->work = arena_take(arena, (size_t)B * H, sizeof(real));
    states->dmemory_gain = arena_take_zeroed(arena, H, sizeof(real));
    states->dmemory_bias = arena_take_zeroed(arena, H, sizeof(real));
}

static void sum_up(const struct layer_norm *norm, struct layer_norm_states *states, int64_t row,
                   int rows, const real *gates, const real *apart)
{
    int H = norm->H, G = norm->G * H, K = norm->K * H;
    int first = first_of(norm, apart) * H, width = last_of(norm, apart) * H - first;
    const real *da = gates + first, *du = apart ? apart : da;
    rows_sum(rows, width, da, G, states->dbias + first);
    rows_sum_products(rows, width, da, G, states->input + row * G + first, G,
                      states->dinput + first);
    rows_sum_products(rows, width, du, apart ? K : G, states->recurrent + row * G + first, G,
                      states->drecurrent + first);
    if (apart)
        rows_sum(rows, K, apart, K, states->dapart_bias);
    else if (norm->memory != PLACE_NONE) {
        rows_sum_products(rows, H, states->dmemory, H, states->memory, H, states->dmemory_gain);
        rows_sum(rows, H, states->dmemory, H, states->dmemory_bias);
    }
}

static void backward_row(const struct layer_norm *norm, const real *block,
                         struct layer_norm_states *states, int64_t row, real *gates,
                         const real *apart)
{
    int G = norm->G, H = norm->H, first = first_of(norm, apart), last = last_of(norm, apart);
    for (int g = first; g < last; g++) {
        int64_t at = (row * G + g) * H, gain = (int64_t)g * H;
        real *da = gates + gain, *recurrent = states->recurrent + at;
        const real *du = apart ? apart + (int64_t)(g - first) * H : da;
        layer_norm_vector_backward(H, block + norm->recurrent + gain, recurrent,
                                   states->recurrent_scale[row * G + g], du, recurrent);
        layer_norm_vector_backward(H, block + norm->input + gain, states->input + at,
                                   states->input_scale[row * G + g], da, da);
    }
}

void layer_norm_backward(const struct layer_norm *norm, const real *block,
                         struct layer_norm_states *states, int64_t row, int rows, real *gates,
                         const real *apart)
{
    int width = norm->G * norm->H, K = norm->K * norm->H;
    sum_up(norm, states, row, rows, gates, apart);
#pragma omp parallel for num_threads(threads())                                                    \
    schedule(static) if (threads() > 1 && rows * width > ROWS_SHARED)
    for (int b = 0; b < rows; b++)
        backward_row(norm, block, states, row + b, gates + (int64_t)b * width,
                     apart ? apart + (int64_t)b * K : NULL);
}

void layer_norm_finish(const struct layer_norm *norm, const struct layer_norm_states *states,
                       int64_t bias, int64_t apart_bias, real *gradient)
{
    int H = norm->H, G = norm->G * H;
    rows_sum(1, G, states->dinput, G, gradient + norm->input);
    rows_sum(1, G, states->drecurrent, G, gradient + norm->recurrent);
    rows_sum(1, G, states->dbias, G, gradient + bias);
    if (apart_bias != PLACE_NONE)
        rows_sum(1, norm->K * H, states->dapart_bias, norm->K * H, gradient + apart_bias);
    if (norm->memory != PLACE_NONE) {
        rows_sum(1, H, states->dmemory_gain, H, gradient + norm->memory);
        rows_sum(1, H, states->dmemory_bias, H, gradient + norm->memory_bias);
    }
}

int64_t layer_norm_memory(const struct layer_norm *norm)
{
    return 2 * (int64_t)norm->G * (norm->H + 1);
}
