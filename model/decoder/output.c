#include "model/decoder/output.h"
#include "model/product/natural.h"
#include "model/product/product.h"
#include "model/product/threads.h"
#include "model/product/vector.h"

enum {
    BLOCK = 256,   // of a row's logits, looked at together
    COLUMNS = 1024 // of one piece of the bias's gradient
};

/* One row: x (V) are logits without bias. Returns the loss; x becomes its gradient if wanted.
 *     p = softmax(x + b)        q_j = (1 - e) [j = t] + e / V
 *     L = -sum_j q_j log p_j = log sum_j exp(x_j - m) - (1 - e) (x_t - m) - e / V sum_j (x_j - m)
 *     dL/dx_j = p_j - q_j */
VECTOR_CLONES
static double row_loss(const struct output *output, real *x, int target, double smoothing,
                       int gradient)
{
    int V = output->V;
    const real *bias = output->bias;
    for (int j = 0; j < V; j++)
        x[j] += bias[j];
    real most = vector_largest(x, V), share = (real)(smoothing / V);
    double right = (double)x[target] - most, all = 0;
    if (smoothing > 0)
        all = vector_sum(x, V) - (double)V * most;
    for (int j = 0; j < V; j++)
        x[j] = vector_exp(x[j] - most);
    double sum = vector_sum(x, V);
    if (gradient) {
        real scale = (real)(1 / sum);
        for (int j = 0; j < V; j++)
            x[j] = x[j] * scale - share;
        x[target] -= (real)(1 - smoothing);
    }
    return natural_log(sum) - (1 - smoothing) * right - smoothing / V * all;
}

/* In the order of the rows; four of them in one pass over the sums. */
VECTOR_CLONES
static void add_rows(const real *x, int64_t rows, int stride, int columns, real *restrict sums)
{
    int64_t i = 0;
    for (; i + 4 <= rows; i += 4) {
        const real *a = x + i * stride, *b = a + stride, *c = b + stride, *d = c + stride;
        for (int j = 0; j < columns; j++)
            sums[j] = (((sums[j] + a[j]) + b[j]) + c[j]) + d[j];
    }
    for (; i < rows; i++)
        for (int j = 0; j < columns; j++)
            sums[j] += x[i * stride + j];
}

/* Rows of a chunk. Fewer make slow products (the weights' gradient sums over them): at V = 8000, R
 * = 512 chunks of 64, 128, 256, 512 reach 67, 73, 77, 76 of 92 GFLOP/s. */
static int chunk_rows(int V)
{
    const int logits = 1 << 21, least = 128, most = 512, grain = 16;
    int rows = logits / V / grain * grain;
    return rows < least ? least : rows > most ? most : rows;
}

/* dr = dx V, dV += dx^T r, db += sum of rows of dx */
static void chunk_backward(const struct output *output, const real *dx, const real *r, int rows,
                           real *dr, real *dweights, real *dbias)
{
    int V = output->V, R = output->R, pieces = (V + COLUMNS - 1) / COLUMNS;
    product(PRODUCT_NN, rows, R, V, dx, V, output->weights, R, 0, dr, R);
    product(PRODUCT_TN, V, R, rows, dx, V, r, R, 1, dweights, R);
#pragma omp parallel for num_threads(threads()) schedule(static) if (pieces > 1 && threads() > 1)
    for (int p = 0; p < pieces; p++) {
        int first = p * COLUMNS;
        add_rows(dx + first, rows, V, V - first < COLUMNS ? V - first : COLUMNS, dbias + first);
    }
}

