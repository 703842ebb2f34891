#include "model/shape/kinds.h"
#include <stddef.h>

const char *const kinds_cells[] = {CELLS(KIND_NAME) NULL};
const char *const kinds_contexts[] = {CONTEXTS(KIND_NAME) NULL};
const char *const kinds_context_uses[] = {ALL_USES(KIND_NAME) NULL};
const char *const kinds_source_uses[] = {SOURCE_USES(KIND_NAME) NULL};
const char *const kinds_decoders[] = {DECODERS(KIND_NAME) NULL};
const char *const kinds_attentions[] = {ATTENTIONS(KIND_NAME) NULL};
const char *const kinds_attention_states[] = {STATES(KIND_NAME) NULL};
const char *const kinds_poolings[] = {ALL_POOLINGS(KIND_NAME) NULL};
const char *const kinds_inputs[] = {INPUTS(KIND_NAME) NULL};

const struct context_known context_known[] = {CONTEXTS(KIND_KNOWN)};
const struct context_use_known context_use_known[] = {ALL_USES(KIND_KNOWN)};
const struct attention_known attention_known[] = {ATTENTIONS(KIND_KNOWN)};
const struct pooling_known pooling_known[] = {ALL_POOLINGS(KIND_KNOWN)};
