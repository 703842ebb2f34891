/* Every model that the tables can make: the product of the tables' rows, and of each some draws of
 * all switches, such that every pair of two switches' values, and of a row and a switch's value, is
 * drawn (every_combination_is_checked_or_refused.c asserts it). A row of a product's table is here
 * by itself; a new table, or a new switch, is a line in one of the two lists below. Sizes are tiny
 * and uneven where the combination allows, equal where it asks for it. */
#ifndef COMBINATIONS_H
#define COMBINATIONS_H

#include "comm/base/die.h"
#include "comm/base/random.h"
#include "tests/model/sides.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

static const struct combination_table {
    size_t member; // of struct shape, an enum
    const char *const *names;
} combination_tables[] = {
    {offsetof(struct shape, cell), kinds_cells},
    {offsetof(struct shape, context), kinds_contexts},
    {offsetof(struct shape, context_use), kinds_context_uses},
    {offsetof(struct shape, attention), kinds_attentions},
    {offsetof(struct shape, attention_state), kinds_attention_states},
    {offsetof(struct shape, decoder), kinds_decoders},
};

/* On is 1, or a number of `value`. */
static const struct combination_switch {
    const char *name;
    size_t member; // of struct shape
    double value;  // 0: an int that becomes 1
} combination_switches[] = {
    {"deep", offsetof(struct shape, encoder_layers), 0}, // and decoder_layers
    {"bidirectional", offsetof(struct shape, bidirectional), 0},
    {"feeding", offsetof(struct shape, input_feeding), 0},
    {"tied", offsetof(struct shape, tied_embeddings), 0},
    {"without-previous", offsetof(struct shape, without_previous), 0},
    {"residual", offsetof(struct shape, residual), 0},
    {"layer-norm", offsetof(struct shape, layer_norm), 0},
    {"pyramid", offsetof(struct shape, pyramid), 0},
    {"variational", offsetof(struct shape, variational), 0},
    {"dropout", offsetof(struct shape, dropout_embedding), 0.3}, // and all others but of the state
    {"dropout-state", offsetof(struct shape, dropout_state), 0.3},
    {"smoothing", offsetof(struct shape, label_smoothing), 0.1},
    {"second", offsetof(struct shape, side[SECOND].form), 0}, // a second source, of symbols
};

enum {
    COMBINATION_TABLES = sizeof combination_tables / sizeof *combination_tables,
    COMBINATION_SWITCHES = sizeof combination_switches / sizeof *combination_switches,
    COMBINATION_DRAWS = 16 // of the switches, for each row of the product
};
_Static_assert(FORM_SYMBOLS == 1, "the form that a switch gives");
_Static_assert(COMBINATION_SWITCHES < COMBINATION_DRAWS, "draws must be a larger power of two");

struct combination {
    int row[COMBINATION_TABLES];
    unsigned switches; // bit i: switch i is on
};

static inline int combination_rows(int table)
{
    int rows = 0;
    while (combination_tables[table].names[rows])
        rows++;
    return rows;
}

static inline bool combination_on(const struct combination *c, size_t member)
{
    for (int i = 0; i < COMBINATION_SWITCHES; i++)
        if (combination_switches[i].member == member)
            return c->switches >> i & 1;
    require(!"a switch of the list");
    return false;
}

#define COMBINATION_ON(c, member) combination_on(c, offsetof(struct shape, member))

static inline int *combination_member(struct shape *shape, size_t member)
{
    return (int *)((char *)shape + member);
}

static inline struct shape combination_shape(const struct combination *c)
{
    struct shape shape = {SIDES_OF(7, 8), .embedding = 3, .hidden = 4, .attention_hidden = 5};
    for (int table = 0; table < COMBINATION_TABLES; table++)
        *combination_member(&shape, combination_tables[table].member) = c->row[table];
    for (int i = 0; i < COMBINATION_SWITCHES; i++) {
        const struct combination_switch *it = &combination_switches[i];
        if (!(c->switches >> i & 1))
            continue;
        if (it->value > 0)
            *(double *)((char *)&shape + it->member) = it->value;
        else
            *combination_member(&shape, it->member) = 1;
    }
    shape.decoder_layers = shape.encoder_layers = 1 + shape.encoder_layers;
    if (shape.side[SECOND].form != FORM_NONE) {
        shape.side[SECOND] = (struct side_shape){
            .form = FORM_SYMBOLS, .vocabulary = 6, .feature_count = 1, .features = {5}};
        shape.feature_embedding = 2;
    }
    shape.dropout_layer = shape.dropout_encoder = shape.dropout_output = shape.unknown_dropout =
        shape.dropout_embedding;
    bool attends = shape_attends(&shape) != ATTENDS_NEVER;
    bool equal = context_known[shape.context].takes_over ||
                 (attends && attention_known[shape.attention].equal);
    // Of two numbers layer normalisation leaves the sign alone: nothing to differentiate.
    if (shape.layer_norm && shape.bidirectional && equal)
        shape.hidden = 6;
    shape.encoder_hidden = !equal ? 3 : shape.bidirectional ? shape.hidden / 2 : shape.hidden;
    // A tied model has a map where the readout is not as wide as the embedding, and none where it
    // is: both are here. Without attention there may be no readout at all.
    shape.readout = shape.encoder_layers == 1 ? shape.embedding : 5;
    if (shape_attends(&shape) == ATTENDS_AFTER)
        shape.readout = shape.hidden;
    if (!attends && shape.label_smoothing > 0)
        shape.readout = 0;
    if (shape.context_use == CONTEXT_USE_NONE) {
        shape.side[SOURCE] = (struct side_shape){0};
        shape.encoder_hidden = shape.encoder_layers = 0;
    }
    return shape;
}

