// Beam search over models with weights of no meaning: what a beam that holds everything finds is
// what going through all sequences finds; values are those of teacher forcing; a beam does not depend on
// its batch or on threads. Drawing likewise.
#include "model/product/natural.h"
#include "model/product/threads.h"
#include "model/search/search.h"
#include "tests/model/models.h"
#include "tests/model/trial.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { V = 7, MOST = 3, ALL = 1 + 4 + 16 + 64, WIDE = 100 }; // symbols 3 to 6, and the end

static const struct search_options NORMALISATIONS[] = {
    {.length_penalty = 1},
    {.length_penalty = 0},
    {.length_normalisation = LENGTH_WU, .length_penalty = 0.6},
    {.length_penalty = 3}};
enum { NORMALISED = sizeof NORMALISATIONS / sizeof NORMALISATIONS[0] };

static void init(struct trial *trial, int number, int target_vocabulary)
{
    struct shape shape = models_shape(number);
    shape.side[TARGET].vocabulary = target_vocabulary;
    trial_init(trial, &shape);
    fixture_weights(&trial->model.parameters, 31 + (uint64_t)number, 0.6, trial->block);
    const struct parameter *bias = parameters_find(&trial->model.parameters, "output.bias");
    trial->block[bias->first + SYMBOL_END] = 1.5;
}

static struct search_result search(struct trial *trial, const int *limits,
                                   const struct search_options *options)
{
    arena_reset(&trial->arena);
    return search_beam(&trial->model, trial->block, &trial->batch, limits, options, &trial->arena);
}

// -log p of a source's target, the end included.
static double loss_of(struct trial *trial, struct sentence pair, const int32_t *symbols, int length)
{
    struct arena arena;
    struct batch batch;
    double loss;
    pair.side[TARGET] = (struct sequence){symbols, length};
    arena_init(&arena);
    batch_init(&batch);
    batch_pack(&batch, &trial->model.shape, &pair, 1);
    model_loss(&trial->model, trial->block, &batch, &loss, &arena);
    batch_release(&batch);
    arena_release(&arena);
    return loss;
}

struct found {
    int32_t symbols[MOST];
    int length, limited;
    double log_probability, score;
};

static int compare(const void *a, const void *b)
{
    const struct found *x = a, *y = b;
    if (x->limited != y->limited)
        return x->limited - y->limited;
    return x->score < y->score ? 1 : x->score > y->score ? -1 : 0;
}

// Sums over the steps 1..length + 1 of p(v | the symbols before), for each v: the gradient of the
// output bias is that less the count of v among what was to be emitted.
static void add_probabilities(struct trial *trial, struct sentence pair, const int32_t *symbols,
                              int length, double *sums)
{
    const struct parameter *bias = parameters_find(&trial->model.parameters, "output.bias");
    pair.side[TARGET] = (struct sequence){symbols, length};
    batch_pack(&trial->batch, &trial->model.shape, &pair, 1);
    trial_gradient(trial);
    for (int v = 0; v < V; v++)
        sums[v] = (double)trial->gradient[bias->first + v];
    for (int t = 0; t < length; t++)
        sums[symbols[t]] += 1;
    sums[SYMBOL_END] += 1;
}

// All sequences that begin with `prefix`, of log-probability `log_prefix`.
static int enumerate(struct trial *trial, const struct sentence *source, int limit,
                     const struct search_options *options, struct found prefix,
                     const double *before, struct found *all, int count)
{
    double sums[V];
    if (prefix.length == limit) {
        prefix.limited = 1;
        prefix.score = prefix.log_probability / search_normaliser(options, limit);
        all[count++] = prefix;
        return count;
    }
    add_probabilities(trial, *source, prefix.symbols, prefix.length, sums);
    for (int v = SYMBOL_END; v < V; v++) {
        struct found next = prefix;
        next.log_probability += log(sums[v] - before[v]);
        if (v == SYMBOL_END) {
            next.log_probability = -loss_of(trial, *source, prefix.symbols, prefix.length);
            next.score = next.log_probability / search_normaliser(options, prefix.length + 1);
            all[count++] = next;
            continue;
        }
        next.symbols[next.length++] = v;
        count = enumerate(trial, source, limit, options, next, sums, all, count);
    }
    return count;
}

// Places may be exchanged only where values are as good as equal.
static void assert_found(const struct search_result *result, int i, const struct found *all,
                         int count)
{
    assert_int_equal(result->counts[i], count < result->best ? count : result->best);
    for (int k = 0; k < result->counts[i]; k++) {
        int at = i * result->best + k, same = 0;
        assert_true(fabs(result->scores[at] - all[k].score) < 1e-3);
        assert_int_equal(result->limited[at], all[k].limited);
        for (int j = 0; j < count && !same; j++)
            same = fabs(all[j].score - all[k].score) < 2e-3 &&
                   all[j].length == result->lengths[at] && all[j].limited == all[k].limited &&
                   memcmp(all[j].symbols, result->symbols + (ptrdiff_t)at * result->width,
                          (size_t)all[j].length * sizeof(int32_t)) == 0 &&
                   fabs(all[j].log_probability - result->log_probabilities[at]) < 1e-3;
        assert_true(same);
    }
}

