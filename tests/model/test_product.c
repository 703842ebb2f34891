#include "comm/base/memory.h"
#include "comm/base/random.h"
#include "model/product/packed.h"
#include "model/product/threads.h"
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Every test is run with each library that is built in, and each precision that it has here. */
static enum precision precision;

enum { GAP = 3 }; // between rows, so that a wrong ld shows
enum how { ALONE, EACH, LAID_OUT, HOWS };

struct trial {
    enum product_form form;
    int M, N, K, lda, ldb, ldc;
    real *A, *B, *C;
};

static real *numbers(uint32_t lane, int64_t count)
{
    struct random_key key = {.seed = 11, .lane = lane};
    real *x = malloc((size_t)(count + 1) * sizeof(real));
    for (int64_t i = 0; i < count; i++)
        x[i] = (real)(2 * random_uniform(&key, (uint64_t)i) - 1);
    return x;
}

static struct trial trial_of(enum product_form form, int M, int N, int K)
{
    struct trial t = {.form = form, .M = M, .N = N, .K = K, .ldc = N + GAP};
    t.lda = (form == PRODUCT_TN ? M : K) + GAP;
    t.ldb = (form == PRODUCT_NT ? K : N) + GAP;
    t.A = numbers(1, (int64_t)t.lda * (form == PRODUCT_TN ? K : M));
    t.B = numbers(2, (int64_t)t.ldb * (form == PRODUCT_NT ? N : K));
    t.C = numbers(3, (int64_t)t.ldc * M);
    return t;
}

static void trial_free(struct trial *t)
{
    free(t->A);
    free(t->B);
    free(t->C);
}

static double rounded(real x)
{
    return precision == PRECISION_BFLOAT16 ? (double)bfloat16_value(bfloat16_of(x)) : (double)x;
}

static double element(const struct trial *t, int m, int n)
{
    double sum = 0;
    for (int64_t k = 0; k < t->K; k++) {
        real a = t->form == PRODUCT_TN ? t->A[k * t->lda + m] : t->A[m * (int64_t)t->lda + k];
        real b = t->form == PRODUCT_NT ? t->B[n * (int64_t)t->ldb + k] : t->B[k * t->ldb + n];
        sum += rounded(a) * rounded(b);
    }
    return sum;
}

static void run(struct trial *t, enum how how, int add)
{
    struct product_item item = {t->A, t->B, t->C, t->M, t->N, t->K};
    struct arena arena;
    struct packed packed;
    if (how == ALONE)
        product(t->form, t->M, t->N, t->K, t->A, t->lda, t->B, t->ldb, add, t->C, t->ldc);
    else if (how == EACH)
        product_each(t->form, &item, 1, t->lda, t->ldb, add, t->ldc);
    else {
        arena_init(&arena);
        packed_init(&packed, t->form, t->K, t->N, t->B, t->ldb, &arena);
        packed_product(&packed, t->M, t->A, t->lda, add, t->C, t->ldc);
        arena_release(&arena);
    }
}

/* Attention's products stay float32, and the left side of a laid out one is as it stands. */
static bool can(enum product_form form, enum how how)
{
    return how == ALONE || (how == EACH && precision == PRECISION_FLOAT32) ||
           (how == LAID_OUT && packed_pays() && form != PRODUCT_TN);
}

static void check(enum product_form form, int M, int N, int K, enum how how, int add)
{
    struct trial t = trial_of(form, M, N, K);
    real *before = numbers(3, (int64_t)t.ldc * M);
    run(&t, how, add);
    for (int m = 0; m < M; m++)
        for (int n = 0; n < t.ldc; n++) {
            int64_t i = (int64_t)m * t.ldc + n;
            double wanted = n < N ? element(&t, m, n) + (add ? before[i] : 0) : before[i];
            if (fabs(t.C[i] - wanted) > 1e-5 * sqrt(K + 1.0))
                fail_msg("form %d, %d x %d x %d, how %d, add %d: (%d, %d) is %g, not %g", form, M,
                         N, K, how, add, m, n, (double)t.C[i], wanted);
        }
    free(before);
    trial_free(&t);
}

static const int SHAPES[][3] = {{0, 5, 4},      {5, 0, 4},      {5, 4, 0},      {0, 0, 0},
                                {1, 1, 1},      {1, 7, 33},     {7, 1, 16},     {3, 5, 7},
                                {16, 16, 16},   {17, 33, 65},   {1, 700, 9},    {40, 37, 51},
                                {50, 1100, 67}, {1100, 50, 67}, {1, 2050, 1300}};
enum { COUNT = sizeof(SHAPES) / sizeof(*SHAPES) };

static void every_form_and_shape_is_the_triple_loop(void **state)
{
    (void)state;
    for (int form = PRODUCT_NN; form <= PRODUCT_TN; form++)
        for (int s = 0; s < COUNT; s++)
            for (int variant = 0; variant < 2 * HOWS; variant++)
                if (can(form, variant / 2))
                    check(form, SHAPES[s][0], SHAPES[s][1], SHAPES[s][2], variant / 2, variant % 2);
}

static void what_c_held_does_not_matter_without_add(void **state)
{
    (void)state;
    for (int how = 0; how < HOWS; how++)
        for (int size = 2; size < 80 && can(PRODUCT_NT, how); size += 70) {
            struct trial t = trial_of(PRODUCT_NT, size, size, size);
            for (int i = 0; i < t.ldc * size; i++)
                t.C[i] = NAN;
            run(&t, how, 0);
            assert_false(isnan(t.C[0]));
            assert_false(isnan(t.C[(size - 1) * t.ldc + size - 1]));
            trial_free(&t);
        }
}

