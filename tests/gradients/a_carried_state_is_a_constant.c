// The gradient of a piece of a running text or series: what it goes on from is a constant.
#include "tests/gradients/gradient_of_model.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { ROWS = 3, CARRIED = 64 };

struct piece {
    struct gradient_of_model model;
    real start[CARRIED], carried[CARRIED];
};

static double loss(void *context)
{
    struct piece *it = context;
    memcpy(it->carried, it->start, sizeof it->carried);
    return gradient_of_model_loss(&it->model);
}

static struct shape shape_of(enum cell_kind cell, int layers, enum form form)
{
    struct shape shape = {
        .side[TARGET] = {.form = FORM_SYMBOLS, .vocabulary = 7, .end = 1},
        .head = HEAD_DECODE,
        .embedding = 3,
        .hidden = 4,
        .decoder_layers = layers,
        .cell = cell,
        .context_use = CONTEXT_USE_NONE,
        .dropout_layer = 0.3,
        .dropout_output = 0.3,
        .running = 1,
    };
    if (form == FORM_VECTORS)
        shape.side[TARGET] = (struct side_shape){.form = FORM_VECTORS, .dimension = 2};
    return shape;
}

static void check(enum cell_kind cell, int layers, enum form form)
{
    static const int32_t symbols[ROWS][5] = {{2, 3, 4, 2, 5}, {1, 6, 0, 3, 3}, {4, 4, 5, 2, 6}};
    static const float values[ROWS][10] = {{.2f, .9f, -.4f, 1.2f, .3f, .6f, -.7f, .1f, .8f, -.3f},
                                           {.5f, .1f, .6f, -1.1f, .9f, .2f, .7f, .4f, 0, .3f},
                                           {-.8f, .3f, .3f, .7f, -.2f, .5f, 1.3f, .6f, -.1f, .4f}};
    static const int lengths[ROWS] = {4, 3, 4};
    const struct shape shape = shape_of(cell, layers, form);
    struct sentence sentences[ROWS];
    struct batch batch;
    struct model model;
    struct arena arena;
    struct reason why = {""};
    if (!shape_check(&shape, &why))
        fail_msg("%s", why.text);
    for (int i = 0; i < ROWS; i++) {
        const void *second = form == FORM_SYMBOLS ? (const void *)(symbols[i] + 1) : values[i] + 2;
        sentences[i] = (struct sentence){.side[TARGET] = {second, lengths[i]}, .continues = 1};
    }
    model_init(&model, &shape);
    arena_init(&arena);
    batch_init(&batch);
    batch_pack(&batch, &shape, sentences, ROWS);
    struct piece it = {.model = {&model,
                                 &batch,
                                 {.seed = 4, .update = 3, .lane = 2},
                                 &arena,
                                 fixture_block(&model.parameters),
                                 fixture_block(&model.parameters),
                                 fixture_block(&model.parameters)}};
    assert_true(decoder_carried(&model.decoder, ROWS) <= CARRIED);
    for (int i = 0; i < CARRIED; i++)
        it.start[i] = 0.9 - 0.031 * (i * 17 % 60);
    batch.carried = it.carried;
    fixture_weights(&model.parameters, 21, 1.2, it.model.block);
    memcpy(it.carried, it.start, sizeof it.carried);
    model_gradient(&model, it.model.block, it.model.gradient, &batch, &it.model.key, &arena);
    struct differences differences = {
        loss, &it, it.model.block, it.model.gradient, model.parameters.total, 0};
    assert_int_equal(differences_check(&differences, "a piece").wrong, 0);
    double with = loss(&it);
    memset(it.start, 0, sizeof it.start);
    assert_true(fabs(with - loss(&it)) > 1e-3); // the state counts
    memory_free(it.model.block);
    memory_free(it.model.gradient);
    memory_free(it.model.scratch);
    arena_release(&arena);
    batch_release(&batch);
    model_release(&model);
}

static void the_gradient_of_a_piece_with_its_state_is_right(void **state)
{
    (void)state;
    for (int cell = 0; cell < CELL_KINDS; cell++)
        for (int layers = 1; layers < 3; layers++) {
            check((enum cell_kind)cell, layers, FORM_SYMBOLS);
            check((enum cell_kind)cell, layers, FORM_VECTORS);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_gradient_of_a_piece_with_its_state_is_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
