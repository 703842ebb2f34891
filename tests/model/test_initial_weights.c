// The weights that a model starts from, by name, and the table of names itself.
#include "tests/model/models.h"
#include "tests/model/trial.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void start(struct trial *trial, int number)
{
    struct shape shape = models_shape(number);
    trial_init(trial, &shape);
    parameters_initialise(&trial->model.parameters, 1, trial->block);
}

static bool ends_with(const char *name, const char *end)
{
    size_t length = strlen(name), tail = strlen(end);
    return length >= tail && strcmp(name + length - tail, end) == 0;
}

static void biases_are_zero_but_for_the_forget_gates(void **state)
{
    (void)state;
    int forget_gates = 0;
    for (int number = 0; number < MODELS; number++) {
        struct trial trial;
        start(&trial, number);
        for (int i = 0; i < trial.model.parameters.count; i++) {
            const struct parameter *parameter = &trial.model.parameters.list[i];
            if (!ends_with(parameter->name, "bias"))
                continue;
            assert_int_equal(parameter->columns, 0);
            bool lstm =
                trial.model.shape.cell == CELL_LSTM &&
                (strstr(parameter->name, "encoder.") || strstr(parameter->name, "decoder."));
            forget_gates += lstm;
            int H = parameter->rows / 4;
            for (int j = 0; j < parameter->rows; j++)
                assert_true(trial.block[parameter->first + j] == (lstm && j / H == 1));
        }
        trial_release(&trial);
    }
    assert_true(forget_gates > 0);
}

static void recurrent_matrices_are_orthogonal_gate_by_gate(void **state)
{
    (void)state;
    for (int number = 0; number < MODELS; number++) {
        struct trial trial;
        start(&trial, number);
        int matrices = 0;
        for (int i = 0; i < trial.model.parameters.count; i++) {
            const struct parameter *parameter = &trial.model.parameters.list[i];
            if (!ends_with(parameter->name, ".recurrent"))
                continue;
            int H = parameter->columns;
            for (int gate = 0; gate < parameter->rows / H; gate++, matrices++) {
                const real *q = trial.block + parameter->first + (int64_t)gate * H * H;
                for (int row = 0; row < H; row++) {
                    for (int other = 0; other <= row; other++) {
                        double product = 0;
                        for (int k = 0; k < H; k++)
                            product += (double)q[row * H + k] * (double)q[other * H + k];
                        assert_true(fabs(product - (row == other)) < 1e-5);
                    }
                }
            }
        }
        int gates = cell_of(trial.model.shape.cell)->gates;
        int encoder = trial.model.sources * trial.model.shape.encoder_layers *
                      (trial.model.shape.bidirectional ? 2 : 1);
        int decoder = trial.model.shape.decoder_layers +
                      (trial.model.shape.decoder == DECODER_CONDITIONAL); // its second transition
        assert_int_equal(matrices, gates * (encoder + decoder));
        trial_release(&trial);
    }
}

static void gains_of_layer_normalisation_are_one(void **state)
{
    (void)state;
    struct shape shape = models_shape(2);
    shape.layer_norm = 1;
    struct trial trial;
    trial_init(&trial, &shape);
    parameters_initialise(&trial.model.parameters, 1, trial.block);
    int gains = 0;
    for (int i = 0; i < trial.model.parameters.count; i++) {
        const struct parameter *parameter = &trial.model.parameters.list[i];
        if (!strstr(parameter->name, ".norm_"))
            continue;
        bool bias = ends_with(parameter->name, "bias");
        gains += !bias;
        for (int j = 0; j < parameter->rows; j++)
            assert_true(trial.block[parameter->first + j] == !bias);
    }
    assert_int_equal(gains, 3 * (2 * 2 + 2)); // of W x, U h and c, in six layers
    trial_release(&trial);
}

static double largest(const struct trial *trial, const struct parameter *parameter)
{
    double most = 0;
    for (int64_t j = 0; j < parameter_elements(parameter); j++)
        most = fmax(most, fabs((double)trial->block[parameter->first + j]));
    return most;
}

// Uniform in +-limit with the fan of one gate: nothing beyond the limit, and something close to it.
static void other_matrices_are_glorot_uniform(void **state)
{
    (void)state;
    for (int number = 0; number < MODELS; number++) {
        struct trial trial;
        start(&trial, number);
        for (int i = 0; i < trial.model.parameters.count; i++) {
            const struct parameter *parameter = &trial.model.parameters.list[i];
            bool cell = ends_with(parameter->name, ".input");
            if (!cell &&
                (ends_with(parameter->name, "bias") || strstr(parameter->name, ".norm_") ||
                 ends_with(parameter->name, ".recurrent") ||
                 ends_with(parameter->name, ".embedding") || strstr(parameter->name, ".feature.")))
                continue;
            int gates = cell ? cell_of(trial.model.shape.cell)->gates : 1;
            int in = parameter->columns ? parameter->columns : 1, out = parameter->rows / gates;
            double limit = sqrt(6.0 / (in + out)), most = largest(&trial, parameter);
            if (most > limit || most < 0.85 * limit)
                print_error("%s: largest %g, limit %g\n", parameter->name, most, limit);
            assert_true(most <= limit && most >= 0.85 * limit);
        }
        trial_release(&trial);
    }
}