static const int LARGE[][4] = {{PRODUCT_NT, 64, 2048, 128},
                               {PRODUCT_NN, 33, 1000, 200},
                               {PRODUCT_TN, 1111, 96, 77},
                               {PRODUCT_NT, 700, 64, 300},
                               {PRODUCT_NT, 1, 2100, 1200}};

static void any_number_of_threads_gives_the_same_bits(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++) {
        enum how how = i / 5 ? LAID_OUT : ALONE;
        int s = i % 5;
        if (!can(LARGE[s][0], how))
            continue;
        struct trial one = trial_of(LARGE[s][0], LARGE[s][1], LARGE[s][2], LARGE[s][3]);
        run(&one, how, 1);
        for (int count = 2; count <= 4; count += 2) {
            struct trial many = trial_of(LARGE[s][0], LARGE[s][1], LARGE[s][2], LARGE[s][3]);
            threads_set(count);
            run(&many, how, 1);
            threads_set(1);
            assert_memory_equal(one.C, many.C, (size_t)one.M * (size_t)one.ldc * sizeof(real));
            trial_free(&many);
        }
        trial_free(&one);
    }
}

/* The matrices of sentences of 1 to 40 words. */
static void each_into(real *C, const real *A, const real *B, int add)
{
    enum { ITEMS = 40, WIDTH = 96 };
    struct product_item items[ITEMS];
    for (int i = 0; i < ITEMS; i++)
        items[i] = (struct product_item){A + i, B + i, C + i * 64 * 64, 1 + i % 7, 1 + i, WIDTH};
    product_each(PRODUCT_NT, items, ITEMS, WIDTH, WIDTH, add, 64);
}

static void items_have_the_same_bits_on_any_number_of_threads(void **state)
{
    (void)state;
    size_t bytes = 40 * 64 * 64 * sizeof(real);
    real *A = numbers(1, 20000), *B = numbers(2, 20000), *one = calloc(1, bytes),
         *many = calloc(1, bytes);
    each_into(one, A, B, 0);
    for (int count = 2; count <= 4; count += 2) {
        threads_set(count);
        each_into(many, A, B, 0);
        threads_set(1);
        assert_memory_equal(one, many, bytes);
    }
    assert_true(one[39 * 64 * 64 + 39] != 0);
    free(A);
    free(B);
    free(one);
    free(many);
}

static void *run_there(void *trial)
{
    run(trial, ALONE, 0);
    return NULL;
}

/* OpenBLAS goes by a number that each thread has for itself, and its own threads change bits. */
static void a_thread_that_never_called_product_start_gives_the_same_bits(void **state)
{
    (void)state;
    struct trial here = trial_of(PRODUCT_NT, 200, 256, 512),
                 there = trial_of(PRODUCT_NT, 200, 256, 512);
    run(&here, ALONE, 0);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, run_there, &there), 0);
    pthread_join(thread, NULL);
    assert_memory_equal(here.C, there.C, (size_t)here.M * (size_t)here.ldc * sizeof(real));
    trial_free(&here);
    trial_free(&there);
}

static void ragged_counts_products_whose_last_piece_of_many_is_short(void **state)
{
    (void)state;
    const struct {
        int N, ragged;
    } sides[] = {{100, 0}, {512, 0}, {500, 0}, {1024, 0}, {1000, 1}};
    for (int s = 0; s < 5; s++) {
        struct trial t = trial_of(PRODUCT_NN, 96, sides[s].N, 256);
        int64_t before = atomic_load(&product_ragged);
        run(&t, ALONE, 0);
        assert_int_equal(atomic_load(&product_ragged) - before, sides[s].ragged);
        trial_free(&t);
    }
}

static void library_and_kernel_have_names(void **state)
{
    (void)state;
    assert_int_equal(strncmp(product_library(), "OpenBLAS 0.", 11), 0);
    assert_null(strchr(product_library() + 9, ' '));
    assert_true(strlen(product_kernel()) > 2);
}

static void each_product_is_of_the_precision_asked_for(void **state)
{
    (void)state;
    struct trial t = trial_of(PRODUCT_NN, 40, 40, 40);
    const real third = 1 / (real)3;
    for (int i = 0; i < 40 * t.lda; i++)
        t.A[i] = third;
    for (int i = 0; i < 40 * t.ldb; i++)
        t.B[i] = 1;
    run(&t, ALONE, 0);
    assert_true(fabs((double)t.C[0] - 40 * rounded(third)) < 1e-4);
    trial_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_and_shape_is_the_triple_loop),
        cmocka_unit_test(what_c_held_does_not_matter_without_add),
        cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
        cmocka_unit_test(items_have_the_same_bits_on_any_number_of_threads),
        cmocka_unit_test(a_thread_that_never_called_product_start_gives_the_same_bits),
        cmocka_unit_test(ragged_counts_products_whose_last_piece_of_many_is_short),
        cmocka_unit_test(each_product_is_of_the_precision_asked_for),
        cmocka_unit_test(library_and_kernel_have_names),
    };
    struct reason why;
    int failed = 0;
    for (int products = PRODUCTS_AUTO; products <= PRODUCTS_REFERENCE; products++)
        for (precision = PRECISION_FLOAT32; precision <= PRECISION_BFLOAT16; precision++) {
            if (!product_start(products, &why) || !product_precise(precision, &why)) {
                printf("skipped: products %d, precision %d: %s\n", products, precision, why.text);
                continue;
            }
            product_precision(precision);
            printf("products %d, precision %d: %s\n", products, precision,
                   product_words(precision));
            failed += cmocka_run_group_tests(tests, NULL, NULL);
        }
    return failed;
}
