// A running text in pieces, the state carried from one to the next, is the text in one.
#include "tests/model/models.h"
#include "tests/model/trial.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { ROWS = 3, LENGTH = 40 };

/* Row i, without its first symbol, which stands before it: places [first, first + count). */
static struct sentence piece(int32_t symbols[ROWS][LENGTH + 1], int i, int first, int count)
{
    return (struct sentence){.side[TARGET] = {symbols[i] + 1 + first, count}, .continues = 1};
}

static void fill(int32_t symbols[ROWS][LENGTH + 1], int vocabulary)
{
    for (int i = 0; i < ROWS; i++)
        for (int t = 0; t <= LENGTH; t++)
            symbols[i][t] = t == 0 ? SYMBOL_BEGIN
                                   : SYMBOL_END + (i * 7 + t * t * 3) % (vocabulary - SYMBOL_END);
}

/* Adds the losses of the rows to sums, in pieces of so many symbols. */
static void in_pieces(struct trial *trial, int32_t symbols[ROWS][LENGTH + 1], int steps,
                      double sums[ROWS])
{
    int64_t reals = decoder_carried(&trial->model.decoder, ROWS);
    real *carried = memory_take((size_t)reals * sizeof *carried);
    for (int first = 0; first < LENGTH; first += steps) {
        struct sentence sentences[ROWS];
        double losses[ROWS];
        int count = LENGTH - first < steps ? LENGTH - first : steps;
        for (int i = 0; i < ROWS; i++)
            sentences[i] = piece(symbols, i, first, count);
        batch_pack(&trial->batch, &trial->model.shape, sentences, ROWS);
        assert_int_equal(trial->batch.target_tokens, ROWS * count);
        trial->batch.carried = carried;
        trial_losses(trial, losses);
        for (int i = 0; i < ROWS; i++)
            sums[i] += losses[i];
    }
    memory_free(carried);
}

static void pieces_with_their_state_have_the_losses_of_the_whole(void **state)
{
    (void)state;
    for (int cell = 0; cell < CELL_KINDS; cell++) {
        const struct shape shape = models_running((enum cell_kind)cell);
        struct trial trial;
        int32_t symbols[ROWS][LENGTH + 1];
        double whole[ROWS] = {0};
        trial_init(&trial, &shape);
        fill(symbols, shape.side[TARGET].vocabulary);
        in_pieces(&trial, symbols, LENGTH, whole);
        for (int steps = 1; steps < LENGTH; steps += 6) {
            double sums[ROWS] = {0};
            in_pieces(&trial, symbols, steps, sums);
            for (int i = 0; i < ROWS; i++)
                assert_true(fabs(sums[i] - whole[i]) < 1e-4 * whole[i]);
        }
        trial_release(&trial);
    }
}

/* And it is the text as a sentence has it, but for the sentence's own end. */
static void a_piece_that_begins_is_a_sentence_without_its_end(void **state)
{
    (void)state;
    const struct shape shape = models_running(CELL_LSTM);
    struct trial trial;
    int32_t symbols[ROWS][LENGTH + 1];
    double whole[ROWS] = {0}, losses[ROWS];
    struct sentence sentences[ROWS];
    trial_init(&trial, &shape);
    fill(symbols, shape.side[TARGET].vocabulary);
    for (int i = 0; i < ROWS; i++) {
        symbols[i][LENGTH] = SYMBOL_END;
        sentences[i] = piece(symbols, i, 0, LENGTH - 1);
        sentences[i].continues = 0;
    }
    in_pieces(&trial, symbols, LENGTH, whole);
    batch_pack(&trial.batch, &shape, sentences, ROWS);
    trial_losses(&trial, losses);
    for (int i = 0; i < ROWS; i++)
        assert_true(losses[i] == whole[i]);
    trial_release(&trial);
}

static void rows_of_different_lengths_do_not_touch_each_other(void **state)
{
    (void)state;
    const struct shape shape = models_running(CELL_GRU);
    struct trial trial;
    int32_t symbols[ROWS][LENGTH + 1];
    double losses[ROWS], whole[ROWS] = {0};
    trial_init(&trial, &shape);
    fill(symbols, shape.side[TARGET].vocabulary);
    in_pieces(&trial, symbols, LENGTH, whole);
    struct sentence sentences[ROWS] = {piece(symbols, 0, 0, LENGTH), piece(symbols, 1, 0, 0),
                                       piece(symbols, 2, 0, LENGTH)};
    batch_pack(&trial.batch, &shape, sentences, ROWS);
    trial_losses(&trial, losses);
    assert_true(fabs(losses[0] - whole[0]) < 1e-4 * whole[0] && losses[1] == 0 &&
                fabs(losses[2] - whole[2]) < 1e-4 * whole[2]);
    trial_release(&trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_with_their_state_have_the_losses_of_the_whole),
        cmocka_unit_test(a_piece_that_begins_is_a_sentence_without_its_end),
        cmocka_unit_test(rows_of_different_lengths_do_not_touch_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
