/* Reading tests/reference/reference.h5, which make_reference.py wrote: attributes and arrays as
 * numbers, the shape, the batches. What is missing or has another type fails the test that asked.
 */
#ifndef REFERENCE_H
#define REFERENCE_H

#include "comm/base/memory.h"
#include "model/shape/batch.h"
#include <hdf5.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const reference_sides[SIDES] = {"source", "second", "target"};

static inline hid_t reference_open(void)
{
    const char *source = getenv("CHORUS_SOURCE");
    char path[4096];
    snprintf(path, sizeof path, "%s/tests/reference/reference.h5", source ? source : ".");
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    assert_true(file >= 0);
    return file;
}

static inline double reference_number(hid_t group, const char *name)
{
    double value;
    hid_t attribute = H5Aopen(group, name, H5P_DEFAULT);
    assert_true(attribute >= 0);
    assert_true(H5Aread(attribute, H5T_NATIVE_DOUBLE, &value) >= 0);
    H5Aclose(attribute);
    return value;
}

static inline int reference_integer(hid_t group, const char *name)
{
    return (int)reference_number(group, name);
}

/* The position of the attribute's word among these, behind which is NULL. */
static inline int reference_choice(hid_t group, const char *name, const char *const *words)
{
    char word[32] = "";
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, sizeof word);
    hid_t attribute = H5Aopen(group, name, H5P_DEFAULT);
    assert_true(attribute >= 0);
    assert_true(H5Aread(attribute, type, word) >= 0);
    H5Aclose(attribute);
    H5Tclose(type);
    for (int i = 0; words[i]; i++)
        if (strcmp(word, words[i]) == 0)
            return i;
    fail_msg("attribute %s: unknown word '%s'", name, word);
    return -1;
}

/* A whole dataset as `type` (4 or 8 bytes an element), with its number of elements; from
 * memory_take. */
static inline void *reference_array(hid_t group, const char *name, hid_t type, int64_t *count)
{
    hid_t dataset = H5Dopen2(group, name, H5P_DEFAULT);
    assert_true(dataset >= 0);
    hid_t space = H5Dget_space(dataset);
    *count = (int64_t)H5Sget_simple_extent_npoints(space);
    void *values = memory_take((size_t)*count * H5Tget_size(type));
    assert_true(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
    H5Sclose(space);
    H5Dclose(dataset);
    return values;
}

static inline int reference_side_integer(hid_t group, const char *side, const char *name)
{
    char both[64];
    snprintf(both, sizeof both, "%s_%s", side, name);
    return reference_integer(group, both);
}

/* Symbols have a vocabulary, vectors a dimension, and what is not there neither. */
static inline struct side_shape reference_side_shape(hid_t group, const char *side)
{
    struct side_shape shape = {.vocabulary = reference_side_integer(group, side, "vocabulary"),
                               .features = {reference_side_integer(group, side, "feature")},
                               .dimension = reference_side_integer(group, side, "dimension"),
                               .end = reference_side_integer(group, side, "end")};
    shape.feature_count = shape.features[0] > 0;
    if (shape.vocabulary || shape.dimension)
        shape.form = shape.vocabulary ? FORM_SYMBOLS : FORM_VECTORS;
    return shape;
}

static inline struct shape reference_shape(hid_t group)
{
    const char *const heads[] = {ALL_HEADS(KIND_NAME) NULL};
    struct shape shape = {
        .head = (enum head)reference_choice(group, "head", heads),
        .embedding = reference_integer(group, "embedding"),
        .feature_embedding = reference_integer(group, "feature_embedding"),
        .input = (enum input_kind)reference_choice(group, "input", kinds_inputs),
        .pooling = (enum pooling_kind)reference_choice(group, "pooling", kinds_poolings),
        .hidden = reference_integer(group, "hidden"),
        .encoder_hidden = reference_integer(group, "encoder_hidden"),
        .encoder_layers = reference_integer(group, "encoder_layers"),
        .decoder_layers = reference_integer(group, "decoder_layers"),
        .bidirectional = reference_integer(group, "bidirectional"),
        .cell = (enum cell_kind)reference_choice(group, "cell", kinds_cells),
        .residual = reference_integer(group, "residual"),
        .layer_norm = reference_integer(group, "layer_norm"),
        .pyramid = reference_integer(group, "pyramid"),
        .context = (enum context_kind)reference_choice(group, "context", kinds_contexts),
        .context_use = (enum context_use)reference_choice(group, "context_use", kinds_context_uses),
        .decoder = (enum decoder_kind)reference_choice(group, "decoder", kinds_decoders),
        .attention = (enum attention_kind)reference_choice(group, "attention", kinds_attentions),
        .attention_state = (enum attention_state)reference_choice(group, "attention_state",
                                                                  kinds_attention_states),
        .attention_hidden = reference_integer(group, "attention_hidden"),
        .input_feeding = reference_integer(group, "input_feeding"),
        .readout = reference_integer(group, "readout"),
        .tied_embeddings = reference_integer(group, "tied_embeddings"),
        .label_smoothing = reference_number(group, "label_smoothing")};
    for (int side = 0; side < SIDES; side++)
        shape.side[side] = reference_side_shape(group, reference_sides[side]);
    struct reason why;
    if (!shape_check(&shape, &why))
        fail_msg("%s", why.text);
    return shape;
}

struct reference_side {
    void *cells;
    int32_t *lengths;
    int64_t total, count;
};

static inline struct reference_side reference_side(hid_t group, int number, const char *name,
                                                   enum form form)
{
    struct reference_side side;
    char path[64];
    snprintf(path, sizeof path, "batches/%d/%s", number, name);
    side.cells = reference_array(
        group, path, form == FORM_VECTORS ? H5T_NATIVE_FLOAT : H5T_NATIVE_INT32, &side.total);
    snprintf(path, sizeof path, "batches/%d/%s_lengths", number, name);
    side.lengths = reference_array(group, path, H5T_NATIVE_INT32, &side.count);
    return side;
}

/* Initialises and packs; release is batch_release. */
static inline void reference_batch(hid_t group, const struct shape *shape, int number,
                                   struct batch *batch)
{
    struct reference_side sides[SIDES] = {0};
    for (int side = 0; side < SIDES; side++)
        if (shape->side[side].form != FORM_NONE)
            sides[side] =
                reference_side(group, number, reference_sides[side], shape->side[side].form);
    const int64_t count = sides[TARGET].count;
    struct sentence *sentences = memory_take((size_t)count * sizeof *sentences);
    for (int side = 0; side < SIDES; side++) {
        int64_t place = 0;
        assert_true(sides[side].count == (sides[side].cells ? count : 0));
        for (int64_t i = 0; i < count && sides[side].cells; i++) {
            const int length = sides[side].lengths[i];
            sentences[i].side[side] =
                (struct sequence){(const int32_t *)sides[side].cells + place, length};
            place += (int64_t)length * side_cells(&shape->side[side]); // a float is as wide
        }
        assert_true(place == sides[side].total);
    }
    batch_init(batch);
    batch_pack(batch, shape, sentences, (int)count);
    memory_free(sentences);
    for (int side = 0; side < SIDES; side++) {
        memory_free(sides[side].cells);
        memory_free(sides[side].lengths);
    }
}

#endif
