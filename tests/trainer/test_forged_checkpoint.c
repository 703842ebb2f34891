/* Checkpoints with right checksums and wrong content: each is refused by a check of ours, with a
 * reason, by what reads it to translate or by what continues the run. */
#include "../io/forge.h"
#include "../io/made_corpus.h"

#include "comm/comm.h"
#include "trainer/run/guard.h"
#include "trainer/run/run_blocks.h"
#include "trainer/run/saver.h"
#include <limits.h>

static struct settings settings;
static struct run run;
static struct corpus corpus;
static struct forgery checkpoint;
static int forgeries;

static void make_settings(void)
{
    char *words[] = {"--embedding", "4",        "--hidden", "6",         "--lanes", "2", "--corpus",
                     "c",           "--output", "none",     "--average", "0.5",     NULL};
    struct faults faults = {0};
    struct settings_facts facts = {.contents = corpus.contents};
    settings_init(&settings);
    settings_read(&settings, COMMAND_TRAIN, 12, words, &faults);
    settings_resolve(&settings, &facts, &faults);
    assert_int_equal(faults.count, 0);
}

/* What start.c makes, by hand and of one rank. */
static void make_run(void)
{
    struct shape shape;
    made_contents(corpus.contents);
    make_settings();
    strcpy(corpus.task, "translate");
    corpus.path = "corpus";
    corpus.digest = 77;
    settings_shape(&settings, corpus.contents, &shape);
    model_init(&run.model, &shape);
    size_t bytes = (size_t)run.model.parameters.total * sizeof(float);
    run.settings = &settings;
    run.corpus = &corpus;
    run.cuts.total = run.model.parameters.total;
    run.exchange = exchange_open(2, &run.cuts);
    run.weights = memory_take(bytes);
    run.first = memory_take(bytes);
    run.second = memory_take(bytes);
    run.average = memory_take(bytes);
    run.state = (struct train_state){.update = 8, .epoch = 1, .rate_factor = 1};
}

static void read_parameters(const char *path, const char *block)
{
    for (int i = 0; i < run.model.parameters.count; i++) {
        const struct parameter *p = &run.model.parameters.list[i];
        char name[128];
        snprintf(name, sizeof name, "/%s/%s", block, p->name);
        forgery_read_array(&checkpoint, path, name, SEALED_FLOAT32, p->columns ? 2 : 1);
    }
}

static int make_good(void **state)
{
    if (make_folder(state) != 0)
        return -1;
    comm_start();
    make_run();
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", made_path("."));
    run.guard = guard_open(&run, exchange_part(run.exchange));
    struct saver *saver = saver_open(&run);
    saver_first(saver, folder);
    saver_close(saver);
    guard_close(run.guard);
    const char *path = made_path("update-00000008.h5");
    checkpoint.what = SEALED_CHECKPOINT;
    forgery_read_attributes(&checkpoint, path, "/settings");
    forgery_read_attributes(&checkpoint, path, "/state");
    for (int side = 0; side < SIDES; side += TARGET) {
        char name[64];
        forgery_read_attributes(&checkpoint, path, side ? "/target" : "/source");
        snprintf(name, sizeof name, "/%s/vocabulary/bytes", side_names[side]);
        forgery_read_array(&checkpoint, path, name, SEALED_BYTES, 1);
        snprintf(name, sizeof name, "/%s/vocabulary/offsets", side_names[side]);
        forgery_read_array(&checkpoint, path, name, SEALED_INT64, 1);
        snprintf(name, sizeof name, "/%s/tokenizer", side_names[side]);
        forgery_read_array(&checkpoint, path, name, SEALED_BYTES, 1);
    }
    read_parameters(path, "parameters");
    read_parameters(path, "moments/first");
    read_parameters(path, "moments/second");
    read_parameters(path, "average");
    return 0;
}

static int release_good(void **state)
{
    forgery_release(&checkpoint);
    exchange_close(run.exchange);
    model_release(&run.model);
    memory_free(run.weights);
    memory_free(run.first);
    memory_free(run.second);
    memory_free(run.average);
    release_contents(corpus.contents);
    settings_release(&settings);
    comm_stop();
    return remove_folder(state);
}

static bool opens(struct reason *why)
{
    struct snapshot snapshot;
    bool well = snapshot_open(&snapshot, made_path("forged.h5"), 1, why);
    snapshot_close(&snapshot);
    return well;
}

static bool continues(struct reason *why)
{
    struct checkpoint *file = checkpoint_open(made_path("forged.h5"), why);
    bool well = file && run_read(&run, file, why);
    checkpoint_close(file);
    return well;
}

/* By one of the two; settings and tokenizers are the first one's, state and moments the
 * second's. */
static void assert_refused(const struct forgery *forgery, const char *name, const char *words)
{
    struct reason why = {""};
    forgery_write(forgery, made_path("forged.h5"));
    forgeries++;
    if ((opens(&why) && continues(&why)) || !strstr(why.text, words))
        fail_msg("%s: '%s' does not say '%s'", name, why.text, words);
}

