#include "model/product/product.h"
#include "tests/gradients/combinations.h"
#include "tests/model/models.h"
#include "tests/model/trial.h"
#include <math.h>
#include <stdlib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static float float_of(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Of the two values around x, the nearer, and of two as near the even one. */
static uint16_t nearest(uint32_t bits)
{
    uint16_t below = (uint16_t)(bits >> 16);
    uint32_t rest = bits & 0xffff;
    return (uint16_t)(below + (rest > 0x8000 || (rest == 0x8000 && below % 2)));
}

static void every_value_is_rounded_to_the_nearest(void **state)
{
    (void)state;
    const uint32_t rests[] = {0, 1, 0x7fff, 0x8000, 0x8001, 0xffff};
    for (uint32_t half = 0; half < 1 << 16; half++)
        for (size_t r = 0; r < sizeof rests / sizeof *rests; r++) {
            uint32_t bits = half << 16 | rests[r];
            float x = float_of(bits), rounded = bfloat16_value(bfloat16_of(x));
            if (isnan(x))
                assert_true(isnan(rounded));
            else
                assert_int_equal(bfloat16_of(x), nearest(bits));
        }
    assert_true(isinf(bfloat16_value(bfloat16_of(3.4e38f))));
    assert_int_equal(bfloat16_of(1), 0x3f80);
}

/* The gradient of float32 operands and of bfloat16 ones, which are off by 2^-9 at most each. */
static double distance_of(const struct shape *shape, double *loss_ratio)
{
    struct trial trial;
    trial_init(&trial, shape);
    trial_pack(&trial, 0, 3);
    double loss = trial_gradient(&trial);
    real *full = trial_copy(&trial);
    trial.model.shape.precision = PRECISION_BFLOAT16;
    *loss_ratio = trial_gradient(&trial) / loss;
    double distance = trial_distance(&trial, full);
    memory_free(full);
    trial_release(&trial);
    return distance;
}

/* Of few units some are nearly equal by chance, and what they differ by is blown up by layer
 * normalisation, rounding with it. */
static void widen(struct shape *shape)
{
    if (shape->readout == shape->hidden)
        shape->readout *= 8;
    shape->hidden *= 8;
    shape->encoder_hidden *= 8;
}

static void gradients_of_every_combination_are_near_those_of_float32(void **state)
{
    (void)state;
    int models = 0, far = 0;
    // without and with layer normalisation
    double worst[2] = {0}, nearest_one = 1, worst_loss[2] = {0};
    struct combination c;
    for (int i = 0; combination(i, &c); i++) {
        struct shape shape = combination_shape(&c);
        double ratio;
        if (shape.layer_norm)
            widen(&shape);
        double distance = distance_of(&shape, &ratio);
        models++;
        worst[shape.layer_norm] = fmax(worst[shape.layer_norm], distance);
        far += distance > 0.02;
        nearest_one = fmin(nearest_one, distance);
        worst_loss[shape.layer_norm] = fmax(worst_loss[shape.layer_norm], fabs(ratio - 1));
    }
    print_message("%d models: gradients differ by %.2g to %.2g of the norm, with layer "
                  "normalisation %.2g, losses by %.2g and %.2g at most\n",
                  models, nearest_one, worst[0], worst[1], worst_loss[0], worst_loss[1]);
    assert_true(models > 1000);
    assert_true(nearest_one > 1e-5);
    assert_true(worst[0] < 0.004 && worst[1] < 0.1);
    assert_true(far <= models / 200); // units that are nearly equal all the same
    assert_true(worst_loss[0] < 1e-4 && worst_loss[1] < 0.001);
}

static void validation_stays_in_float32(void **state)
{
    (void)state;
    product_precision(PRECISION_FLOAT32);
    for (int number = 0; number < MODELS; number++) {
        struct shape shape = models_shape_in_training(number);
        struct trial trial;
        double before[TRIAL_SENTENCES], after[TRIAL_SENTENCES];
        trial_init(&trial, &shape);
        trial_pack(&trial, 0, TRIAL_SENTENCES);
        trial_losses(&trial, before);
        trial.model.shape.precision = PRECISION_BFLOAT16;
        trial_gradient(&trial);
        trial_losses(&trial, after);
        assert_memory_equal(before, after, sizeof before);
        trial_release(&trial);
    }
}

int main(void)
{
    struct reason why;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_value_is_rounded_to_the_nearest),
        cmocka_unit_test(gradients_of_every_combination_are_near_those_of_float32),
        cmocka_unit_test(validation_stays_in_float32),
    };
    return product_start(PRODUCTS_REFERENCE, &why) ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
