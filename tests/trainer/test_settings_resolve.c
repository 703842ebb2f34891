/* Chosen defaults, and settings that contradict each other. */
#include "faulty.h"
#include "tests/model/sides.h"
#include "trainer/metric/metric.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int64_t updates_an_epoch;

static int64_t answer(const struct settings *settings, const struct corpus *corpus)
{
    (void)corpus;
    assert_int_equal(settings->lanes, 8);
    return updates_an_epoch;
}

#define SYMBOLS(kind_, size_)                                                                      \
    {                                                                                              \
        .form = FORM_SYMBOLS, .tokenizer = {.kind = (kind_), .vocabulary = {.size = (size_)} }     \
    }
static const struct content pieces[SIDES] = {[SOURCE] = SYMBOLS(TOKENIZER_SENTENCEPIECE, 100),
                                             [TARGET] = SYMBOLS(TOKENIZER_SENTENCEPIECE, 90)};
static const struct content words[SIDES] = {
    [SOURCE] = SYMBOLS(TOKENIZER_WORDS, 100), [TARGET] = SYMBOLS(TOKENIZER_WORDS, 90)};
static const struct content two[SIDES] = {[SOURCE] = SYMBOLS(TOKENIZER_SENTENCEPIECE, 100),
                                          [SECOND] = SYMBOLS(TOKENIZER_WORDS, 50),
                                          [TARGET] = SYMBOLS(TOKENIZER_SENTENCEPIECE, 90)};
static const struct settings_facts with_second = {
    .contents = two, .has_valid = 1, .updates_an_epoch = answer};
static const struct settings_facts with_valid = {
    .contents = pieces, .has_valid = 1, .updates_an_epoch = answer};
static const struct settings_facts without_valid = {.contents = words, .updates_an_epoch = answer};

/* typed: the words, separated by spaces. */
static void resolve(struct settings *settings, const char *typed,
                    const struct settings_facts *facts, struct faults *faults)
{
    char copy[512], *list[WORDS_MOST] = {NULL}, *place;
    int count = 0;
    strcpy(copy, typed);
    for (char *word = strtok_r(copy, " ", &place); word; word = strtok_r(NULL, " ", &place))
        list[count++] = word;
    settings_init(settings);
    settings_read(settings, COMMAND_TRAIN, count, list, faults);
    assert_int_equal(faults->count, 0);
    settings_resolve(settings, facts, faults);
}

static void assert_settings(const struct settings *settings, const char *const *expected)
{
    struct text value = {0};
    for (; *expected; expected += 2) {
        assert_true(settings_get(settings, settings_row(expected[0]), &value));
        if (strcmp(value.bytes, expected[1]) != 0)
            fail_msg("%s is %s instead of %s", expected[0], value.bytes, expected[1]);
    }
    text_release(&value);
}

