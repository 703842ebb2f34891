/* What a shape chooses among: for each choice the list of its kinds, a row each: the enum's
 * constant, the name that a person types, and what must be known of the kind before it is made.
 * From a list come the enum, the names (of settings, --help, checkpoints and tests) and the table
 * of what the kinds do, each of which stands under its name in a later room. So a new cell or
 * attention is a row here, a file there and a test of its own; what goes through all kinds finds it
 * by itself. Files hold names, never numbers. */
#ifndef KINDS_H
#define KINDS_H

/* What is made of a list. */
#define KIND_CONSTANT(kind, ...) kind,
#define KIND_NAME(kind, ...) [kind] = KIND_WORD(__VA_ARGS__, ),
#define KIND_WORD(name, ...) #name
#define KIND_KNOWN(kind, name, ...) [kind] = {__VA_ARGS__},

/* clang-format off */

/* cell_NAME, declared in model/layers/cell.h. */
#define CELLS(ROW)                                                                                 \
    ROW(CELL_LSTM, lstm)                                                                           \
    ROW(CELL_GRU, gru)                                                                             \
    ROW(CELL_RNN, rnn)
enum cell_kind { CELLS(KIND_CONSTANT) CELL_KINDS };

/* context_NAME, in model/encoder/context.c: how first states come from the encoder. */
#define CONTEXTS(ROW)                                                                              \
    ROW(CONTEXT_LAST, last, .takes_over = 1)                                                       \
    ROW(CONTEXT_AFFINE, affine, .first_only = 1)                                                   \
    ROW(CONTEXT_MEAN, mean, 0)
enum context_kind { CONTEXTS(KIND_CONSTANT) CONTEXT_KINDS };
struct context_known {
    int takes_over; // they are the encoder's, layer by layer; else h_l = tanh(W_l v + b_l)
    int first_only; // has a meaning only where there are first states
};

/* What the decoder does with the context of a source; and where there is none. */
#define SOURCE_USES(ROW)                                                                           \
    ROW(CONTEXT_USE_ATTENTION, attention, .first = 1, .attends = 1)                                \
    ROW(CONTEXT_USE_FIRST, first, .first = 1)                                                      \
    ROW(CONTEXT_USE_EVERY, every, .joins = 1)                                                      \
    ROW(CONTEXT_USE_BOTH, both, .first = 1, .joins = 1)
#define ALL_USES(ROW)                                                                              \
    SOURCE_USES(ROW)                                                                               \
    ROW(CONTEXT_USE_NONE, none, 0)
enum context_use { ALL_USES(KIND_CONSTANT) CONTEXT_USES };
struct context_use_known {
    int first;   // it makes the first states, which else are zero
    int joins;   // it is joined to the input of every step and of the readout
    int attends; // every step attends
};

#define DECODERS(ROW)                                                                              \
    ROW(DECODER_PLAIN, plain)                                                                      \
    ROW(DECODER_CONDITIONAL, conditional)
enum decoder_kind { DECODERS(KIND_CONSTANT) DECODER_KINDS };

/* Which state of a plain decoder attends. */
#define STATES(ROW)                                                                                \
    ROW(ATTENTION_PREVIOUS, previous)                                                              \
    ROW(ATTENTION_CURRENT, current)
enum attention_state { STATES(KIND_CONSTANT) ATTENTION_STATES };

/* attention_NAME, declared in model/decoder/attention.h. */
#define ATTENTIONS(ROW)                                                                            \
    ROW(ATTENTION_ADDITIVE, additive, ATTENTION_PREVIOUS, CONTEXT_MEAN, .sized = 1)                \
    ROW(ATTENTION_DOT, dot, ATTENTION_CURRENT, CONTEXT_LAST, .equal = 1)                           \
    ROW(ATTENTION_GENERAL, general, ATTENTION_CURRENT, CONTEXT_LAST, .equal = 0)
enum attention_kind { ATTENTIONS(KIND_CONSTANT) ATTENTION_KINDS };
struct attention_known {
    enum attention_state state; // of these two what is taken unless told
    enum context_kind context;
    int sized; // by attention-hidden
    int equal; // query and memory are equally wide
};

/* head_NAME, declared in model/head.h: N to M, N to N in step, N to 1. */
#define ALL_HEADS(ROW)                                                                             \
    ROW(HEAD_DECODE, decode)                                                                       \
    ROW(HEAD_STEP, step)                                                                           \
    ROW(HEAD_POOL, pool)
enum head { ALL_HEADS(KIND_CONSTANT) HEADS };

/* pooling_NAME, declared in model/encoder/pooling.h. */
#define ALL_POOLINGS(ROW)                                                                          \
    ROW(POOLING_LAST, last, 0)                                                                     \
    ROW(POOLING_MEAN, mean, 0)                                                                     \
    ROW(POOLING_MAX, max, 0)                                                                       \
    ROW(POOLING_ATTENTION, attention, .sized = 1)
enum pooling_kind { ALL_POOLINGS(KIND_CONSTANT) POOLINGS };
struct pooling_known {
    int sized; // by attention-hidden
};

/* Of vectors. */
#define INPUTS(ROW)                                                                                \
    ROW(INPUT_LINEAR, linear)                                                                      \
    ROW(INPUT_TANH, tanh)
enum input_kind { INPUTS(KIND_CONSTANT) INPUT_KINDS };

/* clang-format on */

/* The names in the order of the enums; behind the last is NULL. */
extern const char *const kinds_cells[], *const kinds_contexts[], *const kinds_context_uses[];
extern const char *const kinds_source_uses[], *const kinds_decoders[];
extern const char *const kinds_attentions[], *const kinds_attention_states[];
extern const char *const kinds_poolings[], *const kinds_inputs[];

extern const struct context_known context_known[CONTEXT_KINDS];
extern const struct context_use_known context_use_known[CONTEXT_USES];
extern const struct attention_known attention_known[ATTENTION_KINDS];
extern const struct pooling_known pooling_known[POOLINGS];

#endif
