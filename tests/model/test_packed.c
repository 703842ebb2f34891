#include "comm/base/random.h"
#include "model/product/kernel.h"
#include "model/product/packed.h"
#include "model/product/threads.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { GAP = 3 }; // between rows, so that a wrong ld shows

static real *numbers(uint32_t lane, int64_t count)
{
    struct random_key key = {.seed = 12, .lane = lane};
    real *x = malloc((size_t)(count + 1) * sizeof(real));
    for (int64_t i = 0; i < count; i++)
        x[i] = (real)(2 * random_uniform(&key, (uint64_t)i) - 1);
    return x;
}

/* The chain that packed.h promises. */
static real chain(enum product_form form, int K, const real *a, const real *B, int ldb, int n,
                  real sum)
{
    for (int k = 0; k < K; k++) {
        real b = form == PRODUCT_NT ? B[n * (int64_t)ldb + k] : B[(int64_t)k * ldb + n];
#if defined(__x86_64__)
        if (!kernel_vectors(product_kernel())) {
            sum += a[k] * b;
            continue;
        }
#endif
        sum = fmaf(a[k], b, sum);
    }
    return sum;
}

static void check(enum product_form form, int M, int N, int K, int add)
{
    int lda = K + GAP, ldb = (form == PRODUCT_NT ? K : N) + GAP, ldc = N + GAP;
    real *A = numbers(1, (int64_t)lda * M), *C = numbers(3, (int64_t)ldc * M);
    real *B = numbers(2, (int64_t)ldb * (form == PRODUCT_NT ? N : K));
    real *before = numbers(3, (int64_t)ldc * M);
    struct arena arena;
    struct packed packed;
    arena_init(&arena);
    packed_init(&packed, form, K, N, B, ldb, &arena);
    packed_product(&packed, M, A, lda, add, C, ldc);
    for (int m = 0; m < M; m++)
        for (int n = 0; n < ldc; n++) {
            int64_t i = (int64_t)m * ldc + n;
            real wanted = before[i];
            if (n < N)
                wanted = chain(form, K, A + (int64_t)m * lda, B, ldb, n, add ? before[i] : 0);
            if (C[i] != wanted)
                fail_msg("form %d, %d x %d x %d, add %d: (%d, %d) is %.9g, not %.9g", form, M, N, K,
                         add, m, n, C[i], wanted);
        }
    arena_release(&arena);
    free(A);
    free(B);
    free(C);
    free(before);
}

static void each_element_is_one_chain(void **state)
{
    (void)state;
    const int rows[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 193};
    const int columns[] = {0, 1, 7, 8, 15, 16, 17, 33};
    const int depths[] = {0, 1, 17, 256, 257};
    for (size_t m = 0; m < sizeof rows / sizeof *rows; m++)
        for (size_t n = 0; n < sizeof columns / sizeof *columns; n++)
            for (size_t k = 0; k < sizeof depths / sizeof *depths; k++)
                for (int add = 0; add < 2; add++) {
                    check(PRODUCT_NN, rows[m], columns[n], depths[k], add);
                    check(PRODUCT_NT, rows[m], columns[n], depths[k], add);
                }
}

static void rows_that_are_pages_apart_change_nothing(void **state)
{
    (void)state;
    const int K = 1024 - GAP;
    for (int add = 0; add < 2; add++) {
        check(PRODUCT_NT, 13, 33, K, add);
        check(PRODUCT_NN, 193, 16, K, add);
    }
}

static void large_products_on_several_threads_have_the_same_bits(void **state)
{
    (void)state;
    for (int count = 1; count <= 5; count++) {
        threads_set(count);
        check(PRODUCT_NT, 70, 150, 129, 0);
        check(PRODUCT_NN, 70, 150, 600, 1);
    }
    threads_set(1);
}

static void what_is_not_finite_stays_in_its_row_and_column(void **state)
{
    (void)state;
    enum { M = 8, N = 20, K = 30 };
    real *A = numbers(1, M * K), *B = numbers(2, N * K), C[M * N];
    struct arena arena;
    struct packed packed;
    A[3 * K + 7] = NAN;
    B[19 * K + 2] = INFINITY;
    arena_init(&arena);
    packed_init(&packed, PRODUCT_NT, K, N, B, K, &arena);
    packed_product(&packed, M, A, K, 0, C, N);
    for (int i = 0; i < M * N; i++)
        assert_int_equal(isfinite(C[i]) != 0, i / N != 3 && i % N != 19);
    arena_release(&arena);
    free(A);
    free(B);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_element_is_one_chain),
        cmocka_unit_test(rows_that_are_pages_apart_change_nothing),
        cmocka_unit_test(large_products_on_several_threads_have_the_same_bits),
        cmocka_unit_test(what_is_not_finite_stays_in_its_row_and_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
