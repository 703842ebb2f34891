/* What --freeze names, as ranges of the block. */
#include "comm/base/memory.h"
#include "trainer/run/freeze.h"
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { PLACES = 16 + 32 + 48 + 16 + 16 };

/* Gaps behind the first, the second and the last. */
static void make(struct parameters *parameters)
{
    parameters_init(parameters);
    parameters_add(parameters, "output.bias", 10, 0, 1, INITIAL_ZERO);
    parameters_add(parameters, "encoder.1.input", 5, 5, 1, INITIAL_ZERO);
    parameters_add(parameters, "encoder.10.input", 6, 8, 1, INITIAL_ZERO);
    parameters_add(parameters, "encoder.1.bias", 16, 0, 1, INITIAL_ZERO);
    parameters_add(parameters, "source.embedding", 3, 2, 1, INITIAL_ZERO);
    assert_int_equal(parameters->total, PLACES);
}

/* Is the place frozen, as the names of the parameters say? */
static bool by_name(const struct parameters *parameters, int64_t place, const char *const *frozen)
{
    int i = parameters->count - 1;
    while (parameters->list[i].first > place)
        i--;
    for (; *frozen; frozen++)
        if (strcmp(parameters->list[i].name, *frozen) == 0)
            return true;
    return false;
}

/* Every range of the block is walked through and cleared as the names say, place by place. */
static void assert_frozen(const char *names, const char *const *frozen)
{
    struct parameters parameters;
    struct freeze freeze;
    struct faults faults = {0};
    float gradient[PLACES];
    make(&parameters);
    freeze_init(&freeze, names, &parameters, &faults);
    assert_int_equal(faults.count, 0);
    for (int64_t first = 0; first <= PLACES; first++)
        for (int64_t end = first; end <= PLACES; end++) {
            bool free[PLACES] = {false};
            struct range now = {first, end - first};
            while ((now = freeze_next(&freeze, now)).count > 0) {
                for (int64_t i = now.first; i < now.first + now.count; i++)
                    free[i] = true;
                now = (struct range){now.first + now.count, end - now.first - now.count};
            }
            for (int i = 0; i < PLACES; i++)
                gradient[i] = 1;
            freeze_clear(&freeze, (struct range){first, end - first}, gradient);
            for (int64_t i = first; i < end; i++) {
                assert_int_equal(free[i], !by_name(&parameters, i, frozen));
                assert_true(gradient[i - first] == (free[i] ? 1 : 0));
            }
            for (int64_t i = end - first; i < PLACES; i++)
                assert_true(gradient[i] == 1);
        }
    freeze_release(&freeze);
    parameters_release(&parameters);
}

static void names_are_whole_parts_of_names(void **state)
{
    (void)state;
    assert_frozen(NULL, (const char *const[]){NULL});
    assert_frozen("encoder.1", (const char *const[]){"encoder.1.input", "encoder.1.bias", NULL});
    assert_frozen("source.embedding", (const char *const[]){"source.embedding", NULL});
    assert_frozen("output, encoder.10",
                  (const char *const[]){"output.bias", "encoder.10.input", NULL});
    assert_frozen("encoder,encoder.1", (const char *const[]){"encoder.1.input", "encoder.10.input",
                                                             "encoder.1.bias", NULL});
}

static void assert_refused(const char *names, const char *words)
{
    struct parameters parameters;
    struct freeze freeze;
    struct faults faults = {0};
    make(&parameters);
    freeze_init(&freeze, names, &parameters, &faults);
    assert_int_equal(faults.count, 1);
    assert_string_equal(faults_words(&faults), words);
    faults_release(&faults);
    freeze_release(&freeze);
    parameters_release(&parameters);
}

static void a_name_that_nothing_has_is_refused(void **state)
{
    (void)state;
    assert_refused("enc",
                   "--freeze: no parameter is called 'enc': there are output, encoder, source");
    assert_refused(
        "output,encoder.",
        "--freeze: no parameter is called 'encoder.': there are output, encoder, source");
    assert_refused("output,",
                   "--freeze: no parameter is called '': there are output, encoder, source");
    assert_refused(
        "source output",
        "--freeze: no parameter is called 'source output': there are output, encoder, source");
}

static void something_must_be_left_to_train(void **state)
{
    (void)state;
    assert_refused("source,output,encoder",
                   "--freeze source,output,encoder: nothing is left to train");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_whole_parts_of_names),
        cmocka_unit_test(a_name_that_nothing_has_is_refused),
        cmocka_unit_test(something_must_be_left_to_train),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
