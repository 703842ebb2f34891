/* The table of parameters: each is a named view of one block, in the order in which backward
 * finishes them. Gradients and moments are blocks of the same layout. parameters_add gives each its
 * place; views start on 16 reals (64 bytes in float; the gap is zero and stays zero, as its
 * gradient is). */
#ifndef PARAMETERS_H
#define PARAMETERS_H

#include "model/product/real.h"
#include <stdint.h>

enum initial {
    INITIAL_ZERO,
    INITIAL_ONE,
    INITIAL_FORGET,     // zero, but one for the forget gate (the second quarter)
    INITIAL_GLOROT,     // uniform in +-sqrt(6 / (in + out)), the fan of each gate by itself
    INITIAL_ORTHOGONAL, // each gate's square matrix
    INITIAL_EMBEDDING   // normal, deviation 1 / sqrt(columns)
};

struct parameter {
    char name[64];
    int rows, columns; // (rows, columns); a vector has columns = 0
    int gates;         // rows are this many gates of equal size
    enum initial initial;
    int64_t first; // place in the block, in reals
};
struct parameters {
    struct parameter *list;
    int count;
    int64_t total; // reals in the block
};

void parameters_init(struct parameters *parameters);
void parameters_release(struct parameters *parameters);
/* Returns the parameter's number. Names are unique (require). columns 0: a vector of `rows`. */
int parameters_add(struct parameters *parameters, const char *name, int rows, int columns,
                   int gates, enum initial initial);
int64_t parameter_elements(const struct parameter *parameter);
int64_t parameters_end(const struct parameters *parameters,
                       int i); // of its place, with the gap behind it
int64_t parameters_elements(const struct parameters *parameters); // of all, gaps not counted
const struct parameter *parameters_find(const struct parameters *parameters,
                                        const char *name); // or NULL

/* Initial weights into the block: RANDOM_WEIGHTS, keyed by seed, indexed by the hash of the name
 * and the element. */
void parameters_initialise(const struct parameters *parameters, uint64_t seed, real *block);

#endif
