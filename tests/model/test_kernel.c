#include "model/product/kernel.h"
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct processor OLD = {.vendor = "GenuineIntel"};
static const struct processor ZEN3 = {.vendor = "AuthenticAMD", .avx = 1, .avx2 = 1, .fma = 1};
static const struct processor ZEN5 = {"AuthenticAMD", 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0};
static const struct processor SKYLAKE = {"GenuineIntel", 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0};
static const struct processor RAPIDS = {"GenuineIntel", 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0};
static const struct processor CORTEX = {.neon = 1};
static const struct processor ALTRA = {.neon = 1, .atomics = 1};
static const struct processor FUGAKU = {.neon = 1, .atomics = 1, .sve = 1};
static const struct processor GRAVITON3 = {.neon = 1, .atomics = 1, .sve = 1, .v84 = 1};
static const struct processor UNKNOWN = {.vendor = ""};

static void chooses(const struct processor *processor, const char *wanted, const char *coretype,
                    const char *expected)
{
    struct reason why = {""};
    const char *choice = "unset";
    if (!kernel_choose(processor, wanted, coretype, &choice, &why))
        fail_msg("%s refused: %s", wanted, why.text);
    if (expected)
        assert_string_equal(choice, expected);
    else
        assert_null(choice);
}

static void refuses(const struct processor *processor, const char *wanted, const char *coretype,
                    const char *reason)
{
    struct reason why = {""};
    const char *choice = "unset";
    assert_false(kernel_choose(processor, wanted, coretype, &choice, &why));
    assert_null(choice);
    assert_string_equal(why.text, reason);
}

static void auto_takes_avx512_on_amd_and_leaves_the_rest_to_the_library(void **state)
{
    (void)state;
    chooses(&ZEN5, "auto", NULL, "SkylakeX");
    chooses(&ZEN5, "AUTO", "", "SkylakeX");
    chooses(&ZEN3, "auto", NULL, NULL);
    chooses(&SKYLAKE, "auto", NULL, NULL);
    chooses(&OLD, "auto", NULL, NULL);
    struct processor partly = ZEN5;
    partly.avx512dq = 0;
    chooses(&partly, "auto", NULL, NULL);
}

static void a_users_own_choice_stands_against_auto(void **state)
{
    (void)state;
    chooses(&ZEN5, "auto", "Haswell", NULL);
    chooses(&ZEN3, "auto", "prescott", NULL);
}

static void a_users_own_choice_that_cannot_be_is_refused(void **state)
{
    (void)state;
    refuses(&ZEN3, "auto", "SkylakeX",
            "OPENBLAS_CORETYPE 'SkylakeX' needs AVX-512, which this processor does not have");
    refuses(&ZEN5, "auto", "Zen9",
            "OPENBLAS_CORETYPE 'Zen9' is not known: choose one of auto, Prescott, Nehalem, "
            "Sandybridge, "
            "Haswell, Zen, SkylakeX, Cooperlake, Sapphirerapids");
}

static void a_wanted_kernel_is_taken_in_the_librarys_spelling(void **state)
{
    (void)state;
    chooses(&ZEN3, "haswell", NULL, "Haswell");
    chooses(&ZEN3, "ZEN", NULL, "Zen");
    chooses(&SKYLAKE, "skylakex", NULL, "SkylakeX");
    chooses(&OLD, "Nehalem", NULL, "Nehalem");
    chooses(&ZEN5, "CooperLake", NULL, "Cooperlake");
    chooses(&RAPIDS, "SapphireRapids", NULL, "Sapphirerapids");
}

static void a_wanted_kernel_wins_over_the_environment(void **state)
{
    (void)state;
    chooses(&ZEN5, "Haswell", "SkylakeX", "Haswell");
    chooses(&ZEN5, "Haswell", "nonsense", "Haswell");
}

static void a_wanted_kernel_that_the_processor_cannot_execute_is_refused(void **state)
{
    (void)state;
    refuses(&ZEN3, "skylakex", NULL,
            "kernel 'skylakex' needs AVX-512, which this processor does not have");
    refuses(&OLD, "Haswell", NULL,
            "kernel 'Haswell' needs AVX2 and FMA, which this processor does not have");
    refuses(&OLD, "Sandybridge", NULL,
            "kernel 'Sandybridge' needs AVX, which this processor does not have");
    refuses(&SKYLAKE, "Cooperlake", NULL,
            "kernel 'Cooperlake' needs AVX-512 with BF16, which this processor does not have");
    refuses(&ZEN5, "Sapphirerapids", NULL,
            "kernel 'Sapphirerapids' needs AMX with BF16, which this processor does not have");
}

static void an_unknown_kernel_is_refused_with_the_list(void **state)
{
    (void)state;
    refuses(
        &ZEN3, "", NULL,
        "kernel '' is not known: choose one of auto, Prescott, Nehalem, Sandybridge, Haswell, Zen, "
        "SkylakeX, Cooperlake, Sapphirerapids");
}

