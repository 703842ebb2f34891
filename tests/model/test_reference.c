// Models of every task against PyTorch: the same weights and batches give its loss, its gradients
// and, after ten updates of Adam, its weights. tests/reference/make_reference.py made the numbers,
// in double precision and without us.
#include "model/model.h"
#include "model/optimizer/optimizer.h"
#include "tests/model/fixture.h"
#include "tests/model/reference.h"
#include <math.h>

static const double tolerance = 1e-5; // of each array's norm

struct reference {
    hid_t file, group;
    struct model model;
    struct batch batches[3];
    struct arena arena;
    real *block, *gradient;
};

static const char *const kept[] = {"weights", "gradients", "updated"}; // of each parameter
enum { WEIGHTS, GRADIENTS, UPDATED, KEPT };

// All that is kept of a parameter, (KEPT, its elements); from memory_take.
static double *read_kept(const struct reference *it, const struct parameter *parameter)
{
    char path[128];
    snprintf(path, sizeof path, "parameters/%s", parameter->name);
    int64_t count;
    double *values = reference_array(it->group, path, H5T_NATIVE_DOUBLE, &count);
    assert_int_equal(count, KEPT * parameter_elements(parameter));
    return values;
}

static void read_weights(struct reference *it)
{
    const struct parameters *parameters = &it->model.parameters;
    for (int i = 0; i < parameters->count; i++) {
        const struct parameter *parameter = &parameters->list[i];
        const int64_t count = parameter_elements(parameter);
        double *values = read_kept(it, parameter);
        for (int64_t j = 0; j < count; j++)
            it->block[parameter->first + j] = (real)values[WEIGHTS * count + j];
        memory_free(values);
    }
}

static void reference_init(struct reference *it, const char *name)
{
    it->file = reference_open();
    it->group = H5Gopen2(it->file, name, H5P_DEFAULT);
    assert_true(it->group >= 0);
    struct shape shape = reference_shape(it->group);
    model_init(&it->model, &shape);
    for (int i = 0; i < 3; i++)
        reference_batch(it->group, &shape, i, &it->batches[i]);
    arena_init(&it->arena);
    it->block = fixture_block(&it->model.parameters);
    it->gradient = fixture_block(&it->model.parameters);
    read_weights(it);
}

static void reference_release(struct reference *it)
{
    memory_free(it->block);
    memory_free(it->gradient);
    arena_release(&it->arena);
    for (int i = 0; i < 3; i++)
        batch_release(&it->batches[i]);
    model_release(&it->model);
    H5Gclose(it->group);
    H5Fclose(it->file);
}

// How far a parameter's part of `ours` is from what is kept, in the norm of that.
static double distance(const struct reference *it, int what, const struct parameter *parameter,
                       const real *ours)
{
    const int64_t count = parameter_elements(parameter);
    double *values = read_kept(it, parameter), difference = 0, norm = 0;
    for (int64_t i = 0; i < count; i++) {
        const double theirs = values[what * count + i];
        const double d = (double)ours[parameter->first + i] - theirs;
        difference += d * d;
        norm += theirs * theirs;
    }
    memory_free(values);
    assert_true(norm > 0);
    return sqrt(difference / norm);
}

static void assert_near(const struct reference *it, int what, const real *ours)
{
    const struct parameters *parameters = &it->model.parameters;
    double worst = 0;
    int wrong = 0;
    for (int i = 0; i < parameters->count; i++) {
        const char *name = parameters->list[i].name;
        double d = distance(it, what, &parameters->list[i], ours);
        if (!(d <= tolerance)) {
            print_error("%s of %s: off by %.3g of its norm\n", kept[what], name, d);
            wrong++;
        }
        worst = fmax(worst, d);
    }
    print_message("%s: largest difference %.2g of an array's norm\n", kept[what], worst);
    assert_int_equal(wrong, 0);
}

static double gradient_of(struct reference *it, const struct batch *batch)
{
    struct random_key key = {.seed = 1};
    for (int64_t i = 0; i < it->model.parameters.total; i++)
        it->gradient[i] = 0;
    arena_reset(&it->arena);
    return model_gradient(&it->model, it->block, it->gradient, batch, &key, &it->arena);
}

static void check_names(struct reference *it)
{
    hid_t parameters = H5Gopen2(it->group, "parameters", H5P_DEFAULT);
    H5G_info_t info;
    assert_true(H5Gget_info(parameters, &info) >= 0);
    H5Gclose(parameters);
    assert_int_equal(info.nlinks, it->model.parameters.count);
}

static void check_loss_and_gradients(struct reference *it)
{
    int64_t count;
    double *theirs = reference_array(it->group, "loss", H5T_NATIVE_DOUBLE, &count);
    double ours = gradient_of(it, &it->batches[0]);
    print_message("loss: %.9g, PyTorch's %.9g\n", ours, *theirs);
    assert_true(fabs(ours - *theirs) <= tolerance * *theirs);
    memory_free(theirs);
    assert_near(it, GRADIENTS, it->gradient);
}

