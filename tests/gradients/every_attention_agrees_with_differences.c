// The gradient of each kind of attention by itself: of queries, memory and parameters, over ragged
// sentences, some of length one.
#include "model/decoder/attention.h"
#include "model/encoder/encoder.h"
#include "tests/gradients/parts.h"
#include "tests/model/fixture.h"
#include <string.h>

enum { SENTENCES = 3, T = 2, H = 4, A = 5, N = 7, LDC_EXTRA = 2, WIDEST = 6 };

struct attention_case {
    struct attention attention;
    struct parameters parameters;
    struct fixture fixture;
    struct batch batch;
    struct steps steps;
    struct bank bank;
    struct attention_states states;
    struct arena arena;
    int M, ldc;
    real *block, *gradient;
    real memory[N * WIDEST], query[T * SENTENCES * H];
    real c[T * SENTENCES * (WIDEST + LDC_EXTRA)], dc[T * SENTENCES * (WIDEST + LDC_EXTRA)];
};

static void forward(struct attention_case *it)
{
    arena_reset(&it->arena);
    it->steps = encoder_steps(&it->batch.source[SOURCE], it->batch.B, &it->arena);
    bank_init(&it->bank, &it->steps, it->batch.source[SOURCE].row, it->M, it->memory, 0, NULL, 0,
              &it->arena);
    attention_start(&it->attention, it->block, &it->bank, T, &it->arena, &it->states);
    attention_forward(&it->attention, it->block, &it->states, 0, T, it->query, it->c, it->ldc);
}

static double sum(void *context)
{
    struct attention_case *it = context;
    forward(it);
    double total = 0;
    for (int row = 0; row < T * SENTENCES; row++)
        total +=
            parts_dot(it->c + (ptrdiff_t)row * it->ldc, it->dc + (ptrdiff_t)row * it->ldc, it->M);
    return total;
}

static void attention_case_init(struct attention_case *it, enum attention_kind kind)
{
    static const int lengths[SENTENCES] = {1, 4, 2};
    struct shape shape = {SIDES_OF(9, 9),        .hidden = H,         .attention = kind,
                          .attention_hidden = A, .encoder_layers = 1, .encoder_hidden = 3};
    shape.side[SOURCE].end = 0;
    shape.bidirectional = !attention_known[kind].equal;
    if (attention_known[kind].equal)
        shape.encoder_hidden = H;
    it->M = shape_bank_width(&shape, SOURCE);
    it->ldc = it->M + LDC_EXTRA;
    parameters_init(&it->parameters);
    attention_init(&it->attention, &shape, SOURCE, &it->parameters);
    fixture_sentences(&it->fixture, SENTENCES, lengths, lengths, 9, 9, 1);
    batch_init(&it->batch);
    batch_pack(&it->batch, &shape, it->fixture.sentences, SENTENCES);
    assert_int_equal(it->batch.source[SOURCE].tokens, N);
    arena_init(&it->arena);
    it->block = fixture_block(&it->parameters);
    it->gradient = fixture_block(&it->parameters);
    fixture_weights(&it->parameters, 1, 1, it->block);
    parts_fill(it->memory, (int64_t)N * it->M, 2);
    parts_fill(it->query, (int64_t)T * SENTENCES * H, 3);
    parts_fill(it->dc, (int64_t)T * SENTENCES * it->ldc, 4);
}

static void attention_case_release(struct attention_case *it)
{
    memory_free(it->block);
    memory_free(it->gradient);
    arena_release(&it->arena);
    batch_release(&it->batch);
    fixture_release(&it->fixture);
    parameters_release(&it->parameters);
}

static void check_kind(enum attention_kind kind)
{
    struct attention_case it;
    attention_case_init(&it, kind);
    forward(&it);
    real dquery[T * SENTENCES * H] = {0}, dmemory[N * WIDEST];
    bank_start_backward(&it.bank, &it.arena);
    attention_start_backward(&it.attention, it.block, &it.arena, &it.states);
    attention_backward(&it.attention, it.block, &it.states, 0, T, it.dc, it.ldc, dquery);
    attention_finish(&it.attention, it.block, it.gradient, &it.states, it.dc, it.ldc, it.query);
    bank_backward(&it.bank, &it.steps, 0, NULL, dmemory);

    for (int i = 0; i < it.parameters.count; i++) {
        const struct parameter *parameter = &it.parameters.list[i];
        parts_check(sum, &it, it.block + parameter->first, it.gradient + parameter->first,
                    parameter_elements(parameter), parameter->name);
    }
    parts_check(sum, &it, it.query, dquery, (int64_t)T * SENTENCES * H, "queries");
    parts_check(sum, &it, it.memory, dmemory, (int64_t)N * it.M, "memory");
    attention_case_release(&it);
}

static void backward_of_every_kind_is_the_gradient(void **state)
{
    (void)state;
    for (int kind = 0; kind < ATTENTION_KINDS; kind++)
        check_kind((enum attention_kind)kind);
}

// A sentence's weights are a distribution over its own states, and the one state of a sentence of
// length one has it all.
static void weights_are_a_distribution_over_the_sentence_itself(void **state)
{
    (void)state;
    for (int kind = 0; kind < ATTENTION_KINDS; kind++) {
        struct attention_case it;
        attention_case_init(&it, (enum attention_kind)kind);
        forward(&it);
        for (int t = 0; t < T; t++) {
            for (int b = 0; b < SENTENCES; b++) {
                const real *weights = it.states.weights + (ptrdiff_t)t * N + it.bank.first[b];
                double total = 0;
                for (int s = 0; s < it.bank.lengths[b]; s++) {
                    assert_true(weights[s] > 0);
                    total += weights[s];
                }
                assert_true(fabs(total - 1) <= 1e-14);
            }
        }
        assert_int_equal(it.bank.lengths[SENTENCES - 1], 1);
        for (int j = 0; j < it.M; j++)
            assert_true(it.c[(SENTENCES - 1) * it.ldc + j] ==
                        it.bank.states[it.bank.first[SENTENCES - 1] * it.M + j]);
        attention_case_release(&it);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(backward_of_every_kind_is_the_gradient),
        cmocka_unit_test(weights_are_a_distribution_over_the_sentence_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