static void a_beam_that_holds_everything_finds_what_all_sequences_have(void **state)
{
    (void)state;
    enum { SENTENCES = 5 };
    static const int limits[SENTENCES] = {3, 0, 2, 1, 3};
    static const double nothing[V] = {0};
    for (int number = 0; number < MODELS; number++) {
        struct trial trial;
        init(&trial, number, V);
        for (int kind = 0; kind < NORMALISED; kind++)
            for (int n_best = 1; n_best <= WIDE; n_best += n_best < 3 ? 1 : WIDE - 3) {
                struct search_options options = NORMALISATIONS[kind];
                options.beam = WIDE;
                options.n_best = n_best;
                for (int i = 0; i < SENTENCES && (n_best == WIDE || number == kind); i++) {
                    struct found all[ALL] = {{.length = 0}};
                    int count = enumerate(&trial, &trial.fixture.sentences[i], limits[i], &options,
                                          (struct found){.length = 0}, nothing, all, 0);
                    qsort(all, (size_t)count, sizeof all[0], compare);
                    trial_pack(&trial, 0, SENTENCES);
                    struct search_result result = search(&trial, limits, &options);
                    assert_found(&result, i, all, count);
                }
            }
        trial_release(&trial);
    }
}

enum { LIMIT = 12, BEAM = 4 };
static const int LIMITS[TRIAL_SENTENCES] = {LIMIT, LIMIT, LIMIT, LIMIT, LIMIT, LIMIT,
                                            LIMIT, LIMIT, LIMIT, LIMIT, LIMIT, LIMIT};
static const struct search_options BEAMS = {.beam = BEAM, .n_best = BEAM, .length_penalty = 1};

static void values_are_those_of_teacher_forcing_and_fall(void **state)
{
    (void)state;
    for (int number = 0; number < MODELS; number++) {
        struct trial trial;
        init(&trial, number, 170);
        trial_pack(&trial, 0, TRIAL_SENTENCES);
        struct search_result result = search(&trial, LIMITS, &BEAMS);
        for (int i = 0; i < TRIAL_SENTENCES; i++) {
            assert_int_equal(result.counts[i], BEAM);
            for (int k = 0; k < BEAM; k++) {
                int at = i * BEAM + k, length = result.lengths[at];
                const int32_t *symbols = result.symbols + (ptrdiff_t)at * result.width;
                double log_probability = result.log_probabilities[at];
                assert_true(k == 0 || result.limited[at] > result.limited[at - 1] ||
                            result.scores[at] <= result.scores[at - 1]);
                assert_int_equal(result.limited[at], length == LIMIT);
                if (result.limited[at])
                    continue;
                double loss = loss_of(&trial, trial.fixture.sentences[i], symbols, length);
                assert_true(fabs(log_probability + loss) < 1e-4);
                assert_true(fabs(result.scores[at] * (length + 1) - log_probability) < 1e-9);
            }
        }
        trial_release(&trial);
    }
}

struct copy {
    int32_t symbols[TRIAL_SENTENCES][BEAM][LIMIT];
    int lengths[TRIAL_SENTENCES][BEAM];
    double scores[TRIAL_SENTENCES][BEAM];
};

static void keep(struct trial *trial, int first, int count, const struct search_options *options,
                 struct copy *copy)
{
    memset(copy, 0, sizeof *copy);
    trial_pack(trial, first, count);
    struct search_result result = search(trial, LIMITS, options);
    for (int i = 0; i < count; i++)
        for (int k = 0; k < result.counts[i]; k++) {
            int at = i * result.best + k;
            copy->lengths[i][k] = result.lengths[at];
            copy->scores[i][k] = result.scores[at];
            memcpy(copy->symbols[i][k], result.symbols + (ptrdiff_t)at * result.width,
                   (size_t)result.lengths[at] * sizeof(int32_t));
        }
}

static void a_beam_does_not_depend_on_the_other_sentences(void **state)
{
    (void)state;
    for (int number = 0; number < MODELS; number++) {
        struct trial trial;
        struct copy together, alone;
        init(&trial, number, 170);
        keep(&trial, 0, TRIAL_SENTENCES, &BEAMS, &together);
        for (int i = 0; i < TRIAL_SENTENCES; i++) {
            keep(&trial, i, 1, &BEAMS, &alone);
            assert_memory_equal(alone.symbols[0], together.symbols[i], sizeof alone.symbols[0]);
            for (int k = 0; k < BEAM; k++)
                assert_true(fabs(alone.scores[0][k] - together.scores[i][k]) < 1e-5);
        }
        trial_release(&trial);
    }
}

