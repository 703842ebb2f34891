#include "model/shape/place.h"
#include "comm/base/die.h"
#include <stdio.h>

int64_t place_add(struct parameters *parameters, const char *prefix, const char *name, int rows,
                  int columns, int gates, enum initial initial)
{
    char full[sizeof parameters->list->name];
    int length = snprintf(full, sizeof full, "%s.%s", prefix, name);
    require(length > 0 && (size_t)length < sizeof full);
    int number = parameters_add(parameters, full, rows, columns, gates, initial);
    return parameters->list[number].first;
}
