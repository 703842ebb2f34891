/* From what stands at a place to what a layer reads of it, x:
 *     symbols   the symbol's embedding, beside it the embedding of each of its features
 *     vectors   x = W v + b, or tanh of it (shape.input)
 * Of each source, and of what was emitted before a decoder's step. Dropout of x (dropout-embedding)
 * happens here. Parameters: PREFIX.embedding (V, E) and PREFIX.feature.K, or PREFIX.input
 * (E, dimension) and PREFIX.input_bias. Calling sequence: input_forward, input_backward. */
#ifndef INPUT_H
#define INPUT_H

#include "comm/base/memory.h"
#include "comm/base/random.h"
#include "model/layers/dense.h"
#include "model/layers/recurrent.h"
#include "model/shape/shape.h"

struct input_table { // of embeddings
    int V, E;
    int64_t place; // (V, E)
};
struct input {
    enum form form;
    int cells, width;                            // of a place; of x
    struct input_table table[1 + FEATURES_MOST]; // of each cell
    struct dense dense;
    double dropout;
    int variational; // one mask over all steps
    enum random_purpose purpose;
    uint64_t masks; // where its masks begin, so that no two inputs have the same
};
void input_init(struct input *input, const struct shape *shape, enum side side,
                struct parameters *parameters);

/* What stands at some places: symbols (rows, cells) or values (rows, cells). */
struct input_places {
    int64_t rows;
    const int32_t *symbols;
    const real *values;
};
struct input_states {
    struct input_places places; // kept
    struct steps steps;         // likewise
    real *x;                    // (rows, width), dropped
    const real *whole;          // before it was dropped, where backward asks for it
};

/* x (rows, width), without dropout; for the search. */
void input_apply(const struct input *input, const real *block, const struct input_places *places,
                 real *x);
/* steps: how the places are packed. key NULL: no dropout. */
void input_forward(const struct input *input, const real *block, const struct input_places *places,
                   const struct steps *steps, const struct random_key *key, struct arena *arena,
                   struct input_states *states);
/* dx (rows, width), overwritten. Adds to the gradient. */
void input_backward(const struct input *input, const real *block, real *gradient,
                    const struct random_key *key, const struct input_states *states, real *dx);

/* Multiply-adds of a place in forward; backward has as many, for the weights alone. Bytes of the
 * arena for so many places, dx among them. */
int64_t input_cost(const struct input *input);
int64_t input_memory(const struct input *input, int64_t rows);

#endif
