// Search: a model with weights set by hand emits what it was told to; a model with weights
// of no meaning emits, symbol by symbol, what teacher forcing finds the most probable.
#include "model/product/threads.h"
#include "model/search/search.h"
#include "tests/model/models.h"
#include "tests/model/trial.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct search_result search(struct trial *trial, const int *limits, int allow_unknown)
{
    arena_reset(&trial->arena);
    return search_greedy(&trial->model, trial->block, &trial->batch, limits, allow_unknown,
                         &trial->arena);
}

static real *part(struct trial *trial, const char *name)
{
    const struct parameter *parameter = parameters_find(&trial->model.parameters, name);
    assert_non_null(parameter);
    return trial->block + parameter->first;
}

enum { V = 8 };

// A model whose next symbol follows from the one before alone: r = tanh(2 E y) with E the identity,
// and output row next(y) has a 10 in column y. All other weights are zero.
static void chain_init(struct trial *trial)
{
    struct shape shape = {SIDES_OF(9, V),
                          .embedding = V,
                          .hidden = 4,
                          .encoder_hidden = 4,
                          .encoder_layers = 1,
                          .decoder_layers = 1,
                          .cell = CELL_LSTM,
                          .context = CONTEXT_LAST,
                          .attention = ATTENTION_ADDITIVE,
                          .attention_hidden = 3,
                          .readout = V};
    trial_init(trial, &shape);
    memset(trial->block, 0, (size_t)trial->model.parameters.total * sizeof(real));
    real *embedding = part(trial, "target.embedding"), *readout = part(trial, "readout.weight");
    int columns = shape.hidden + V + shape.encoder_hidden; // [h; E y; c]
    for (int i = 0; i < V; i++) {
        embedding[i * V + i] = 1;
        readout[i * columns + shape.hidden + i] = 2;
    }
}

static void follow(struct trial *trial, int symbol, int next)
{
    part(trial, "output.weight")[next * V + symbol] = 10;
}

static void a_model_set_by_hand_emits_its_sequence(void **state)
{
    (void)state;
    struct trial trial;
    chain_init(&trial);
    static const int chain[] = {SYMBOL_BEGIN, 4, 6, 3, 7, SYMBOL_END};
    for (int i = 0; i + 1 < 6; i++)
        follow(&trial, chain[i], chain[i + 1]);
    trial_pack(&trial, 0, 3);
    static const int limits[3] = {10, 4, 3};
    struct search_result result = search(&trial, limits, 0);
    for (int b = 0; b < 3; b++)
        for (int t = 0; t < result.lengths[b]; t++)
            assert_int_equal(result.symbols[b * result.width + t], chain[1 + t]);
    assert_int_equal(result.lengths[0], 4);
    assert_int_equal(result.limited[0], 0);
    // Four symbols are within a limit of four, whether or not the end that follows was looked for.
    assert_int_equal(result.lengths[1], 4);
    assert_int_equal(result.lengths[2], 3);
    assert_int_equal(result.limited[2], 1);
    trial_release(&trial);
}

static void begin_is_never_emitted_and_unknown_only_where_allowed(void **state)
{
    (void)state;
    struct trial trial;
    chain_init(&trial);
    follow(&trial, SYMBOL_BEGIN, 5);
    follow(&trial, 5, SYMBOL_END);
    part(&trial, "output.bias")[SYMBOL_BEGIN] = 200;
    part(&trial, "output.bias")[SYMBOL_UNKNOWN] = 100;
    trial_pack(&trial, 0, 2);
    static const int limits[2] = {6, 6};
    struct search_result result = search(&trial, limits, 0);
    assert_int_equal(result.lengths[0], 1);
    assert_int_equal(result.symbols[0], 5);
    assert_int_equal(result.limited[0], 0);
    result = search(&trial, limits, 1);
    assert_int_equal(result.lengths[0], 6);
    assert_int_equal(result.limited[0], 1);
    for (int t = 0; t < 6; t++)
        assert_int_equal(result.symbols[t], SYMBOL_UNKNOWN);
    trial_release(&trial);
}

static void the_lower_of_equal_symbols_is_taken(void **state)
{
    (void)state;
    struct trial trial;
    chain_init(&trial);
    trial_pack(&trial, 0, 1);
    static const int limits[1] = {3};
    struct search_result result = search(&trial, limits, 0);
    assert_int_equal(result.lengths[0], 0); // the end is the lowest of what may be emitted
    assert_int_equal(result.limited[0], 0);
    part(&trial, "output.bias")[SYMBOL_END] = -1;
    result = search(&trial, limits, 0);
    assert_int_equal(result.lengths[0], 3);
    for (int t = 0; t < 3; t++)
        assert_int_equal(result.symbols[t], SYMBOLS_RESERVED);
    trial_release(&trial);
}