static void defaults_are_chosen_from_the_others(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        const struct settings_facts *facts;
        int64_t updates;
        const char *expected[24]; // name, value ...
    } cases[] = {
        {"", &with_valid, 400, {"encoder-layers",   "1",       "decoder-layers",  "1",
                                "encoder-hidden",   "256",     "attention-state", "previous",
                                "attention-hidden", "512",     "context",         "mean",
                                "input-feeding",    "off",     "readout",         "256",
                                "schedule",         "plateau", "valid-interval",  "400"}},
        {"", &with_valid, 400, {"checkpoint-interval", "400", "epochs",          "100",
                                "unknown-dropout",     "0",   "dropout-layer",   "0.3",
                                "dropout-embedding",   "0.3", "dropout-encoder", "0.3",
                                "dropout-output",      "0.3", "weight-decay",    "0",
                                "decay-updates",       "0",   "progress",        "lines"}},
        {"",
         &without_valid,
         400,
         {"schedule", "inverse-sqrt", "epochs", "20", "unknown-dropout", "0.1",
          "checkpoint-interval", "1000", "valid-interval", "400"}},
        {"", &with_valid, 50, {"valid-interval", "100"}},
        {"", &with_valid, 5000, {"valid-interval", "1000", "checkpoint-interval", "1000"}},
        {"--valid-interval 7", &with_valid, 400, {"checkpoint-interval", "7"}},
        {"--attention general",
         &with_valid,
         400,
         {"attention-state", "current", "context", "last", "input-feeding", "on", "readout",
          "512"}},
        {"--attention dot --hidden 64",
         &with_valid,
         400,
         {"attention-state", "current", "encoder-hidden", "32", "readout", "64"}},
        {"--attention-state current",
         &with_valid,
         400,
         {"context", "mean", "input-feeding", "on", "readout", "512"}},
        {"--attention general --attention-state previous",
         &with_valid,
         400,
         {"context", "last", "input-feeding", "off", "readout", "256"}},
        {"--context-use first",
         &with_valid,
         400,
         {"context", "last", "input-feeding", "off", "readout", "256"}},
        {"--context-use every --hidden 63",
         &with_valid,
         400,
         {"context", "last", "input-feeding", "off", "readout", "256"}},
        {"--decoder conditional --attention general",
         &with_valid,
         400,
         {"attention-state", "previous", "context", "last", "input-feeding", "off", "readout",
          "256", "decoder", "conditional", "feed-previous", "on"}},
        {"--no-bidirectional --layers 3 --decoder-layers 2",
         &with_valid,
         400,
         {"encoder-hidden", "512", "encoder-layers", "3", "decoder-layers", "2"}},
        {"--dropout 0.1 --dropout-output 0.5",
         &with_valid,
         400,
         {"dropout-layer", "0.1", "dropout-embedding", "0.1", "dropout-encoder", "0.1",
          "dropout-output", "0.5"}},
        {"--optimizer adamw", &with_valid, 400, {"weight-decay", "0.01"}},
        {"", &with_second, 400, {"context", "mean"}},
        {"--attention general", &with_second, 400, {"context", "affine"}},
        {"--context-use both", &with_second, 400, {"context", "affine"}},
        {"--context-use every", &with_second, 400, {"context", "last"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct settings settings;
        struct faults faults = {0};
        updates_an_epoch = cases[i].updates;
        resolve(&settings, cases[i].words, cases[i].facts, &faults);
        assert_faults(&faults, "");
        assert_settings(&settings, cases[i].expected);
        settings_release(&settings);
    }
}

/* Threads computing_start() chooses. */
static void nothing_else_of_train_stays_chosen(void **state)
{
    (void)state;
    struct settings settings;
    struct faults faults = {0};
    struct text value = {0};
    updates_an_epoch = 1;
    resolve(&settings, "", &without_valid, &faults);
    for (int row = 0; row < settings_count; row++)
        if (settings_table[row].commands & COMMAND_TRAIN)
            assert_int_equal(settings_get(&settings, row, &value),
                             strcmp(settings_table[row].name, "threads") != 0);
    text_release(&value);
    settings_release(&settings);
}

static void what_a_run_had_is_no_fault(void **state)
{
    (void)state;
    struct settings settings, again;
    struct faults faults = {0};
    struct text value = {0};
    resolve(&settings, "--context-use first --optimizer sgd", &without_valid, &faults);
    settings_init(&again);
    for (int row = 0; row < settings_count; row++)
        if (settings_get(&settings, row, &value))
            settings_set(&again, row, value.bytes, FROM_RUN, "x", &faults);
    settings_resolve(&again, &without_valid, &faults);
    assert_faults(&faults, "");
    text_release(&value);
    settings_release(&settings);
    settings_release(&again);
}

static void each_contradiction_is_a_fault(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        const struct settings_facts *facts;
        const char *fault;
    } cases[] = {
        {"--context last", &with_second,
         "context last takes the first states from one encoder, and two sources have one each: "
         "choose "
         "affine or mean"},
        {"--context-use first --attention dot", &with_valid,
         "--attention has no effect with --context-use first"},
        {"--context-use every --attention dot", &with_valid,
         "--attention has no effect with --context-use every"},
        {"--context-use both --attention-hidden 3", &with_valid,
         "--attention-hidden has no effect with --context-use both"},
        {"--context-use every --context affine", &with_valid,
         "--context affine has no effect with --context-use every: there is no first state to map "
         "to"},
        {"--context-use both --decoder conditional", &with_valid,
         "--decoder conditional needs attention: --context-use attention"},
        {"--decoder conditional --attention-state previous", &with_valid,
         "--attention-state has no effect with --decoder conditional"},
        {"--readout 0", &with_valid,
         "--readout 0 needs a decoder without attention: --context-use first, every or both"},
        {"--attention dot --readout 0", &with_valid,
         "--readout 0 needs a decoder without attention: --context-use first, every or both"},
        {"--context-use first --attention-state current", &with_valid,
         "--attention-state has no effect with --context-use first"},
        {"--context-use first --attention-hidden 3", &with_valid,
         "--attention-hidden has no effect with --context-use first"},
        {"--context-use first --input-feeding", &with_valid,
         "--input-feeding needs attention: --context-use attention"},
        {"--attention general --attention-hidden 3", &with_valid,
         "--attention-hidden has no effect with --attention general"},
        {"--attention general --readout 3", &with_valid,
         "--readout 3: with --attention-state current the readout has the size of --hidden, 512"},
        {"--layers 2 --encoder-layers 2 --decoder-layers 2", &with_valid,
         "--layers has no effect with both --encoder-layers and --decoder-layers"},
        {"--optimizer sgd --adam-beta1 0.5", &with_valid,
         "--adam-beta1 has no effect with --optimizer sgd"},
        {"--momentum 0.5", &with_valid, "--momentum has no effect with --optimizer adam"},
        {"--schedule plateau", &without_valid, "--schedule plateau needs --valid"},
        {"--schedule linear", &with_valid, "--schedule linear needs --decay-updates"},
        {"--schedule linear --decay-updates 300", &with_valid,
         "--decay-updates: 300 is not above --warmup, 300"},
        {"--decay-updates 500", &with_valid,
         "--decay-updates has no effect with --schedule plateau"},
        {"--valid-interval 10", &without_valid, "--valid-interval needs --valid"},
        {"--patience 3", &without_valid, "--patience needs --valid"},
        {"--valid-metric bleu", &without_valid, "--valid-metric needs --valid"},
        {"--valid-metric bleu", &with_valid,
         "--valid-metric bleu: the corpus of --valid holds no raw target text: prepare it with "
         "--like"},
        {"--divergence 2", &without_valid, "--divergence needs --valid"},
        {"--attention dot --encoder-hidden 100 --context mean", &with_valid,
         "attention dot needs encoder-hidden x directions (200) equal to hidden (512): choose "
         "general or additive"},
        {"--pyramid", &with_valid,
         "pyramid needs encoder-layers of at least 2: the first reads every token"},
        {"--residual", &with_valid,
         "residual needs layers of at least 2: the first gives its state alone"},
        {"--layers 2 --residual --pyramid", &with_valid,
         "residual and pyramid exclude each other: a layer of a pyramid reads twice as much as it "
         "gives"},
        {"--variational --dropout 0", &with_valid,
         "--variational has no effect: neither embeddings nor what is between layers have a "
         "dropout"},
        {"--variational --dropout-embedding 0", &with_valid,
         "--variational has no effect: neither embeddings nor what is between layers have a "
         "dropout"},
        {"--context last --layers 2 --decoder-layers 1", &with_valid,
         "context last needs as many encoder-layers (2) as decoder-layers (1): choose affine or "
         "mean"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct settings settings;
        struct faults faults = {0};
        resolve(&settings, cases[i].words, cases[i].facts, &faults);
        assert_faults(&faults, cases[i].fault);
        settings_release(&settings);
    }
}

static void a_metric_of_another_task_is_a_fault(void **state)
{
    (void)state;
    struct settings settings;
    struct faults faults = {0};
    struct reason why;
    char fault[sizeof why.text + 32];
    resolve(&settings, "--valid-metric rmse", &with_valid, &faults);
    assert_null(metric_find("rmse", METRIC_LOSSES | METRIC_SEQUENCES, true, &why));
    snprintf(fault, sizeof fault, "--valid-metric: %s", why.text);
    assert_faults(&faults, fault);
    settings_release(&settings);
}

/* Of every row of the tables that --optimizer and --schedule choose from. */
static void a_setting_needs_a_choice_that_uses_it(void **state)
{
    (void)state;
    int tried = 0;
    for (int row = 0; row < settings_count; row++) {
        const struct setting *setting = &settings_table[row];
        if (!setting->chooser)
            continue;
        const struct setting *chooser = &settings_table[settings_row(setting->chooser)];
        struct choice choice;
        for (int i = 0; (choice = setting_choice(chooser, i)).name; i++, tried++) {
            struct settings settings;
            struct faults faults = {0};
            char line[200], fault[200];
            snprintf(line, sizeof line, "--%s %s --%s %s", chooser->name, choice.name,
                     setting->name, setting->fallback ? setting->fallback : "500");
            resolve(&settings, line, &with_valid, &faults);
            snprintf(fault, sizeof fault, "--%s has no effect with --%s %s", setting->name,
                     chooser->name, choice.name);
            const char *told = faults_words(&faults);
            if ((told && strstr(told, fault)) == ((choice.uses & setting->use) != 0))
                fail_msg("%s: %s", line, told ? told : "no fault");
            faults_release(&faults);
            settings_release(&settings);
        }
    }
    assert_true(tried >= 3 * 4 + 4 * 3);
}

static void harmless_combinations_are_no_faults(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "--context-use first --input-feeding off",
        "--patience 0",
        "--attention general --readout 512",
        "--schedule linear --decay-updates 301",
        "--layers 2 --encoder-layers 3",
        "--decoder-layers 2 --residual",
        "--layers 2 --pyramid --dropout-state 0.2",
        "--variational --dropout-layer 0",
        "--layers 2 --variational --dropout-embedding 0",
        "--context-use first --readout 0",
        "--context-use first --feed-previous off",
        "--decoder conditional --input-feeding",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct settings settings;
        struct faults faults = {0};
        resolve(&settings, cases[i], i == 1 ? &without_valid : &with_valid, &faults);
        assert_faults(&faults, "");
        settings_release(&settings);
    }
}