static void aarch64_has_kernels_of_its_own(void **state)
{
    (void)state;
    chooses(&ALTRA, "auto", NULL, NULL);
    chooses(&ALTRA, "auto", "cortexa57", NULL);
    chooses(&ALTRA, "neoversen1", NULL, "NEOVERSEN1");
    chooses(&GRAVITON3, "NeoverseV1", NULL, "NEOVERSEV1");
    chooses(&FUGAKU, "a64fx", NULL, "A64FX");
    refuses(&CORTEX, "NEOVERSEN1", NULL,
            "kernel 'NEOVERSEN1' needs ARMv8.1's atomics, which this processor does not have");
    refuses(&ALTRA, "auto", "armv8sve",
            "OPENBLAS_CORETYPE 'armv8sve' needs SVE, which this processor does not have");
    refuses(&FUGAKU, "NEOVERSEV1", NULL,
            "kernel 'NEOVERSEV1' needs ARMv8.4 with SVE, which this processor does not have");
    refuses(&GRAVITON3, "NEOVERSEN2", NULL,
            "kernel 'NEOVERSEN2' needs SVE2 with BF16, which this processor does not have");
    refuses(&ALTRA, "Haswell", NULL,
            "kernel 'Haswell' is not known: choose one of auto, ARMV8, CORTEXA53, CORTEXA57, "
            "CORTEXA72, CORTEXA73, THUNDERX2T99, TSV110, NEOVERSEN1, NEOVERSEV1, NEOVERSEN2, "
            "ARMV8SVE, A64FX");
}

static void other_architectures_are_left_alone(void **state)
{
    (void)state;
    chooses(&UNKNOWN, "auto", NULL, NULL);
    chooses(&UNKNOWN, "auto", "POWER9", NULL);
    chooses(&UNKNOWN, "POWER9", NULL, NULL);
    assert_string_equal(kernel_widest(&UNKNOWN), "");
}

static void kernels_go_by_the_width_of_their_instructions(void **state)
{
    (void)state;
    assert_string_equal(kernel_widest(&OLD), "Prescott");
    assert_string_equal(kernel_widest(&ZEN3), "Haswell");
    assert_string_equal(kernel_widest(&ZEN5), "SkylakeX");
    assert_string_equal(kernel_widest(&RAPIDS), "SkylakeX");
    assert_true(kernel_narrower("Haswell", "SkylakeX"));
    assert_true(kernel_narrower("nehalem", "Sandybridge"));
    assert_false(kernel_narrower("SkylakeX", "Haswell"));
    assert_false(kernel_narrower("SkylakeX", "Sapphirerapids"));
    assert_false(kernel_narrower("Prescott", "Nehalem"));
    assert_false(kernel_narrower("Generic", "Haswell"));
    assert_false(kernel_narrower("Prescott", ""));
    assert_false(kernel_narrower("armv8", kernel_widest(&GRAVITON3)));
    assert_string_equal(kernel_instructions("Zen"), "AVX2 and FMA");
    assert_string_equal(kernel_instructions("Sapphirerapids"), "AVX-512");
    assert_string_equal(kernel_instructions("Generic"), "");
}

static void only_what_can_be_chosen_is_usable(void **state)
{
    (void)state;
    const char *names[KERNELS_MOST];
    assert_int_equal(kernel_usable(&OLD, names), 2);
    assert_int_equal(kernel_usable(&ZEN3, names), 5);
    assert_string_equal(names[4], "Zen");
    assert_int_equal(kernel_usable(&RAPIDS, names), 8);
    assert_int_equal(kernel_usable(&CORTEX, names), 5);
    assert_int_equal(kernel_usable(&UNKNOWN, names), 0);
    int count = kernel_usable(&ZEN5, names);
    assert_int_equal(count, 7);
    for (int i = 0; i < count; i++)
        chooses(&ZEN5, names[i], NULL, names[i]);
}

static void this_processor_is_read(void **state)
{
    (void)state;
    struct processor processor;
    memset(&processor, 0xff, sizeof(processor));
    processor_read(&processor);
#if defined(__x86_64__)
    assert_int_equal(strlen(processor.vendor), 12);
    assert_int_equal(processor.avx2, __builtin_cpu_supports("avx2") != 0);
    assert_int_equal(processor.fma, __builtin_cpu_supports("fma") != 0);
    assert_int_equal(processor.avx512f, __builtin_cpu_supports("avx512f") != 0);
    assert_int_equal(processor.avx512bf16, __builtin_cpu_supports("avx512bf16") != 0);
#else
    assert_int_equal(processor.vendor[0], 0);
#if defined(__aarch64__)
    assert_int_equal(processor.neon, 1);
#endif
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(auto_takes_avx512_on_amd_and_leaves_the_rest_to_the_library),
        cmocka_unit_test(a_users_own_choice_stands_against_auto),
        cmocka_unit_test(a_users_own_choice_that_cannot_be_is_refused),
        cmocka_unit_test(a_wanted_kernel_is_taken_in_the_librarys_spelling),
        cmocka_unit_test(a_wanted_kernel_wins_over_the_environment),
        cmocka_unit_test(a_wanted_kernel_that_the_processor_cannot_execute_is_refused),
        cmocka_unit_test(an_unknown_kernel_is_refused_with_the_list),
        cmocka_unit_test(aarch64_has_kernels_of_its_own),
        cmocka_unit_test(kernels_go_by_the_width_of_their_instructions),
        cmocka_unit_test(other_architectures_are_left_alone),
        cmocka_unit_test(only_what_can_be_chosen_is_usable),
        cmocka_unit_test(this_processor_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
