#include "comm/base/memory.h"
#include "model/optimizer/average.h"
#include "model/product/threads.h"
#include "trainer/run/guard.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#undef fail // reason.h has a function of that name

/* Of three ranks each has three blocks, the last one ragged. */
enum { RANKS = 3, TOTAL = 6 * GUARD_BLOCK + 5008 };
static const struct cuts cuts = {.total = TOTAL};

static void run_init(struct run *run, struct range part)
{
    static struct settings settings = {.average = 0.4};
    *run = (struct run){
        .settings = &settings,
        .optimizer = {.kind = &optimizer_adam, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8}};
    struct parameters *parameters = &run->model.parameters;
    parameters_init(parameters);
    parameters_add(parameters, "a", 3, 1000, 1, INITIAL_ZERO);
    parameters_add(parameters, "b", 50, 1000, 1, INITIAL_ZERO);
    parameters_add(parameters, "c", TOTAL - (int)parameters->total, 0, 1, INITIAL_ZERO);
    assert_int_equal(parameters->total, TOTAL);
    run->weights = memory_take(TOTAL * sizeof(float));
    for (int i = 0; i < TOTAL; i++)
        run->weights[i] = sinf((float)i);
    float **blocks[] = {&run->gradient, &run->first, &run->second, &run->average};
    for (int k = 0; k < 4; k++) {
        *blocks[k] = memory_take((size_t)part.count * sizeof(float));
        for (int64_t i = 0; i < part.count; i++)
            (*blocks[k])[i] = fabsf(cosf((float)(i + k)));
    }
    run->state.update = 11;
    run->state.steps = 5;
}

/* Without a guard. */
static void step_of(const struct run *run, struct range part)
{
    optimizer_step(&run->optimizer, 0.1, 5, 0.5,
                   &(struct stretch){part.count, 0, run->weights + part.first, run->gradient,
                                     run->first, run->second});
}

static void run_free(struct run *run)
{
    parameters_release(&run->model.parameters);
    memory_free(run->weights);
    memory_free(run->gradient);
    memory_free(run->first);
    memory_free(run->second);
    memory_free(run->average);
}

static void flip(float *value)
{
    ((unsigned char *)value)[1] ^= 16;
}

/* One flip at a time: the step and the check must both name it. The step spoils the run. */
static void finds(struct range part, const char *array, int64_t place, const char *words)
{
    struct run run;
    struct reason why;
    char wanted[300];
    run_init(&run, part);
    struct guard *guard = guard_open(&run, part);
    float *data = strcmp(array, "weights") == 0         ? run.weights
                  : strcmp(array, "moments/first") == 0 ? run.first
                  : strcmp(array, "average") == 0       ? run.average
                                                        : run.second;
    assert_true(guard_check_all(guard, &run, &why));
    flip(&data[place]);
    assert_false(guard_check_all(guard, &run, &why));
    snprintf(wanted, sizeof wanted,
             "memory changed by itself: %s of %s: the memory of this host is to be suspected",
             array, words);
    const char *at = strstr(why.text, " at update 11");
    assert_non_null(at);
    memmove((char *)at, at + strlen(" at update 11"), strlen(at + strlen(" at update 11")) + 1);
    assert_string_equal(why.text, wanted);
    assert_false(guard_step(guard, &run, 0.1, 1, &why));
    assert_non_null(strstr(why.text, " at update 12 "));
    assert_non_null(strstr(why.text, array));
    guard_close(guard);
    run_free(&run);
}

/* Of every block of every array, first and last bit. */
static void a_flip_in_any_block_is_found(void **state)
{
    (void)state;
    for (int rank = 0; rank < RANKS; rank++) {
        struct range part = tree_part(&cuts, RANKS, rank);
        int64_t edges[] = {0, part.first, part.first + part.count, TOTAL};
        int all = 0, number = 0;
        for (int k = 0; k < 3; k++)
            all += (int)((edges[k + 1] - edges[k] + GUARD_BLOCK - 1) / GUARD_BLOCK);
        for (int k = 0; k < 3; k++)
            for (int64_t i = edges[k]; i < edges[k + 1]; i += GUARD_BLOCK) {
                int64_t end = i + GUARD_BLOCK < edges[k + 1] ? i + GUARD_BLOCK : edges[k + 1];
                const char *from = i < 3000 ? "a" : i < 53008 ? "b" : "c";
                const char *to = end <= 53008 ? "b" : "c";
                char names[32], words[100];
                snprintf(names, sizeof names, *from == *to ? "'%s'" : "'%s' to '%s'", from, to);
                snprintf(words, sizeof words, "%s (block %d of %d)", names, ++number, all);
                finds(part, "weights", i, words);
                finds(part, "weights", end - 1, words);
            }
    }
}

static void a_flip_in_moments_and_average_is_found(void **state)
{
    (void)state;
    struct range part = tree_part(&cuts, RANKS, 1);
    int64_t blocks = (part.count + GUARD_BLOCK - 1) / GUARD_BLOCK;
    assert_int_equal(blocks, 3);
    finds(part, "moments/first", 0, "'b' to 'c' (block 1 of 3)");
    finds(part, "moments/first", part.count - 1, "'c' (block 3 of 3)");
    finds(part, "moments/second", GUARD_BLOCK, "'c' (block 2 of 3)");
    finds(part, "moments/second", part.count - 1, "'c' (block 3 of 3)");
    finds(part, "average", 0, "'b' to 'c' (block 1 of 3)");
    finds(part, "average", part.count - 1, "'c' (block 3 of 3)");
}

/* The step is the optimizer's and the average's, and what it wrote and what was received are right
 * from then on. */
