// Logarithm and exponential of our own against libm's.
#include "model/product/natural.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void they_are_right_to_the_last_digits(void **state)
{
    (void)state;
    for (double x = 1; x < 1e300; x *= 1.037)
        assert_true(fabs(natural_log(x) - log(x)) <= 4e-16 * (1 + log(x)));
    for (double x = -700; x <= 700; x += 0.1371)
        assert_true(fabs(natural_exp(x) - exp(x)) <= 1e-15 * exp(x));
    assert_true(natural_exp(0) == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(they_are_right_to_the_last_digits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