static void embeddings_are_normal_with_deviation_one_over_root_of_their_width(void **state)
{
    (void)state;
    struct trial trial;
    start(&trial, 0);
    static const char *const names[] = {"source.embedding", "target.embedding"};
    for (int i = 0; i < 2; i++) {
        const struct parameter *parameter = parameters_find(&trial.model.parameters, names[i]);
        int64_t count = parameter_elements(parameter);
        double sum = 0, squares = 0;
        int64_t within = 0;
        double deviation = 1 / sqrt(parameter->columns);
        for (int64_t j = 0; j < count; j++) {
            double x = trial.block[parameter->first + j];
            sum += x;
            squares += x * x;
            within += fabs(x) < deviation;
        }
        // Three to four standard errors of 3,600 numbers.
        assert_true(fabs(sum / (double)count) < 0.06 * deviation);
        assert_true(fabs(sqrt(squares / (double)count) / deviation - 1) < 0.045);
        assert_true(fabs((double)within / (double)count - 0.6827) < 0.03);
    }
    trial_release(&trial);
}

static void weights_follow_from_seed_and_name_alone(void **state)
{
    (void)state;
    struct trial small, large;
    start(&small, 0);
    start(&large, 4);
    // The same matrix in two models, at other places of the block.
    const struct parameter *here = parameters_find(&small.model.parameters, "source.embedding");
    const struct parameter *there = parameters_find(&large.model.parameters, "source.embedding");
    assert_int_equal(parameter_elements(here), parameter_elements(there));
    size_t bytes = (size_t)parameter_elements(here) * sizeof(real);
    assert_memory_equal(small.block + here->first, large.block + there->first, bytes);
    const struct parameter *target = parameters_find(&small.model.parameters, "target.embedding");
    assert_memory_not_equal(small.block + here->first, small.block + target->first, bytes);
    parameters_initialise(&large.model.parameters, 2, large.block);
    assert_memory_not_equal(small.block + here->first, large.block + there->first, bytes);
    trial_release(&small);
    trial_release(&large);
}

static void assert_names(int number, const char *const *names, int count)
{
    struct trial trial;
    start(&trial, number);
    assert_int_equal(trial.model.parameters.count, count);
    for (int i = 0; i < count; i++) {
        if (!parameters_find(&trial.model.parameters, names[i]))
            print_error("no %s\n", names[i]);
        assert_non_null(parameters_find(&trial.model.parameters, names[i]));
    }
    trial_release(&trial);
}

static void parameters_have_the_names_that_the_header_lists(void **state)
{
    (void)state;
    static const char *const defaults[] = {"source.embedding",
                                           "target.embedding",
                                           "encoder.0.forward.input",
                                           "encoder.0.forward.bias",
                                           "encoder.0.forward.recurrent",
                                           "encoder.0.backward.input",
                                           "encoder.0.backward.bias",
                                           "encoder.0.backward.recurrent",
                                           "context.0.weight",
                                           "context.0.bias",
                                           "attention.key",
                                           "attention.bias",
                                           "attention.query",
                                           "attention.score",
                                           "decoder.0.input",
                                           "decoder.0.recurrent",
                                           "decoder.0.bias",
                                           "readout.weight",
                                           "readout.bias",
                                           "output.bias"};
    assert_names(0, defaults, sizeof defaults / sizeof *defaults);
    static const char *const without_attention[] = {"source.embedding",
                                                    "target.embedding",
                                                    "encoder.0.forward.input",
                                                    "encoder.0.forward.bias",
                                                    "encoder.0.forward.recurrent",
                                                    "encoder.0.forward.recurrent_bias",
                                                    "encoder.0.backward.input",
                                                    "encoder.0.backward.bias",
                                                    "encoder.0.backward.recurrent",
                                                    "encoder.0.backward.recurrent_bias",
                                                    "context.0.weight",
                                                    "context.0.bias",
                                                    "decoder.0.input",
                                                    "decoder.0.recurrent",
                                                    "decoder.0.bias",
                                                    "decoder.0.recurrent_bias",
                                                    "readout.weight",
                                                    "readout.bias",
                                                    "output.weight",
                                                    "output.bias"};
    assert_names(3, without_attention, sizeof without_attention / sizeof *without_attention);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(biases_are_zero_but_for_the_forget_gates),
        cmocka_unit_test(recurrent_matrices_are_orthogonal_gate_by_gate),
        cmocka_unit_test(gains_of_layer_normalisation_are_one),
        cmocka_unit_test(other_matrices_are_glorot_uniform),
        cmocka_unit_test(embeddings_are_normal_with_deviation_one_over_root_of_their_width),
        cmocka_unit_test(weights_follow_from_seed_and_name_alone),
        cmocka_unit_test(parameters_have_the_names_that_the_header_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