static void said(const char *of)
{
    print_message("checkpoint, %s: %d forgeries, all refused\n", of, forgeries);
    forgeries = 0;
}

static void the_copy_is_sound(void **state)
{
    (void)state;
    struct reason why;
    forgery_write(&checkpoint, made_path("forged.h5"));
    assert_true(same_files(made_path("update-00000008.h5"), made_path("forged.h5")) ||
                (opens(&why) && continues(&why)));
    assert_true(opens(&why) && continues(&why));
}

/* A setting that is missing has its default: an earlier program did not know it. */
static void unless_a_setting(const struct forgery *forgery, const char *name, const char *words)
{
    if (settings_row(name) < 0 || strcmp(words, "is missing") != 0)
        assert_refused(forgery, name, words);
}

static void checkpoints_of_another_form_are_refused(void **state)
{
    (void)state;
    forge_each(&checkpoint, unless_a_setting);
    said("form");
}

static void wrong_shapes_are_refused(void **state)
{
    (void)state;
    for (int i = 0; i < checkpoint.array_count; i++) {
        static struct forgery forgery;
        forgery = checkpoint;
        struct forged_array *array = &forgery.arrays[i];
        if (array->type != SEALED_FLOAT32)
            continue;
        array->dimensions[0] += 1; // what is read with eight bytes more
        array->data = memory_take((size_t)(array->dimensions[0] * array->dimensions[1]) * 8);
        assert_refused(&forgery, array->name, " instead of ");
        memory_free((void *)array->data);
    }
    said("shapes");
}

static void wrong_settings_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *name, *value, *words;
    } list[] = {
        {"hidden", "0", "has a wrong setting: "},
        {"hidden", "-6", "has a wrong setting: "},
        {"hidden", "many", "has a wrong setting: "},
        {"hidden", "99999999999999999999", "has a wrong setting: "},
        {"hidden", "4096", " instead of "},
        {"embedding", "65536", "array '"},
        {"encoder-hidden", "4096", " instead of "},
        {"encoder-layers", "2", " is missing"},
        {"decoder-layers", "3", " is missing"},
        {"cell", "transformer", "has a wrong setting: "},
        {"cell", "gru", " instead of "},
        {"context", "last", " averages, but its settings make "},
        {"attention", "dot", " averages, but its settings make "},
        {"attention-state", "current", "attention-state current needs readout"},
        {"context-use", "never", "has a wrong setting: "},
        {"context-use", "first", " instead of "},
        {"dropout-layer", "1.5", "has a wrong setting: "},
        {"dropout-layer", "nan", "has a wrong setting: "},
        {"average", "1", "has a wrong setting: "},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        static struct forgery forgery;
        forgery = checkpoint;
        strcpy(forged_attribute(&forgery, "/settings", list[i].name)->text, list[i].value);
        assert_refused(&forgery, list[i].name, list[i].words);
    }
    static struct forgery forgery;
    forgery = checkpoint;
    strcpy(forged_attribute(&forgery, "/settings", "context-use")->text, "first");
    strcpy(forged_attribute(&forgery, "/settings", "input-feeding")->text, "on");
    assert_refused(&forgery, "input-feeding", "input-feeding needs context-use attention");
    forgery = checkpoint;
    forgery.attributes[forgery.attribute_count++] = (struct forged_attribute){
        .group = "/settings", .name = "valid-metric", .kind = 't', .text = "blue"};
    assert_refused(&forgery, "valid-metric",
                   "has a wrong setting: valid-metric: 'blue' is none of ");
    said("settings");
}

static void impossible_state_is_refused(void **state)
{
    (void)state;
    static struct forgery forgery;
    for (int i = 0; state_integers[i]; i++) {
        static const int64_t values[] = {-1, INT64_MIN, INT64_MAX};
        for (int k = 0; k < 3; k++) {
            char words[64];
            forgery = checkpoint;
            forged_attribute(&forgery, "/state", state_integers[i])->integer = values[k];
            snprintf(words, sizeof words, "%s is %lld", state_integers[i], (long long)values[k]);
            assert_refused(&forgery, state_integers[i], words);
        }
    }
    forgery = checkpoint;
    forged_attribute(&forgery, "/state", "rate_factor")->real = -1;
    assert_refused(&forgery, "rate_factor", "rate_factor is -1");
    forged_attribute(&forgery, "/state", "rate_factor")->real = 0.0 / 0.0;
    assert_refused(&forgery, "rate_factor", "rate_factor is ");
    forgery = checkpoint;
    forged_attribute(&forgery, "/state", "corpus_digest")->integer = 78;
    assert_refused(&forgery, "corpus_digest", "was trained on a corpus with digest");
    said("state");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_copy_is_sound),
        cmocka_unit_test(checkpoints_of_another_form_are_refused),
        cmocka_unit_test(wrong_shapes_are_refused),
        cmocka_unit_test(wrong_settings_are_refused),
        cmocka_unit_test(impossible_state_is_refused),
    };
    return cmocka_run_group_tests(tests, make_good, release_good);
}
