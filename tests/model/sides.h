/* The sides of a translation, for a shape's initializer: two vocabularies, ends on both. */
#ifndef TEST_SIDES_H
#define TEST_SIDES_H

#include "model/shape/shape.h"

#define SIDES_OF(source_symbols, target_symbols)                                                   \
    .side = {[SOURCE] = {.form = FORM_SYMBOLS, .vocabulary = (source_symbols), .end = 1},          \
             [TARGET] = {.form = FORM_SYMBOLS, .vocabulary = (target_symbols), .end = 1}}

#endif
