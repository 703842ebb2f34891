/* What is looked at in a SentencePiece model before the library reads it. Its table of
 * normalisation (precompiled_charsmap, in normalizer_spec or denormalizer_spec) is followed without
 * a look at its bounds, so a forged one makes the library read anywhere. Ours have none: they
 * normalise by `identity`. Private to io. */
#ifndef PIECES_MODEL_H
#define PIECES_MODEL_H

#include "comm/base/reason.h"
#include <stddef.h>

/* Is it a protobuf message without such a table? */
bool pieces_model_check(const char *model, size_t length, struct reason *why);

#endif
