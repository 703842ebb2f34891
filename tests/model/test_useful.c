/* Useful arithmetic, against counts by hand and against model_cost. */
#include "model/useful.h"
#include "tests/model/models.h"
#include "tests/model/trial.h"
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static int64_t total(const int64_t useful[PARTS])
{
    int64_t sum = 0;
    for (enum part part = 0; part < PARTS; part++)
        sum += useful[part];
    return sum;
}

/* One sentence of S states and T steps, its own end and begin included. */
static void count(struct shape *shape, int S, int T, int64_t useful[PARTS])
{
    struct model model;
    struct batch batch;
    int32_t symbols[16] = {0};
    struct sentence sentence = {.side = {[SOURCE] = {symbols, S}, [TARGET] = {symbols, T - 1}}};
    shape->side[SOURCE].end = 0;
    memset(useful, 0, PARTS * sizeof *useful);
    model_init(&model, shape);
    batch_init(&batch);
    batch_pack(&batch, shape, &sentence, 1);
    useful_add(&model, &batch, useful);
    batch_release(&batch);
    model_release(&model);
}

static int64_t reads(const struct model *model, int S, int T)
{
    return useful_reads(model, (const int64_t[SIDES]){[SOURCE] = S, [TARGET] = T});
}

/* The shape `reference`: an LSTM of 256 has 4 x 256 rows of 512 + 256, of 512 4 x 512 of 1024 + 512
 * (input feeding) and of 512 + 512; the readout 512 rows of 1024; keys 512 rows of 512. */
static void the_reference_shape_by_hand(void **state)
{
    (void)state;
    struct shape shape = {SIDES_OF(8004, 8004),
                          .embedding = 512,
                          .hidden = 512,
                          .encoder_hidden = 256,
                          .encoder_layers = 2,
                          .decoder_layers = 2,
                          .bidirectional = 1,
                          .attention = ATTENTION_GENERAL,
                          .attention_state = ATTENTION_CURRENT,
                          .input_feeding = 1,
                          .readout = 512};
    int64_t useful[PARTS];
    count(&shape, 7, 5, useful);
    assert_true(useful[PART_ENCODER] == 3LL * 7 * 4 * 1024 * (512 + 256));
    assert_true(useful[PART_DECODER] ==
                3LL * 5 * (2048 * (1024 + 512) + 2048 * (512 + 512) + 512 * 1024));
    assert_true(useful[PART_ATTENTION] == 3LL * (7 * 512 * 512 + 5 * 7 * (512 + 512)));
    assert_true(useful[PART_OUTPUT] == 3LL * 5 * 512 * 8004);
    assert_true(total(useful) == useful[PART_ENCODER] + useful[PART_DECODER] +
                                     useful[PART_ATTENTION] + useful[PART_OUTPUT]);
}

/* An LSTM of 10 in one direction, one of 16 as decoder. */
static struct shape small(enum context_kind context)
{
    return (struct shape){SIDES_OF(50, 60),     .embedding = 12,     .hidden = 16,
                          .encoder_hidden = 10, .encoder_layers = 1, .decoder_layers = 1,
                          .context = context,   .readout = 14};
}

static struct shape additive_of_gru(void)
{
    struct shape shape = small(CONTEXT_MEAN);
    shape.bidirectional = 1;
    shape.cell = CELL_GRU;
    shape.attention = ATTENTION_ADDITIVE;
    shape.attention_hidden = 9;
    return shape;
}

/* GRU, three gates; additive attention on the previous state, whose context of 20 goes into the
 * cell and the readout; the mean of the states through 16 x 20; tied, with 12 x 14 before it. */
static void additive_attention_and_a_tied_output_by_hand(void **state)
{
    (void)state;
    struct shape shape = additive_of_gru();
    shape.tied_embeddings = 1;
    int64_t useful[PARTS];
    count(&shape, 3, 4, useful);
    assert_true(useful[PART_ENCODER] == 3LL * 3 * 2 * 30 * (12 + 10));
    assert_true(useful[PART_DECODER] ==
                3LL * (16 * 20 + 4 * (48 * (12 + 20 + 16) + 14 * (16 + 12 + 20))));
    assert_true(useful[PART_ATTENTION] == 3LL * (3 * 9 * 20 + 4 * 9 * 16 + 4 * 3 * (9 + 20)));
    assert_true(useful[PART_OUTPUT] == 3LL * 4 * (12 * 14 + 60 * 12));
}

