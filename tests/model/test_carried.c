// A running text or series in pieces, the state carried from one to the next, is the whole in one.
#include "tests/model/models.h"
#include "tests/model/trial.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { ROWS = 3, LENGTH = 40, DIMENSION = 3 };

struct rows {
    enum form form;
    int width;
    int32_t cells[ROWS][(LENGTH + 1) * DIMENSION]; // floats of vectors
};

static struct shape language_model(enum cell_kind cell, enum form form)
{
    struct shape shape = models_running(cell);
    if (form == FORM_VECTORS)
        models_of_vectors(&shape, DIMENSION);
    return shape;
}

/* Row i, without its first place, which stands before it: places [first, first + count). */
static struct sentence piece(const struct rows *rows, int i, int first, int count)
{
    return (struct sentence){
        .side[TARGET] = {rows->cells[i] + (ptrdiff_t)(1 + first) * rows->width, count},
        .continues = 1};
}

static void fill(struct rows *rows, const struct shape *shape)
{
    const struct side_shape *target = &shape->side[TARGET];
    *rows = (struct rows){.form = target->form, .width = side_cells(target)};
    for (int i = 0; i < ROWS; i++)
        for (int t = 0; t < (LENGTH + 1) * rows->width; t++) {
            int some = i * 7 + t * t * 3;
            float value = t < rows->width ? 0 : (float)(some % 17) / 8 - 1;
            if (target->form == FORM_VECTORS)
                memcpy(&rows->cells[i][t], &value, sizeof value);
            else
                rows->cells[i][t] =
                    t == 0 ? SYMBOL_BEGIN : SYMBOL_END + some % (target->vocabulary - SYMBOL_END);
        }
}

/* Adds the losses of the rows to sums, in pieces of so many places. */
static void in_pieces(struct trial *trial, const struct rows *rows, int steps, double sums[ROWS])
{
    int64_t reals = decoder_carried(&trial->model.decoder, ROWS);
    real *carried = memory_take((size_t)reals * sizeof *carried);
    for (int first = 0; first < LENGTH; first += steps) {
        struct sentence sentences[ROWS];
        double losses[ROWS];
        int count = LENGTH - first < steps ? LENGTH - first : steps;
        for (int i = 0; i < ROWS; i++)
            sentences[i] = piece(rows, i, first, count);
        batch_pack(&trial->batch, &trial->model.shape, sentences, ROWS);
        assert_int_equal(trial->batch.target_tokens, ROWS * count);
        trial->batch.carried = carried;
        trial_losses(trial, losses);
        for (int i = 0; i < ROWS; i++)
            sums[i] += losses[i];
    }
    memory_free(carried);
}

static void check_pieces(enum cell_kind cell, enum form form)
{
    const struct shape shape = language_model(cell, form);
    struct trial trial;
    struct rows rows;
    double whole[ROWS] = {0};
    trial_init(&trial, &shape);
    fill(&rows, &shape);
    in_pieces(&trial, &rows, LENGTH, whole);
    for (int steps = 1; steps < LENGTH; steps += 6) {
        double sums[ROWS] = {0};
        in_pieces(&trial, &rows, steps, sums);
        for (int i = 0; i < ROWS; i++)
            assert_true(fabs(sums[i] - whole[i]) < 1e-4 * whole[i]);
    }
    trial_release(&trial);
}

static void pieces_with_their_state_have_the_losses_of_the_whole(void **state)
{
    (void)state;
    for (int cell = 0; cell < CELL_KINDS; cell++) {
        check_pieces((enum cell_kind)cell, FORM_SYMBOLS);
        check_pieces((enum cell_kind)cell, FORM_VECTORS);
    }
}

/* And it is the whole as a sentence has it, but for the sentence's own end: of vectors nothing says
 * that one is the last. */
static void check_beginning(enum form form)
{
    const struct shape shape = language_model(CELL_LSTM, form);
    struct trial trial;
    struct rows rows;
    double whole[ROWS] = {0}, losses[ROWS];
    struct sentence sentences[ROWS];
    trial_init(&trial, &shape);
    fill(&rows, &shape);
    for (int i = 0; i < ROWS; i++) {
        if (form == FORM_SYMBOLS)
            rows.cells[i][LENGTH] = SYMBOL_END;
        sentences[i] = piece(&rows, i, 0, LENGTH - (form == FORM_SYMBOLS));
        sentences[i].continues = 0;
    }
    in_pieces(&trial, &rows, LENGTH, whole);
    batch_pack(&trial.batch, &shape, sentences, ROWS);
    trial_losses(&trial, losses);
    for (int i = 0; i < ROWS; i++)
        assert_true(losses[i] == whole[i]);
    trial_release(&trial);
}

static void a_piece_that_begins_is_a_sentence_without_its_end(void **state)
{
    (void)state;
    check_beginning(FORM_SYMBOLS);
    check_beginning(FORM_VECTORS);
}

static void check_rows(enum form form)
{
    const struct shape shape = language_model(CELL_GRU, form);
    struct trial trial;
    struct rows rows;
    double losses[ROWS], whole[ROWS] = {0};
    trial_init(&trial, &shape);
    fill(&rows, &shape);
    in_pieces(&trial, &rows, LENGTH, whole);
    struct sentence sentences[ROWS] = {piece(&rows, 0, 0, LENGTH), piece(&rows, 1, 0, 0),
                                       piece(&rows, 2, 0, LENGTH)};
    batch_pack(&trial.batch, &shape, sentences, ROWS);
    trial_losses(&trial, losses);
    assert_true(fabs(losses[0] - whole[0]) < 1e-4 * whole[0] && losses[1] == 0 &&
                fabs(losses[2] - whole[2]) < 1e-4 * whole[2]);
    trial_release(&trial);
}

static void rows_of_different_lengths_do_not_touch_each_other(void **state)
{
    (void)state;
    check_rows(FORM_SYMBOLS);
    check_rows(FORM_VECTORS);
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
