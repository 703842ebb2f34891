// What cannot be built is refused, in one line that says what to change.
#include "tests/model/models.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void refused(const struct shape *shape, const char *wanted)
{
    struct reason why = {""};
    assert_false(shape_check(shape, &why));
    assert_string_equal(why.text, wanted);
}

static void all_the_models_of_the_tests_can_be_built(void **state)
{
    (void)state;
    struct reason why;
    for (int number = 0; number < MODELS_ALL; number++) {
        struct shape shape = models_shape_in_training(number);
        assert_true(shape_check(&shape, &why));
    }
}

static void sides_have_to_make_sense(void **state)
{
    (void)state;
    struct shape shape = models_shape(0);
    shape.side[SOURCE].vocabulary = 3;
    refused(&shape, "source vocabulary is 3: it must be at least 4");
    shape = models_shape(0);
    shape.side[SOURCE].feature_count = 9;
    refused(&shape, "source has 9 features: it must have at most 8");
    shape = models_shape(MODELS);
    shape.feature_embedding = 0;
    refused(&shape, "feature-embedding is 0: it must be at least 1");
    shape = models_shape(MODELS);
    shape.side[SOURCE].features[1] = 2;
    refused(&shape, "source feature 2: vocabulary is 2: it must be at least 4");
    shape = models_shape(MODELS + 1);
    shape.side[SOURCE].dimension = 0;
    refused(&shape, "source dimension is 0: it must be within 1 and 65536");
    shape = models_shape(MODELS + 1);
    shape.side[TARGET].end = 1;
    refused(&shape, "target: an end cannot be added to vectors");
    shape = models_shape(0);
    shape.side[TARGET].feature_count = 1;
    shape.side[TARGET].features[0] = 9;
    shape.feature_embedding = 2;
    refused(&shape, "target: what is emitted has no features beside it");
    shape = models_shape(0);
    shape.side[SOURCE].form = FORM_NONE;
    refused(&shape, "a model needs a source");
    shape = models_shape(0);
    shape.side[TARGET].form = FORM_NONE;
    refused(&shape, "a model needs a target");
}

static void a_head_wants_sides_of_its_kind(void **state)
{
    (void)state;
    struct shape shape = models_shape(0);
    shape.side[TARGET].end = 0;
    refused(&shape, "what is decoded needs an end");
    shape = models_shape(MODELS + 3);
    shape.side[TARGET].end = 1;
    refused(&shape, "an end can be added only to what is decoded");
    shape = models_shape(MODELS);
    shape.side[SOURCE].end = 1;
    refused(&shape, "source-end has no meaning where the target is in step with the source");
    shape = models_shape(MODELS);
    shape.side[SECOND] = shape.side[SOURCE];
    refused(&shape, "a second source has no meaning where the target is in step with the source");
    shape = models_shape(MODELS);
    shape.tied_embeddings = 1;
    refused(&shape, "tied-embeddings needs a decoder of symbols");
    shape = models_shape(MODELS + 2);
    shape.attention_hidden = 0;
    refused(&shape, "attention-hidden is 0: it must be at least 1");
    shape = models_shape(1);
    shape.encoder_layers = 0;
    refused(&shape, "context last needs an encoder (encoder-layers is 0): choose affine or mean");
}

static void two_sources_are_attended_to_or_mapped_to_first_states(void **state)
{
    (void)state;
    struct reason why;
    struct shape shape = models_shape(1);
    shape.side[SECOND] = shape.side[SOURCE];
    for (int use = 0; use < CONTEXT_USE_NONE; use++) {
        shape.context_use = (enum context_use)use;
        shape.input_feeding = use == CONTEXT_USE_ATTENTION;
        if (use == CONTEXT_USE_EVERY) // no first state
            assert_true(shape_check(&shape, &why));
        else
            refused(&shape, "context last takes the first states from one encoder, and two sources "
                            "have one each: choose affine or mean");
    }
    shape = models_shape(0);
    shape.encoder_layers = 0;
    shape.hidden = shape.embedding = 24;
    shape.attention = ATTENTION_DOT;
    shape.side[SECOND] = shape.side[SOURCE];
    assert_true(shape_check(&shape, &why));
    shape.side[SECOND].feature_count = 1;
    shape.side[SECOND].features[0] = 9;
    shape.feature_embedding = 6;
    refused(&shape, "attention dot needs encoder-hidden x directions (30) equal to hidden (24): "
                    "choose general or additive");
    shape.context_use = CONTEXT_USE_NONE;
    shape.side[SOURCE].form = FORM_NONE;
    refused(&shape, "a second source needs a first");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_the_models_of_the_tests_can_be_built),
        cmocka_unit_test(sides_have_to_make_sense),
        cmocka_unit_test(a_head_wants_sides_of_its_kind),
        cmocka_unit_test(two_sources_are_attended_to_or_mapped_to_first_states),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
