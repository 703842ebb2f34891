#include "model/shape/parameters.h"
#include "comm/base/die.h"
#include "comm/base/hash.h"
#include "comm/base/memory.h"
#include "comm/base/points.h"
#include "comm/base/random.h"
#include "model/product/threads.h"
#include "model/product/vector.h"
#include <stdbool.h>
#include <stdio.h>

enum { ALIGNMENT = 16 }; // reals

static int64_t align(int64_t reals)
{
    return (reals + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

void parameters_init(struct parameters *parameters)
{
    memset(parameters, 0, sizeof(*parameters));
}

void parameters_release(struct parameters *parameters)
{
    memory_free(parameters->list);
    parameters_init(parameters);
}

int parameters_add(struct parameters *parameters, const char *name, int rows, int columns,
                   int gates, enum initial initial)
{
    require(rows > 0 && columns >= 0 && gates > 0 && rows % gates == 0);
    require(initial != INITIAL_ORTHOGONAL || rows / gates == columns);
    require(initial != INITIAL_FORGET || gates == 4);
    require(initial < INITIAL_GLOROT || columns > 0);
    require(!parameters_find(parameters, name));
    size_t bytes = (size_t)parameters->count * sizeof(struct parameter);
    parameters->list = memory_grow(parameters->list, bytes, bytes + sizeof(struct parameter));
    struct parameter *parameter = &parameters->list[parameters->count];
    *parameter = (struct parameter){.rows = rows,
                                    .columns = columns,
                                    .gates = gates,
                                    .initial = initial,
                                    .first = parameters->total};
    int length = snprintf(parameter->name, sizeof(parameter->name), "%s", name);
    require(length > 0 && (size_t)length < sizeof(parameter->name));
    parameters->total += align(parameter_elements(parameter));
    return parameters->count++;
}

int64_t parameter_elements(const struct parameter *parameter)
{
    return (int64_t)parameter->rows * (parameter->columns ? parameter->columns : 1);
}

int64_t parameters_end(const struct parameters *parameters, int i)
{
    return i + 1 < parameters->count ? parameters->list[i + 1].first : parameters->total;
}

int64_t parameters_elements(const struct parameters *parameters)
{
    int64_t elements = 0;
    for (int i = 0; i < parameters->count; i++)
        elements += parameter_elements(&parameters->list[i]);
    return elements;
}

const struct parameter *parameters_find(const struct parameters *parameters, const char *name)
{
    for (int i = 0; i < parameters->count; i++)
        if (strcmp(parameters->list[i].name, name) == 0)
            return &parameters->list[i];
    return NULL;
}

/* Eight partial sums. */
static double sum_of(const double sums[8])
{
    return ((sums[0] + sums[4]) + (sums[2] + sums[6])) +
           ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}

/* x . y */
VECTOR_CLONES
static double dot(const double *x, const double *y, int count)
{
    double sums[8] = {0};
    int i = 0;
    for (; i + 8 <= count; i += 8)
        for (int l = 0; l < 8; l++)
            sums[l] += x[i + l] * y[i + l];
    for (int l = 0; i < count; i++, l++)
        sums[l] += x[i] * y[i];
    return sum_of(sums);
}

typedef double four __attribute__((vector_size(32)));

/* y -= scale x; returns y . next, where next may be y: in one pass, as the rows of a large matrix
 * come from afar. */
VECTOR_CLONES
static double subtract(double scale, const double *x, double *y, const double *next, int count)
{
    four halves[2] = {{0}};
    double sums[8];
    int i = 0;
    for (; i + 8 <= count; i += 8)
        for (int h = 0; h < 2; h++) {
            int at = i + 4 * h;
            four rest, less, with;
            memcpy(&rest, y + at, sizeof rest);
            memcpy(&less, x + at, sizeof less);
            rest -= scale * less;
            memcpy(y + at, &rest, sizeof rest);
            memcpy(&with, next + at, sizeof with); // which may be y
            halves[h] += rest * with;
        }
    for (int h = 0; h < 2; h++)
        memcpy(sums + 4 * h, &halves[h], sizeof halves[h]);
    for (int l = 0; i < count; i++, l++) {
        y[i] -= scale * x[i];
        sums[l] += y[i] * next[i];
    }
    return sum_of(sums);
}

/* Rows of q (n, n) made orthonormal: modified Gram-Schmidt, each row twice (Giraud & Langou 2002:
 * twice is enough). */
static void orthonormalise(double *q, int n)
{
    for (int i = 0; i < n; i++) {
        point_alive();
        double *row = q + (int64_t)i * n, product = dot(row, q, n); // with the row that comes next
        for (int j = 0; j < 2 * i; j++) {
            const double *next = j + 1 < 2 * i ? q + (int64_t)((j + 1) % i) * n : row;
            product = subtract(product, q + (int64_t)(j % i) * n, row, next, n);
        }
        double scale = 1 / sqrt(product);
        for (int k = 0; k < n; k++)
            row[k] *= scale;
    }
}

static void orthogonal(const struct parameter *parameter, const struct random_key *key,
                       real *weights)
{
    int n = parameter->columns;
    int64_t elements = (int64_t)n * n;
    double *q = memory_take((size_t)(elements * parameter->gates) * sizeof(double));
#pragma omp parallel for num_threads(threads()) schedule(static) if (threads() > 1)
    for (int gate = 0; gate < parameter->gates; gate++) {
        int64_t first = gate * elements;
        random_normals(key, (uint64_t)first, elements, q + first);
        orthonormalise(q + first, n);
        for (int64_t i = first; i < first + elements; i++)
            weights[i] = (real)q[i];
    }
    memory_free(q);
}

/* What the threads share of a parameter whose elements are drawn one by one. */
struct drawn {
    const struct parameter *parameter;
    struct random_key key;
    double scale; // limit of the uniform ones, deviation of the normal ones
    real *weights;
};
enum { PIECE = 4096 };

static void draw_piece(void *drawn_, int64_t piece)
{
    const struct drawn *drawn = drawn_;
    double numbers[PIECE];
    int64_t first = piece * PIECE, left = parameter_elements(drawn->parameter) - first;
    int64_t count = left < PIECE ? left : PIECE;
    real *weights = drawn->weights + first;
    bool normal = drawn->parameter->initial == INITIAL_EMBEDDING;
    if (normal)
        random_normals(&drawn->key, (uint64_t)first, count, numbers);
    else
        random_uniforms(&drawn->key, (uint64_t)first, count, numbers);
    for (int64_t i = 0; i < count; i++)
        weights[i] = (real)(drawn->scale * (normal ? numbers[i] : 2 * numbers[i] - 1));
}

static void initialise_one(const struct parameter *parameter, uint64_t seed, real *weights)
{
    uint64_t hash = hash_text(parameter->name);
    struct random_key key = {seed, RANDOM_WEIGHTS, (uint32_t)hash, (uint32_t)(hash >> 32) & 0xffff};
    int64_t elements = parameter_elements(parameter);
    double fan = parameter->columns + (double)(parameter->rows / parameter->gates);
    double limit = sqrt(6 / fan), deviation = 1 / sqrt(parameter->columns);
    struct drawn drawn = {parameter, key, limit, weights};
    switch (parameter->initial) {
    case INITIAL_ZERO:
        break;
    case INITIAL_ONE:
        for (int64_t i = 0; i < elements; i++)
            weights[i] = 1;
        break;
    case INITIAL_FORGET:
        for (int64_t i = elements / 4; i < elements / 2; i++)
            weights[i] = 1;
        break;
    case INITIAL_EMBEDDING:
        drawn.scale = deviation; // fall through
    case INITIAL_GLOROT:
        threads_run((elements + PIECE - 1) / PIECE, draw_piece, &drawn);
        break;
    case INITIAL_ORTHOGONAL:
        orthogonal(parameter, &key, weights);
        break;
    }
}

void parameters_initialise(const struct parameters *parameters, uint64_t seed, real *block)
{
    memset(block, 0, (size_t)parameters->total * sizeof(real));
    for (int i = 0; i < parameters->count; i++)
        initialise_one(&parameters->list[i], seed, block + parameters->list[i].first);
}
