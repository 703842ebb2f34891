#include "comm/base/reason.h"
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* In parentheses, because cmocka has a macro of that name. */
static void failing_says_why_and_is_false(void **state)
{
    (void)state;
    struct reason why;
    assert_false((fail)(&why, "line %d: %s", 12, "not a number"));
    assert_string_equal(why.text, "line 12: not a number");
}

static void a_long_reason_is_cut(void **state)
{
    (void)state;
    struct reason why;
    assert_false((fail)(&why, "%3000s", "end"));
    assert_int_equal(strlen(why.text), sizeof why.text - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failing_says_why_and_is_false),
        cmocka_unit_test(a_long_reason_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