static void without_attention_by_hand(void **state)
{
    (void)state;
    struct shape shape = small(CONTEXT_AFFINE);
    shape.context_use = CONTEXT_USE_FIRST;
    int64_t useful[PARTS];
    count(&shape, 3, 4, useful);
    assert_true(useful[PART_ATTENTION] == 0);
    assert_true(useful[PART_ENCODER] == 3LL * 3 * 40 * (12 + 10));
    assert_true(useful[PART_DECODER] == 3LL * (16 * 10 + 4 * (64 * (12 + 16) + 14 * (16 + 12))));
    assert_true(useful[PART_OUTPUT] == 3LL * 4 * 60 * 14);
}

/* An RNN of 10 in one direction: 10 x (12 + 10) at 5 states, 10 x (20 + 10) at 3 and at 2, which
 * attention sees; and it reads each input weight once, U at each state. */
static void a_pyramid_by_hand(void **state)
{
    (void)state;
    struct shape shape = small(CONTEXT_MEAN);
    shape.hidden = 10;
    shape.encoder_layers = 3;
    shape.cell = CELL_RNN;
    shape.pyramid = 1;
    shape.attention = ATTENTION_DOT;
    int64_t useful[PARTS];
    count(&shape, 5, 4, useful);
    assert_true(useful[PART_ENCODER] ==
                3LL * (5 * 10 * (12 + 10) + 3 * 10 * (20 + 10) + 2 * 10 * (20 + 10)));
    assert_true(useful[PART_ATTENTION] == 3LL * 4 * 2 * (10 + 10));

    struct model model;
    model_init(&model, &shape);
    int64_t five = reads(&model, 5, 1), one = reads(&model, 1, 1);
    assert_true(five - one == (4 + 2 + 1) * 10 * 10 + (2 - 1) * (10 + 10));
    model_release(&model);
}

/* The joined context of 10 goes through 64 rows of the cell and 14 of the readout once for the
 * sentence; neither counts at a step. */
static void a_context_at_every_step_by_hand(void **state)
{
    (void)state;
    struct shape shape = small(CONTEXT_AFFINE);
    shape.context_use = CONTEXT_USE_BOTH;
    int64_t useful[PARTS];
    count(&shape, 3, 4, useful);
    assert_true(useful[PART_ATTENTION] == 0);
    assert_true(useful[PART_DECODER] ==
                3LL * (16 * 10 + 10 * (64 + 14) + 4 * (64 * (12 + 16) + 14 * (16 + 12))));
}

/* The second transition has 48 rows of 20 + 16; the first reads the symbol only. */
static void a_conditional_decoder_by_hand(void **state)
{
    (void)state;
    struct shape shape = additive_of_gru();
    shape.decoder = DECODER_CONDITIONAL;
    int64_t useful[PARTS];
    count(&shape, 3, 4, useful);
    assert_true(useful[PART_DECODER] ==
                3LL * (16 * 20 + 4 * (48 * (12 + 16) + 48 * (20 + 16) + 14 * (16 + 12 + 20))));
    assert_true(useful[PART_ATTENTION] == 3LL * (3 * 9 * 20 + 4 * 9 * 16 + 4 * 3 * (9 + 20)));
}

/* Two sources, an LSTM of 10 for each: of 3 and, without an end, of 4 states; keys and queries of
 * each; a context of 20 at each step and in the first state. Read once for all states of a source
 * are W x and the keys. */
static void two_sources_by_hand(void **state)
{
    (void)state;
    struct shape shape = small(CONTEXT_AFFINE);
    shape.attention = ATTENTION_ADDITIVE;
    shape.attention_hidden = 9;
    shape.side[SECOND] = (struct side_shape){.form = FORM_SYMBOLS, .vocabulary = 40};
    struct model model;
    struct batch batch;
    int32_t symbols[16] = {0};
    struct sentence sentence = {.side = {{symbols, 2}, {symbols, 4}, {symbols, 4}}};
    int64_t useful[PARTS] = {0};
    model_init(&model, &shape);
    batch_init(&batch);
    batch_pack(&batch, &shape, &sentence, 1);
    useful_add(&model, &batch, useful);
    assert_true(useful[PART_ENCODER] == 3LL * (3 + 4) * 40 * (12 + 10));
    assert_true(useful[PART_DECODER] ==
                3LL * (16 * 20 + 5 * (64 * (12 + 20 + 16) + 14 * (16 + 12 + 20))));
    assert_true(useful[PART_ATTENTION] ==
                3LL * ((3 + 4) * 9 * 10 + 5 * 2 * 9 * 16 + 5 * (3 + 4) * (9 + 10)));
    assert_true(total(useful) ==
                model_cost(&model, 1, (const int *[SIDES]){(int[]){2}, (int[]){4}, (int[]){4}}));
    const int64_t more = useful_reads(&model, (const int64_t[SIDES]){3, 4, 5}) -
                         useful_reads(&model, (const int64_t[SIDES]){3, 1, 5});
    assert_true(more == 3 * (40 * 10 + 5 * (9 + 10)));
    batch_release(&batch);
    model_release(&model);
}

