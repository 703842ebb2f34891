// The gradient of every whole model that the tables can make, element by element, against
// differences of its loss. A thousand models: forked workers share them, and each tells through
// shared memory where it is, so that a model that ends the program is named too.
#include "tests/gradients/combinations.h"
#include "tests/gradients/gradient_of_model.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct worker {
    int at; // the combination in hand
    int64_t models, wrong_models;
    double worst;
};

static void work(struct worker *worker, int first, int step)
{
    struct combination c;
    for (worker->at = first; combination(worker->at, &c); worker->at += step) {
        char name[256];
        combination_name(&c, name);
        struct shape shape = combination_shape(&c);
        struct differences_result result =
            gradient_of_shape_check(&shape, worker->at % 3 == 0, 1000 + (uint64_t)worker->at, name);
        worker->models++;
        worker->wrong_models += result.wrong > 0;
        worker->worst = fmax(worker->worst, result.worst);
    }
}

static void add_up(struct worker *all, const struct worker *worker)
{
    all->models += worker->models;
    all->wrong_models += worker->wrong_models;
    all->worst = fmax(all->worst, worker->worst);
}

static struct worker work_everywhere(void)
{
    int workers = (int)sysconf(_SC_NPROCESSORS_ONLN);
    struct worker *shared = mmap(NULL, (size_t)workers * sizeof *shared, PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(shared != MAP_FAILED);
    pid_t *processes = calloc((size_t)workers, sizeof *processes);
    for (int i = 0; i < workers; i++) {
        processes[i] = fork();
        assert_true(processes[i] >= 0);
        if (processes[i] == 0) {
            work(&shared[i], i, workers);
            _exit(0);
        }
    }
    struct worker all = {0};
    int died = 0;
    for (int i = 0; i < workers; i++) {
        int status;
        assert_int_equal(waitpid(processes[i], &status, 0), processes[i]);
        if (status != 0) {
            struct combination c;
            char name[256];
            combination(shared[i].at, &c);
            combination_name(&c, name);
            print_error("worker ended with status %#x at: %s\n", (unsigned)status, name);
            died++;
        }
        add_up(&all, &shared[i]);
    }
    free(processes);
    munmap(shared, (size_t)workers * sizeof *shared);
    assert_int_equal(died, 0);
    return all;
}

static void every_element_agrees_with_differences_for_every_combination(void **state)
{
    (void)state;
    struct combination c;
    int64_t rows = 0;
    while (combination_row((int)rows, &c))
        rows++;
    struct worker all = work_everywhere();
    print_message("%lld rows, %d draws of %d switches: %lld models checked; %lld wrong; largest "
                  "error %.2g of %.2g allowed\n",
                  (long long)rows, COMBINATION_DRAWS, COMBINATION_SWITCHES, (long long)all.models,
                  (long long)all.wrong_models, all.worst, differences_tolerance);
    assert_int_equal(all.models, rows * COMBINATION_DRAWS);
    assert_int_equal(all.wrong_models, 0);
}

// The product above ties the depths of encoder and decoder; affine and mean are for those that
// differ.
static void every_element_agrees_where_the_depths_differ(void **state)
{
    (void)state;
    int64_t wrong = 0;
    for (int i = 0; i < CELL_KINDS * CONTEXT_KINDS * 2; i++) {
        struct combination c = {{0}, 0};
        struct shape shape = combination_shape(&c);
        shape.cell = (enum cell_kind)(i / 2 / CONTEXT_KINDS);
        shape.context = (enum context_kind)(i / 2 % CONTEXT_KINDS);
        shape.attention = ATTENTION_GENERAL;
        shape.bidirectional = shape.input_feeding = 1;
        shape.encoder_layers = 1 + i % 2;
        shape.decoder_layers = 2 - i % 2;
        const bool takes_over = context_known[shape.context].takes_over;
        shape.encoder_hidden = takes_over ? 2 : 3;
        shape.dropout_embedding = shape.dropout_layer = shape.dropout_encoder = 0.3;
        struct reason why;
        bool possible = shape_check(&shape, &why);
        assert_int_equal(possible, !takes_over);
        if (possible)
            wrong += gradient_of_shape_check(&shape, 1, 99, kinds_cells[shape.cell]).wrong;
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_element_agrees_with_differences_for_every_combination),
        cmocka_unit_test(every_element_agrees_where_the_depths_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
