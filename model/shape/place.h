/* How a part of the model adds its parameters: under a prefix of its own ("encoder.0.forward"),
 * and remembering their places in the block, so that `block + place` is the parameter and
 * `gradient + place` its gradient. A parameter that a shape does not have has the place
 * PLACE_NONE. */
#ifndef PLACE_H
#define PLACE_H

#include "model/shape/parameters.h"

enum { PLACE_NONE = -1 };

/* Adds PREFIX.NAME (rows, columns), as parameters_add, and returns its place. */
int64_t place_add(struct parameters *parameters, const char *prefix, const char *name, int rows,
                  int columns, int gates, enum initial initial);

#endif