static void where_nothing_is_padding_it_is_the_cost(void **state)
{
    (void)state;
    const int alike[3] = {6, 6, 6}, ones[3] = {1, 1, 1};
    for (int number = 0; number < MODELS_ALL; number++) {
        struct shape shape = models_shape(number);
        struct trial trial;
        struct fixture fixture;
        int64_t useful[PARTS] = {0};
        const int *const lengths[SIDES] = {alike, alike, shape.head == HEAD_POOL ? ones : alike};
        trial_init(&trial, &shape);
        fixture_of_shape(&fixture, &shape, 3, lengths, 1);
        batch_pack(&trial.batch, &shape, fixture.sentences, 3);
        useful_add(&trial.model, &trial.batch, useful);
        assert_true(total(useful) == model_cost(&trial.model, 3, lengths));
        fixture_release(&fixture);
        trial_release(&trial);
    }
}

static int64_t products_work;

static void add_work(int form, const struct product_item *items, int count)
{
    (void)form;
    for (int i = 0; i < count; i++)
        products_work += (int64_t)items[i].M * items[i].N * items[i].K;
}

static void the_cost_is_that_of_the_products_that_are_made(void **state)
{
    (void)state;
    int counted = 0;
    for (int number = 0; number < MODELS_ALL; number++) {
        struct shape shape = models_shape_in_training(number);
        struct trial trial;
        if (shape.head == HEAD_DECODE && shape.context_use == CONTEXT_USE_ATTENTION &&
            shape.attention == ATTENTION_ADDITIVE)
            continue; // its scores are made by no product
        trial_init(&trial, &shape);
        trial_pack(&trial, 0, TRIAL_SENTENCES);
        products_work = 0;
        product_tell(add_work);
        trial_gradient(&trial);
        product_tell(NULL);
        assert_true(products_work == model_cost(&trial.model, TRIAL_SENTENCES, trial.lengths));
        trial_release(&trial);
        counted++;
    }
    assert_true(counted > MODELS_ALL / 2);
}

static void padding_is_not_useful(void **state)
{
    (void)state;
    for (int number = 0; number < MODELS_ALL; number++) {
        struct shape shape = models_shape(number);
        struct trial trial;
        int64_t together[PARTS] = {0}, alone[PARTS] = {0};
        trial_init(&trial, &shape);
        trial_pack(&trial, 0, TRIAL_SENTENCES);
        useful_add(&trial.model, &trial.batch, together);
        for (int i = 0; i < TRIAL_SENTENCES; i++) {
            trial_pack(&trial, i, 1);
            useful_add(&trial.model, &trial.batch, alone);
        }
        assert_memory_equal(together, alone, sizeof together);
        int64_t cost = model_cost(&trial.model, TRIAL_SENTENCES, trial.lengths);
        assert_true(shape.head == HEAD_DECODE ? total(together) < cost : total(together) == cost);
        trial_release(&trial);
    }
}

static void a_sentence_alone_reads_each_weight_at_each_step(void **state)
{
    (void)state;
    struct shape shape = models_shape(3); // no attention
    struct model model;
    model_init(&model, &shape);
    int64_t one = reads(&model, 1, 1), steps = reads(&model, 1, 5);
    int64_t states = reads(&model, 4, 1);
    const struct recurrent *layer = &model.encoder[SOURCE].layer[0][0];
    int64_t of_step =
        decoder_row_cost(&model.decoder) + (int64_t)shape.readout * shape.side[TARGET].vocabulary;
    assert_true(steps - one == 4 * of_step);
    assert_true(states - one == 3LL * 2 * layer->cell->gates * layer->H * layer->H);
    model_release(&model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reference_shape_by_hand),
        cmocka_unit_test(additive_attention_and_a_tied_output_by_hand),
        cmocka_unit_test(without_attention_by_hand),
        cmocka_unit_test(a_pyramid_by_hand),
        cmocka_unit_test(a_context_at_every_step_by_hand),
        cmocka_unit_test(a_conditional_decoder_by_hand),
        cmocka_unit_test(two_sources_by_hand),
        cmocka_unit_test(where_nothing_is_padding_it_is_the_cost),
        cmocka_unit_test(the_cost_is_that_of_the_products_that_are_made),
        cmocka_unit_test(padding_is_not_useful),
        cmocka_unit_test(a_sentence_alone_reads_each_weight_at_each_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