static void each_sentence_has_its_own_limit(void **state)
{
    (void)state;
    struct trial trial;
    chain_init(&trial);
    follow(&trial, SYMBOL_BEGIN, 3);
    follow(&trial, 3, 3);
    static const int limits[5] = {
        3, 1, 7, 0, 2}; // sentences of lengths 9, 1, 17, 4, 4: rows are in another order
    trial_pack(&trial, 0, 5);
    struct search_result result = search(&trial, limits, 0);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(result.lengths[i], limits[i]);
        assert_int_equal(result.limited[i], 1);
        for (int t = 0; t < limits[i]; t++)
            assert_int_equal(result.symbols[i * result.width + t], 3);
    }
    trial_release(&trial);
}

static struct search_result beam_of(struct trial *trial, int beam, double penalty, int limit)
{
    struct search_options options = {.beam = beam, .n_best = beam, .length_penalty = penalty};
    arena_reset(&trial->arena);
    return search_beam(&trial->model, trial->block, &trial->batch, &limit, &options, &trial->arena);
}

static void assert_emitted(const struct search_result *result, int k, const char *symbols,
                           int limited)
{
    assert_int_equal(result->lengths[k], strlen(symbols));
    assert_int_equal(result->limited[k], limited);
    for (int t = 0; t < result->lengths[k]; t++)
        assert_int_equal(result->symbols[k * result->width + t], symbols[t] - '0');
}

// 3 is likelier than 4 at first, but what follows 4 is certain.
static void a_beam_finds_what_greedy_search_passes_by(void **state)
{
    (void)state;
    struct trial trial;
    chain_init(&trial);
    part(&trial, "output.weight")[3 * V + SYMBOL_BEGIN] = 10;
    part(&trial, "output.weight")[4 * V + SYMBOL_BEGIN] = (real)9.9;
    follow(&trial, 4, SYMBOL_END);
    trial_pack(&trial, 0, 1);
    struct search_result result = beam_of(&trial, 1, 1, 9);
    assert_int_equal(result.symbols[0], 3);
    for (int beam = 2; beam < 6; beam++) {
        result = beam_of(&trial, beam, 1, 9);
        assert_emitted(&result, 0, "4", 0);
    }
    trial_release(&trial);
}

// All symbols are as likely: the lower ones are taken, behind the better row, the earlier.
static void of_equal_hypotheses_the_lower_symbols_are_taken(void **state)
{
    (void)state;
    struct trial trial;
    chain_init(&trial);
    trial_pack(&trial, 0, 1);
    struct search_result result = beam_of(&trial, 4, 0, 3); // "", 3 4 5; then 3, 33 34; 33, 333
    assert_emitted(&result, 0, "", 0);
    assert_emitted(&result, 1, "3", 0);
    assert_emitted(&result, 2, "33", 0);
    assert_emitted(&result, 3, "333", 1);
    trial_release(&trial);
}

// The end is so unlikely that what was cut off has the better value.
static void what_has_not_ended_comes_last(void **state)
{
    (void)state;
    struct trial trial;
    chain_init(&trial);
    part(&trial, "output.bias")[SYMBOL_END] = (real)-0.1;
    follow(&trial, SYMBOL_BEGIN, 5);
    follow(&trial, 5, 5);
    part(&trial, "output.weight")[SYMBOL_END * V + 5] = (real)1;
    trial_pack(&trial, 0, 1);
    struct search_result result = beam_of(&trial, 2, 0, 4);
    assert_emitted(&result, 0, "5", 0);
    assert_emitted(&result, 1, "5555", 1);
    assert_true(result.scores[1] > result.scores[0]);
    trial_release(&trial);
}

static void an_empty_batch_has_no_translations(void **state)
{
    (void)state;
    struct trial trial;
    chain_init(&trial);
    trial_pack(&trial, 0, 0);
    assert_int_equal(search(&trial, NULL, 0).width, 0);
    trial_release(&trial);
}

// Sums over the steps 1..length + 1 of p(v | the symbols before), for each v: the gradient of the
// output bias is that less the count of v among what was to be emitted.
static void probability_sums(struct trial *trial, const struct sentence *sentence, double *sums)
{
    batch_pack(&trial->batch, &trial->model.shape, sentence, 1);
    trial_gradient(trial);
    const struct parameter *bias = parameters_find(&trial->model.parameters, "output.bias");
    for (int v = 0; v < bias->rows; v++)
        sums[v] = (double)trial->gradient[bias->first + v];
    const struct sequence *target = &sentence->side[TARGET];
    for (int t = 0; t < target->length; t++)
        sums[((const int32_t *)target->cells)[t]] += 1;
    sums[SYMBOL_END] += 1;
}

enum { MOST_SYMBOLS = 170, LIMIT = 12 };

