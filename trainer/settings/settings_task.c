/* What train's settings are where nothing is said, by task, and which of them mean nothing. */
#include "trainer/settings/settings_task.h"
#include "trainer/metric/metric.h"
#include "trainer/settings/task.h"

enum {
    TRANSLATE = 1 << TASK_TRANSLATE,
    TAG = 1 << TASK_TAG,
    CLASSIFY = 1 << TASK_CLASSIFY,
    GENERATE = 1 << TASK_GENERATE,
    LANGUAGE_MODEL = 1 << TASK_LANGUAGE_MODEL,
    DECODES = TRANSLATE | GENERATE | LANGUAGE_MODEL,
    READS = TRANSLATE | TAG | CLASSIFY | GENERATE // a source
};

/* Defaults that differ from the settings' own. */
static const struct own {
    int tasks;
    const char *name, *value;
} own[] = {
    {TAG | CLASSIFY | GENERATE | LANGUAGE_MODEL, "source-end", "off"},
    {TAG | CLASSIFY | LANGUAGE_MODEL, "label-smoothing", "0"},
    {TAG | CLASSIFY, "tied-embeddings", "off"},
    {TAG | LANGUAGE_MODEL, "readout", "0"},
    {GENERATE, "encoder-layers", "0"},
    {GENERATE, "context", "mean"},
    {GENERATE, "context-use", "both"},
};

/* For which tasks a setting has a meaning; those that are not here have one for all. */
static const struct meaning {
    const char *name;
    int tasks;
} meanings[] = {
    {"encoder-layers", READS},
    {"encoder-hidden", READS},
    {"bidirectional", READS},
    {"pyramid", TRANSLATE | CLASSIFY},
    {"source-end", TRANSLATE | CLASSIFY | GENERATE},
    {"dropout-encoder", READS},
    {"unknown-dropout", READS},
    {"decoder-layers", DECODES},
    {"tied-embeddings", DECODES},
    {"feed-previous", DECODES},
    {"context", TRANSLATE | GENERATE},
    {"context-use", TRANSLATE | GENERATE},
    {"decoder", TRANSLATE | GENERATE},
    {"attention", TRANSLATE | GENERATE},
    {"attention-state", TRANSLATE | GENERATE},
    {"attention-hidden", TRANSLATE | GENERATE | CLASSIFY},
    {"input-feeding", TRANSLATE | GENERATE},
    {"pooling", CLASSIFY},
};

static void set(struct settings *s, const char *name, const char *value)
{
    int row = settings_row(name);
    if (s->from[row] == FROM_DEFAULT)
        settings_set_default(s, row, value);
}

/* Each source is one vector, or one symbol: nothing to recur over. */
static bool single_places(const struct settings_facts *facts)
{
    return facts->longest && facts->longest[SOURCE] == 1 && facts->longest[SECOND] <= 1;
}

void settings_task_defaults(struct settings *s, const struct settings_facts *facts)
{
    int task = 1 << s->task;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (own[i].tasks & task)
            set(s, own[i].name, own[i].value);
    if ((task & CLASSIFY) && single_places(facts)) {
        set(s, "encoder-layers", "0");
        set(s, "pooling", "mean");
    } else if (task & CLASSIFY) {
        set(s, "readout", "0");
    }
    if ((task & LANGUAGE_MODEL) && s->embedding != (s->readout ? s->readout : s->hidden))
        set(s, "tied-embeddings", "off"); // else there would be a map between the two
    if (facts->contents[TARGET].form == FORM_VECTORS) {
        set(s, "tied-embeddings", "off");
        set(s, "label-smoothing", "0");
        set(s, "valid-metric", "loss");
    } else if ((task & (TAG | CLASSIFY)) && facts->valid_has_text) {
        set(s, "valid-metric", "accuracy");
    }
}

static bool some_side_is(const struct content *contents, enum form form)
{
    return contents[SOURCE].form == form || contents[SECOND].form == form ||
           contents[TARGET].form == form;
}

/* What a side must be made of for a setting to have a meaning. */
static void check_sides(const struct settings *s, const struct content *contents,
                        struct faults *faults)
{
    const bool symbols = contents[TARGET].form != FORM_VECTORS;
    const struct {
        const char *name, *without;
        bool has, on;
    } needs[] = {
        {"label-smoothing", "where the target is vectors", symbols, s->label_smoothing > 0},
        {"tied-embeddings", "where the target is vectors", symbols, s->tied_embeddings == 1},
        {"unknown-dropout", "without a source of symbols",
         contents[SOURCE].form != FORM_VECTORS || contents[SECOND].form == FORM_SYMBOLS,
         s->unknown_dropout > 0},
        {"input-layer", "without vectors", some_side_is(contents, FORM_VECTORS), true},
        {"feature-embedding", "without features beside the words",
         contents[SOURCE].feature_count || contents[SECOND].feature_count, true},
    };
    for (size_t i = 0; i < sizeof needs / sizeof *needs; i++)
        if (!needs[i].has && needs[i].on && s->from[settings_row(needs[i].name)] >= FROM_CONFIG)
            faults_add(faults, "--%s has no effect %s", needs[i].name, needs[i].without);
}

void settings_task_check(const struct settings *s, const struct settings_facts *facts,
                         struct faults *faults)
{
    const struct task *task = task_of((enum task_kind)s->task);
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
        int row = settings_row(meanings[i].name);
        if (!(meanings[i].tasks & 1 << s->task) && s->from[row] >= FROM_CONFIG)
            faults_add(faults, "--%s has no effect with --task %s", meanings[i].name, task->name);
    }
    check_sides(s, facts->contents, faults);
}