static void a_step_is_that_of_the_optimizer(void **state)
{
    (void)state;
    struct range part = tree_part(&cuts, RANKS, 1);
    for (int threads = 1; threads <= 3; threads += 2) {
        struct run run, plain;
        struct reason why;
        threads_set(threads);
        run_init(&run, part);
        run_init(&plain, part);
        struct guard *guard = guard_open(&run, part);
        assert_true(guard_step(guard, &run, 0.1, 0.5, &why));
        step_of(&plain, part);
        average_step(0.4, 5, part.count, plain.average, plain.weights + part.first);
        assert_memory_equal(run.weights, plain.weights, TOTAL * sizeof(float));
        assert_memory_equal(run.first, plain.first, (size_t)part.count * sizeof(float));
        assert_memory_equal(run.second, plain.second, (size_t)part.count * sizeof(float));
        assert_memory_equal(run.average, plain.average, (size_t)part.count * sizeof(float));
        run.weights[0] = run.weights[TOTAL - 1] = 7;
        assert_false(guard_check_all(guard, &run, &why));
        guard_take(guard);
        assert_true(guard_check_all(guard, &run, &why));
        assert_true(guard_step(guard, &run, 0.1, 0.5, &why));
        guard_close(guard);
        run_free(&run);
        run_free(&plain);
    }
    threads_set(1);
}

/* Over the end of a block: no step, no decay, no moments. */
static void what_is_frozen_takes_no_step(void **state)
{
    (void)state;
    struct range part = tree_part(&cuts, RANKS, 1),
                 frozen[] = {{0, 3}, {part.first + 5, GUARD_BLOCK}};
    struct run run, plain;
    struct reason why;
    run_init(&run, part);
    run_init(&plain, part);
    run.optimizer.kind = plain.optimizer.kind = &optimizer_adamw;
    run.optimizer.weight_decay = plain.optimizer.weight_decay = 0.1;
    run.freeze = (struct freeze){frozen, 2};
    struct guard *guard = guard_open(&run, part);
    assert_true(guard_step(guard, &run, 0.1, 0.5, &why));
    step_of(&plain, part);
    struct run before;
    run_init(&before, part);
    for (int64_t i = 0; i < part.count; i++) {
        const struct run *as = i >= 5 && i < 5 + GUARD_BLOCK ? &before : &plain;
        assert_true(run.weights[part.first + i] == as->weights[part.first + i]);
        assert_true(run.first[i] == as->first[i] && run.second[i] == as->second[i]);
    }
    run_free(&before);
    guard_close(guard);
    run_free(&run);
    run_free(&plain);
}

static void without_moments_and_average_the_weights_are_guarded(void **state)
{
    (void)state;
    struct run run;
    struct reason why;
    struct range all = {0, TOTAL};
    run_init(&run, all);
    memory_free(run.first);
    memory_free(run.second);
    memory_free(run.average);
    run.first = run.second = run.average = NULL;
    run.optimizer = (struct optimizer){.kind = &optimizer_sgd};
    struct guard *guard = guard_open(&run, all);
    assert_true(guard_step(guard, &run, 0.1, 1, &why));
    assert_true(guard_check_all(guard, &run, &why));
    flip(&run.weights[TOTAL - 1]);
    assert_false(guard_step(guard, &run, 0.1, 1, &why));
    guard_close(guard);
    run_free(&run);
}

/* What cannot be computed of a piece of a parameter, nor without its shape. */
static void step_whole(const struct optimizer *optimizer, double learning_rate, int64_t step,
                       double scale, const struct stretch *stretch)
{
    (void)optimizer, (void)learning_rate, (void)step, (void)scale;
    const int64_t count = stretch_count(stretch);
    for (int64_t i = 0; i < count; i++)
        stretch->weights[i] =
            (float)(stretch->rows + stretch->columns) + stretch->gradient[count - 1 - i];
}

static void parameters_that_are_needed_whole_are_blocks(void **state)
{
    (void)state;
    static const struct optimizer_kind kind = {.name = "whole", .whole = true, .step = step_whole};
    int64_t ends[] = {3008, 53008, TOTAL};
    struct range part = {3008, TOTAL - 3008}, frozen[] = {{53008, TOTAL - 53008}};
    struct run run, before;
    struct reason why;
    run_init(&run, part);
    run_init(&before, part);
    run.optimizer.kind = &kind;
    run.cuts = (struct cuts){TOTAL, ends, 3};
    run.freeze = (struct freeze){frozen, 1};
    struct guard *guard = guard_open(&run, part);
    assert_true(guard_step(guard, &run, 0.1, 1, &why));
    for (int64_t i = 0; i < TOTAL; i++)
        assert_true(run.weights[i] == (i >= 3008 && i < 53008 ? 50 + 1000 + run.gradient[53007 - i]
                                                              : before.weights[i]));
    assert_true(guard_check_all(guard, &run, &why));
    flip(&run.second[49999]);
    assert_false(guard_check_all(guard, &run, &why));
    assert_non_null(strstr(why.text, "moments/second of 'b' at update 11 (block 1 of 2)"));
    flip(&run.second[49999]);
    flip(&run.weights[2999]);
    assert_false(guard_step(guard, &run, 0.1, 1, &why));
    assert_non_null(strstr(why.text, "weights of 'a' at update 12 (block 1 of 3)"));
    guard_close(guard);
    run_free(&run);
    run_free(&before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flip_in_any_block_is_found),
        cmocka_unit_test(a_flip_in_moments_and_average_is_found),
        cmocka_unit_test(a_step_is_that_of_the_optimizer),
        cmocka_unit_test(what_is_frozen_takes_no_step),
        cmocka_unit_test(parameters_that_are_needed_whole_are_blocks),
        cmocka_unit_test(without_moments_and_average_the_weights_are_guarded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