/* Wrong usage, which shape_check has to refuse. Without attention there is no r_{t-1} to feed and
 * nothing between two transitions, and where no first states are made affine has no meaning. The
 * first states of two encoders are not those of one decoder, and a second source is beside a
 * first. */
static inline bool combination_refused(const struct combination *c)
{
    struct shape shape = combination_shape(c);
    bool layers = COMBINATION_ON(c, residual) || COMBINATION_ON(c, pyramid);
    const struct context_known *context = &context_known[shape.context];
    bool attends = shape_attends(&shape) != ATTENDS_NEVER;
    bool takes_over = context->takes_over && shape_has_first(&shape);
    bool alone = takes_over || shape.context_use == CONTEXT_USE_NONE;
    return (!attends && (shape.input_feeding || shape.decoder == DECODER_CONDITIONAL)) ||
           (context->first_only && shape_joins(&shape) && !shape_has_first(&shape)) ||
           (shape.context_use == CONTEXT_USE_NONE && shape.pyramid) ||
           (shape.layer_norm && !shape_reads(&shape)) ||
           (COMBINATION_ON(c, side[SECOND].form) && alone) ||
           (layers && !COMBINATION_ON(c, encoder_layers)) ||
           (COMBINATION_ON(c, residual) && COMBINATION_ON(c, pyramid));
}

/* Without attention its kind and its state mean nothing, without a source neither does the context,
 * and a conditional decoder attends between its transitions: one of each stands for all. */
static inline bool combination_repeats(const struct shape *shape)
{
    bool first_state = shape->attention_state == 0;
    if (shape_attends(shape) != ATTENDS_NEVER)
        return shape->decoder == DECODER_CONDITIONAL && !first_state;
    return shape->attention != 0 || !first_state ||
           (shape->context_use == CONTEXT_USE_NONE && shape->context != 0);
}

/* Row `number` of the product, all of whose switches are off; false behind the last. What
 * shape_check has to refuse whatever the switches are is none. */
static inline bool combination_row(int number, struct combination *c)
{
    for (int product = 0;; product++) {
        int rest = product;
        *c = (struct combination){{0}, 0};
        for (int table = COMBINATION_TABLES - 1; table >= 0; table--) {
            c->row[table] = rest % combination_rows(table);
            rest /= combination_rows(table);
        }
        if (rest > 0)
            return false;
        struct shape shape = combination_shape(c);
        if (!combination_repeats(&shape) && !combination_refused(c) && number-- == 0)
            return true;
    }
}

/* Vector `number` of an endless list for the row. Of each sixteen of them, from the first on, the
 * values of switch i are the parity of the number's bits in the mask i + 1, so any two switches
 * take each of their four pairs of values four times (an orthogonal array: Rao 1947), turned over
 * by bits that the row and the sixteen have of their own. */
static inline unsigned combination_vector(int row, int number)
{
    const struct random_key key = {1, RANDOM_SAMPLE, (uint32_t)row, 0};
    unsigned vector = random_word(&key, (uint64_t)(number / COMBINATION_DRAWS));
    for (int i = 0; i < COMBINATION_SWITCHES; i++)
        vector ^=
            (unsigned)__builtin_parity((unsigned)(number % COMBINATION_DRAWS) & (unsigned)(i + 1))
            << i;
    return vector & ((1U << COMBINATION_SWITCHES) - 1);
}

/* The combination of that number, none of them refused; false behind the last. */
static inline bool combination(int number, struct combination *c)
{
    int row = number / COMBINATION_DRAWS, wanted = number % COMBINATION_DRAWS;
    if (!combination_row(row, c))
        return false;
    for (int i = 0;; i++) {
        c->switches = combination_vector(row, i);
        if (!combination_refused(c) && wanted-- == 0)
            return true;
    }
}

static inline void combination_name(const struct combination *c, char name[256])
{
    int length = 0;
    for (int table = 0; table < COMBINATION_TABLES; table++)
        length += snprintf(name + length, 256 - (size_t)length, "%s ",
                           combination_tables[table].names[c->row[table]]);
    for (int i = 0; i < COMBINATION_SWITCHES; i++)
        if (c->switches >> i & 1)
            length +=
                snprintf(name + length, 256 - (size_t)length, "%s ", combination_switches[i].name);
}

#endif