// The probabilities of a step are the difference of two such sums; no symbol that may be emitted is
// more probable than the chosen one.
static void assert_most_probable(struct trial *trial, const struct sentence *source,
                                 const int32_t *symbols, int length, int limited)
{
    double before[MOST_SYMBOLS] = {0}, sums[MOST_SYMBOLS];
    for (int t = 0; t < length + !limited; t++) {
        struct sentence prefix = *source;
        prefix.side[TARGET] = (struct sequence){symbols, t};
        probability_sums(trial, &prefix, sums);
        int chosen = t < length ? symbols[t] : SYMBOL_END;
        for (int v = SYMBOL_END; v < MOST_SYMBOLS; v++)
            assert_true(sums[v] - before[v] <= sums[chosen] - before[chosen] + 2e-5);
        memcpy(before, sums, sizeof before);
    }
}

struct translation {
    int32_t symbols[TRIAL_SENTENCES][LIMIT];
    int lengths[TRIAL_SENTENCES], limited[TRIAL_SENTENCES];
};

static void translate(struct trial *trial, int first, int count, struct translation *translation)
{
    static const int limits[TRIAL_SENTENCES] = {LIMIT, LIMIT, LIMIT, LIMIT, LIMIT, LIMIT,
                                                LIMIT, LIMIT, LIMIT, LIMIT, LIMIT, LIMIT};
    memset(translation, 0, sizeof *translation);
    trial_pack(trial, first, count);
    struct search_result result = search(trial, limits, 0);
    for (int i = 0; i < count; i++) {
        translation->lengths[i] = result.lengths[i];
        translation->limited[i] = result.limited[i];
        for (int t = 0; t < result.lengths[i]; t++)
            translation->symbols[i][t] = result.symbols[i * result.width + t];
    }
}

// Weights so large that translations are short, long and unlike each other.
static void lively_init(struct trial *trial, int number)
{
    struct shape shape = models_shape(number);
    trial_init(trial, &shape);
    fixture_weights(&trial->model.parameters, 21 + (uint64_t)number, 0.6, trial->block);
    part(trial, "output.bias")[SYMBOL_END] = 1.5;
}

static void search_follows_what_teacher_forcing_finds_most_probable(void **state)
{
    (void)state;
    for (int number = 0; number < MODELS; number++) {
        struct trial trial;
        lively_init(&trial, number);
        struct translation translation;
        translate(&trial, 0, TRIAL_SENTENCES, &translation);
        int symbols = 0;
        for (int i = 0; i < TRIAL_SENTENCES; i++) {
            assert_most_probable(&trial, &trial.fixture.sentences[i], translation.symbols[i],
                                 translation.lengths[i], translation.limited[i]);
            symbols += translation.lengths[i];
        }
        assert_true(symbols > TRIAL_SENTENCES);
        trial_release(&trial);
    }
}

static void a_translation_does_not_depend_on_its_batch_or_on_targets(void **state)
{
    (void)state;
    for (int number = 0; number < MODELS; number++) {
        struct trial trial;
        lively_init(&trial, number);
        struct translation together, alone;
        translate(&trial, 0, TRIAL_SENTENCES, &together);
        int unlike = 0;
        for (int i = 0; i < TRIAL_SENTENCES; i++) {
            trial.fixture.sentences[i].side[TARGET] = (struct sequence){NULL, 0};
            translate(&trial, i, 1, &alone);
            assert_int_equal(alone.lengths[0], together.lengths[i]);
            assert_int_equal(alone.limited[0], together.limited[i]);
            assert_memory_equal(alone.symbols[0], together.symbols[i], sizeof alone.symbols[0]);
            unlike +=
                memcmp(together.symbols[i], together.symbols[0], sizeof alone.symbols[0]) != 0;
        }
        assert_true(unlike > 0);
        trial_release(&trial);
    }
}

static void one_and_two_threads_translate_alike(void **state)
{
    (void)state;
    for (int number = 0; number < MODELS; number++) {
        struct trial trial;
        lively_init(&trial, number);
        struct translation one, two;
        threads_set(1);
        translate(&trial, 0, TRIAL_SENTENCES, &one);
        threads_set(2);
        translate(&trial, 0, TRIAL_SENTENCES, &two);
        threads_set(1);
        assert_memory_equal(&one, &two, sizeof one);
        trial_release(&trial);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_set_by_hand_emits_its_sequence),
        cmocka_unit_test(begin_is_never_emitted_and_unknown_only_where_allowed),
        cmocka_unit_test(the_lower_of_equal_symbols_is_taken),
        cmocka_unit_test(each_sentence_has_its_own_limit),
        cmocka_unit_test(a_beam_finds_what_greedy_search_passes_by),
        cmocka_unit_test(of_equal_hypotheses_the_lower_symbols_are_taken),
        cmocka_unit_test(what_has_not_ended_comes_last),
        cmocka_unit_test(an_empty_batch_has_no_translations),
        cmocka_unit_test(search_follows_what_teacher_forcing_finds_most_probable),
        cmocka_unit_test(a_translation_does_not_depend_on_its_batch_or_on_targets),
        cmocka_unit_test(one_and_two_threads_translate_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