static void shape_and_optimizer_are_what_was_set(void **state)
{
    (void)state;
    struct settings settings;
    struct faults faults = {0};
    struct shape shape;
    struct optimizer optimizer;
    resolve(&settings,
            "--cell gru --embedding 5 --hidden 6 --encoder-hidden 7 --encoder-layers 2 "
            "--decoder-layers 3 --attention general --attention-state previous --readout 9 "
            "--no-tied-embeddings --layer-norm --residual --dropout-state 0.2 --variational "
            "--optimizer sgd --momentum 0.5 --weight-decay 0.25",
            &with_valid, &faults);
    assert_int_equal(faults.count, 1); // context last cannot be
    faults_release(&faults);
    settings_shape(&settings, pieces, &shape);
    settings_optimizer(&settings, &optimizer);
    struct shape expected = {SIDES_OF(100, 90),
                             .embedding = 5,
                             .feature_embedding = 16,
                             .hidden = 6,
                             .encoder_hidden = 7,
                             .encoder_layers = 2,
                             .decoder_layers = 3,
                             .bidirectional = 1,
                             .cell = CELL_GRU,
                             .residual = 1,
                             .layer_norm = 1,
                             .context = CONTEXT_LAST,
                             .attention = ATTENTION_GENERAL,
                             .attention_state = ATTENTION_PREVIOUS,
                             .attention_hidden = 6,
                             .readout = 9,
                             .dropout_embedding = 0.3,
                             .dropout_layer = 0.3,
                             .dropout_encoder = 0.3,
                             .dropout_output = 0.3,
                             .dropout_state = 0.2,
                             .label_smoothing = 0.1};
    size_t integers = offsetof(struct shape, tied_embeddings) + sizeof(int); // padding follows
    assert_memory_equal(&shape, &expected, integers);
    assert_memory_equal(&shape.dropout_embedding, &expected.dropout_embedding,
                        sizeof shape - offsetof(struct shape, dropout_embedding));
    assert_int_equal(shape.variational, 1);
    assert_ptr_equal(optimizer.kind, &optimizer_sgd);
    assert_true(optimizer.momentum == 0.5 && optimizer.weight_decay == 0.25);
    settings_release(&settings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_chosen_from_the_others),
        cmocka_unit_test(nothing_else_of_train_stays_chosen),
        cmocka_unit_test(what_a_run_had_is_no_fault),
        cmocka_unit_test(each_contradiction_is_a_fault),
        cmocka_unit_test(a_metric_of_another_task_is_a_fault),
        cmocka_unit_test(a_setting_needs_a_choice_that_uses_it),
        cmocka_unit_test(harmless_combinations_are_no_faults),
        cmocka_unit_test(shape_and_optimizer_are_what_was_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