void output_loss(const struct output *output, const real *r, const int32_t *targets, int64_t rows,
                 double smoothing, double *losses, real *dr, real *dweights, real *dbias,
                 struct arena *arena)
{
    if (rows == 0)
        return;
    int64_t V = output->V, R = output->R, most = chunk_rows(output->V);
    most = most < rows ? most : rows;
    real *x = arena_take(arena, (size_t)(most * V), sizeof(real)); // (most, V)
    for (int64_t first = 0; first < rows; first += most) {
        int count = (int)(rows - first < most ? rows - first : most);
        product(PRODUCT_NT, count, output->V, output->R, r + first * R, output->R, output->weights,
                output->R, 0, x, output->V);
#pragma omp parallel for num_threads(threads()) schedule(static) if (threads() > 1)
        for (int i = 0; i < count; i++)
            losses[first + i] =
                row_loss(output, x + i * V, targets[first + i], smoothing, dr != NULL);
        if (dr)
            chunk_backward(output, x, r + first * R, count, dr + first * R, dweights, dbias);
    }
}

void output_logits(const struct output *output, const struct packed *packed, const real *r,
                   int64_t rows, real *logits)
{
    if (packed)
        packed_product(packed, (int)rows, r, output->R, 0, logits, output->V);
    else
        product(PRODUCT_NT, (int)rows, output->V, output->R, r, output->R, output->weights,
                output->R, 0, logits, output->V);
}

/* Behind what is as likely; what is the last of `most` leaves. Returns how many there are. */
static inline int put(struct likely *likely, int count, int most, int32_t symbol, real value)
{
    int place = count < most ? count++ : most - 1;
    for (; place > 0 && likely[place - 1].value < value; place--)
        likely[place] = likely[place - 1];
    likely[place] = (struct likely){symbol, value};
    return count;
}

/* A block at a time: logits are read once, and what is looked at again is in the first cache. */
VECTOR_CLONES
int output_likeliest(const struct output *output, const real *logits, int first, int most,
                     struct likely *likely, int count)
{
    real x[BLOCK] = {0};
    for (int block = first; block < output->V; block += BLOCK) {
        int columns = output->V - block < BLOCK ? output->V - block : BLOCK;
        for (int i = 0; i < columns; i++)
            x[i] = logits[block + i] + output->bias[block + i];
        real least = count < most ? -INFINITY : likely[most - 1].value;
        if (!(vector_largest(x, columns) > least))
            continue;
        for (int i = 0; i < columns; i++)
            if (x[i] > least) {
                count = put(likely, count, most, block + i, x[i]);
                least = count < most ? -INFINITY : likely[most - 1].value;
            }
    }
    return count;
}

VECTOR_CLONES
double output_log_sum(const struct output *output, real *logits)
{
    int V = output->V;
    for (int j = 0; j < V; j++)
        logits[j] += output->bias[j];
    real most = vector_largest(logits, V);
    for (int j = 0; j < V; j++)
        logits[j] = vector_exp(logits[j] - most);
    return natural_log(vector_sum(logits, V)) + (double)most;
}

/* weights = e^((x - most) / temperature) of the symbols [block, block + count), x = logits + b. */
static inline void weigh(const struct output *output, const real *logits, int block, int count,
                         real most, real temperature, real *weights)
{
    for (int i = 0; i < count; i++)
        weights[i] = vector_exp((logits[block + i] + output->bias[block + i] - most) / temperature);
}

/* Twice through the symbols in order: for the sum, then to where it reaches its share. */
VECTOR_CLONES
int output_draw(const struct output *output, const real *logits, int first, double temperature,
                double uniform)
{
    real weights[BLOCK] = {0};
    struct likely top;
    if (!output_likeliest(output, logits, first, 1, &top, 0))
        return first;
    int V = output->V, drawn = top.symbol;
    double total = 0, sum = 0;
    for (int block = first; block < V; block += BLOCK) {
        int count = V - block < BLOCK ? V - block : BLOCK;
        weigh(output, logits, block, count, top.value, (real)temperature, weights);
        for (int i = 0; i < count; i++)
            total += weights[i];
    }
    for (int block = first; block < V; block += BLOCK) {
        int count = V - block < BLOCK ? V - block : BLOCK;
        weigh(output, logits, block, count, top.value, (real)temperature, weights);
        for (int i = 0; i < count; i++) {
            if (weights[i] > 0)
                drawn = block + i;
            sum += weights[i];
            if (sum > uniform * total)
                return drawn;
        }
    }
    return drawn;
}
