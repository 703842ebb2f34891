#include "model/layers/embedding.h"
#include "model/product/threads.h"
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { V = 30, E = 150, COUNT = 1000 };

static real number(int64_t i)
{
    return (real)((i * 7919) % 1009) / 512 - 1;
}

static int32_t symbols[COUNT];
static real weights[V * E], dy[COUNT * E];

static int fill(void **state)
{
    (void)state;
    for (int i = 0; i < COUNT; i++)
        symbols[i] = (int32_t)((i * 37) % 29); // 29 stays unused
    for (int i = 0; i < V * E; i++)
        weights[i] = number(i);
    for (int i = 0; i < COUNT * E; i++)
        dy[i] = number(i + 5) / 3;
    return 0;
}

static void forward_takes_the_rows_of_the_symbols(void **state)
{
    (void)state;
    for (int count = 1; count <= 4; count += 3) {
        real *y = malloc(COUNT * E * sizeof(real));
        threads_set(count);
        embedding_forward(weights, E, symbols, 1, COUNT, y, E);
        threads_set(1);
        for (int i = 0; i < COUNT; i++)
            assert_memory_equal(y + i * E, weights + symbols[i] * E, E * sizeof(real));
        free(y);
    }
}

static void backward_adds_in_the_order_of_positions_for_any_number_of_threads(void **state)
{
    (void)state;
    size_t bytes = V * E * sizeof(real);
    real *wanted = malloc(bytes), *dweights = malloc(bytes);
    memcpy(wanted, weights, bytes);
    for (int i = 0; i < COUNT; i++)
        for (int e = 0; e < E; e++)
            wanted[symbols[i] * E + e] += dy[i * E + e];
    for (int count = 1; count <= 4; count++) {
        memcpy(dweights, weights, bytes);
        threads_set(count);
        embedding_backward(dweights, E, symbols, 1, COUNT, dy, E);
        threads_set(1);
        assert_memory_equal(dweights, wanted, bytes);
    }
    free(wanted);
    free(dweights);
}

static void nothing_is_fine(void **state)
{
    (void)state;
    real row[E] = {3};
    embedding_forward(weights, E, symbols, 1, 0, row, E);
    embedding_backward(row, E, symbols, 1, 0, dy, E);
    assert_true(row[0] == 3 && row[1] == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forward_takes_the_rows_of_the_symbols),
        cmocka_unit_test(backward_adds_in_the_order_of_positions_for_any_number_of_threads),
        cmocka_unit_test(nothing_is_fine),
    };
    return cmocka_run_group_tests(tests, fill, NULL);
}