static void check_updates(struct reference *it)
{
    const struct optimizer adam = {&optimizer_adam, 0.9, 0.999, 1e-8, 0, 0};
    const struct parameters *parameters = &it->model.parameters;
    real *first = fixture_block(parameters), *second = fixture_block(parameters);
    int updates = reference_integer(it->group, "updates");
    double learning_rate = reference_number(it->group, "learning_rate");
    for (int update = 0; update < updates; update++) {
        const struct batch *batch = &it->batches[update % 3];
        gradient_of(it, batch);
        optimizer_step(
            &adam, learning_rate, update + 1, 1.0 / (double)batch->target_tokens,
            &(struct stretch){parameters->total, 0, it->block, it->gradient, first, second});
    }
    memory_free(first);
    memory_free(second);
    assert_near(it, UPDATED, it->block);
}

static void check(const char *name)
{
    struct reference it;
    reference_init(&it, name);
    check_names(&it);
    check_loss_and_gradients(&it);
    check_updates(&it);
    reference_release(&it);
}

static void lstm_with_general_attention_and_input_feeding_computes_what_pytorch_does(void **state)
{
    (void)state;
    check("lstm");
}

static void gru_with_additive_attention_and_tied_embeddings_computes_what_pytorch_does(void **state)
{
    (void)state;
    check("gru");
}

static void rnn_in_a_pyramid_computes_what_pytorch_does(void **state)
{
    (void)state;
    check("pyramid-rnn");
}

static void lstm_with_layer_norm_and_residual_computes_what_pytorch_does(void **state)
{
    (void)state;
    check("normed-lstm");
}

static void gru_with_layer_norm_and_residual_computes_what_pytorch_does(void **state)
{
    (void)state;
    check("normed-gru");
}

static void a_tagger_of_words_with_features_computes_what_pytorch_does(void **state)
{
    (void)state;
    check("tag");
}

static void a_classifier_of_vectors_pooled_by_attention_computes_what_pytorch_does(void **state)
{
    (void)state;
    check("classify");
}

static void gru_with_the_context_first_and_at_every_step_computes_what_pytorch_does(void **state)
{
    (void)state;
    check("both");
}

static void a_conditional_gru_of_two_layers_computes_what_pytorch_does(void **state)
{
    (void)state;
    check("conditional");
}

static void a_regression_pooled_by_the_largest_states_computes_what_pytorch_does(void **state)
{
    (void)state;
    check("regression");
}

static void two_sources_attended_to_each_by_itself_compute_what_pytorch_does(void **state)
{
    (void)state;
    check("two-sources");
}

static void two_sources_with_general_attention_compute_what_pytorch_does(void **state)
{
    (void)state;
    check("two-sources-general");
}

static void contexts_of_two_sources_at_every_step_compute_what_pytorch_does(void **state)
{
    (void)state;
    check("two-contexts");
}

static void generating_from_embedded_symbols_computes_what_pytorch_does(void **state)
{
    (void)state;
    check("generate");
}

static void generating_with_attention_to_vectors_computes_what_pytorch_does(void **state)
{
    (void)state;
    check("generate-attending");
}

static void a_language_model_computes_what_pytorch_does(void **state)
{
    (void)state;
    check("language-model");
}

static void a_series_of_vectors_computes_what_pytorch_does(void **state)
{
    (void)state;
    check("series");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lstm_with_general_attention_and_input_feeding_computes_what_pytorch_does),
        cmocka_unit_test(
            gru_with_additive_attention_and_tied_embeddings_computes_what_pytorch_does),
        cmocka_unit_test(a_tagger_of_words_with_features_computes_what_pytorch_does),
        cmocka_unit_test(a_classifier_of_vectors_pooled_by_attention_computes_what_pytorch_does),
        cmocka_unit_test(rnn_in_a_pyramid_computes_what_pytorch_does),
        cmocka_unit_test(lstm_with_layer_norm_and_residual_computes_what_pytorch_does),
        cmocka_unit_test(gru_with_layer_norm_and_residual_computes_what_pytorch_does),
        cmocka_unit_test(gru_with_the_context_first_and_at_every_step_computes_what_pytorch_does),
        cmocka_unit_test(a_conditional_gru_of_two_layers_computes_what_pytorch_does),
        cmocka_unit_test(a_regression_pooled_by_the_largest_states_computes_what_pytorch_does),
        cmocka_unit_test(two_sources_attended_to_each_by_itself_compute_what_pytorch_does),
        cmocka_unit_test(two_sources_with_general_attention_compute_what_pytorch_does),
        cmocka_unit_test(contexts_of_two_sources_at_every_step_compute_what_pytorch_does),
        cmocka_unit_test(generating_from_embedded_symbols_computes_what_pytorch_does),
        cmocka_unit_test(generating_with_attention_to_vectors_computes_what_pytorch_does),
        cmocka_unit_test(a_language_model_computes_what_pytorch_does),
        cmocka_unit_test(a_series_of_vectors_computes_what_pytorch_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