static void one_and_two_threads_find_the_same_bits(void **state)
{
    (void)state;
    for (int number = 0; number < MODELS; number++) {
        struct trial trial;
        struct copy one, two;
        init(&trial, number, 170);
        keep(&trial, 0, TRIAL_SENTENCES, &BEAMS, &one);
        threads_set(2);
        keep(&trial, 0, TRIAL_SENTENCES, &BEAMS, &two);
        threads_set(1);
        assert_memory_equal(&one, &two, sizeof one);
        trial_release(&trial);
    }
}

static void a_beam_of_one_is_greedy(void **state)
{
    (void)state;
    for (int number = 0; number < MODELS; number++) {
        struct trial trial;
        struct copy one;
        init(&trial, number, 170);
        keep(&trial, 0, TRIAL_SENTENCES, &(struct search_options){.beam = 1, .n_best = 1}, &one);
        arena_reset(&trial.arena);
        struct search_result greedy =
            search_greedy(&trial.model, trial.block, &trial.batch, LIMITS, 0, &trial.arena);
        assert_null(greedy.scores);
        for (int i = 0; i < TRIAL_SENTENCES; i++) {
            assert_int_equal(one.lengths[i][0], greedy.lengths[i]);
            assert_memory_equal(one.symbols[i][0], greedy.symbols + (ptrdiff_t)i * greedy.width,
                                (size_t)greedy.lengths[i] * sizeof(int32_t));
        }
        trial_release(&trial);
    }
}

static void draw(struct trial *trial, int first, int count, uint64_t seed, double temperature,
                 struct copy *copy)
{
    uint32_t numbers[TRIAL_SENTENCES];
    for (int i = 0; i < count; i++)
        numbers[i] = (uint32_t)(first + i);
    struct search_options options = {
        .beam = 1, .n_best = 1, .temperature = temperature, .seed = seed, .numbers = numbers};
    keep(trial, first, count, &options, copy);
}

static void what_is_drawn_follows_from_seed_and_number_alone(void **state)
{
    (void)state;
    struct trial trial;
    struct copy first, again, other, alone, cold, greedy;
    init(&trial, 0, 170);
    draw(&trial, 0, TRIAL_SENTENCES, 5, 1, &first);
    draw(&trial, 0, TRIAL_SENTENCES, 5, 1, &again);
    draw(&trial, 0, TRIAL_SENTENCES, 6, 1, &other);
    assert_memory_equal(&first, &again, sizeof first);
    assert_memory_not_equal(&first, &other, sizeof first);
    for (int i = 0; i < TRIAL_SENTENCES; i++) {
        draw(&trial, i, 1, 5, 1, &alone);
        assert_memory_equal(alone.symbols[0], first.symbols[i], sizeof alone.symbols[0]);
    }
    trial.fixture.sentences[1] = trial.fixture.sentences[0]; // the number alone differs
    draw(&trial, 0, 2, 5, 1, &alone);
    assert_memory_not_equal(alone.symbols[0], alone.symbols[1], sizeof alone.symbols[0]);
    draw(&trial, 0, TRIAL_SENTENCES, 5, 1e-9, &cold);
    keep(&trial, 0, TRIAL_SENTENCES, &(struct search_options){.beam = 1, .n_best = 1}, &greedy);
    assert_memory_equal(&cold, &greedy, sizeof cold);
    trial_release(&trial);
}

static void lengths_are_normalised(void **state)
{
    (void)state;
    struct search_options power = {.length_penalty = 1}, wu = NORMALISATIONS[2];
    for (int n = 1; n < 3000; n += 7)
        assert_true(fabs(search_normaliser(&power, n) - n) < 1e-14 * n);
    power.length_penalty = 0.5;
    assert_true(fabs(search_normaliser(&power, 16) - 4) < 1e-14);
    power.length_penalty = 0;
    assert_true(search_normaliser(&power, 16) == 1);
    assert_true(search_normaliser(&wu, 1) == 1);
    assert_true(fabs(search_normaliser(&wu, 10) - 1.7328621) < 1e-6); // 2.5^0.6
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_beam_that_holds_everything_finds_what_all_sequences_have),
        cmocka_unit_test(values_are_those_of_teacher_forcing_and_fall),
        cmocka_unit_test(a_beam_does_not_depend_on_the_other_sentences),
        cmocka_unit_test(one_and_two_threads_find_the_same_bits),
        cmocka_unit_test(a_beam_of_one_is_greedy),
        cmocka_unit_test(what_is_drawn_follows_from_seed_and_number_alone),
        cmocka_unit_test(lengths_are_normalised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
