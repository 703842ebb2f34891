/* What train's settings are where nothing is said, by task, and which of them mean nothing. */
#include "trainer/settings/settings_task.h"
#include "trainer/metric/metric.h"
#include "trainer/settings/task.h"

/* What of a task gives settings a meaning. */
enum {
    READS = 1,        // it has a source
    READS_FREELY = 2, // whose places are not those of the target
    READS_LONG = 4,   // and are many, most often
    DECODES = 8,
    SEARCHES = 16, // from a source
    POOLS = 32
};

static int traits_of(const struct task *task)
{
    const bool reads = task->rules.sources > 0, freely = reads && !task_in_step(task);
    return (reads ? READS : 0) | (freely ? READS_FREELY : 0) |
           (freely && !task->from_single ? READS_LONG : 0) |
           (task->head == HEAD_DECODE ? DECODES : 0) | (task_searches(task) ? SEARCHES : 0) |
           (task->head == HEAD_POOL ? POOLS : 0);
}

/* For which tasks a setting has a meaning: those with one of the traits; one that is not here has a
 * meaning for all. */
static const struct meaning {
    const char *name;
    int traits;
} meanings[] = {
    {"encoder-layers", READS},     {"encoder-hidden", READS},
    {"bidirectional", READS},      {"pyramid", READS_LONG},
    {"source-end", READS_FREELY},  {"dropout-encoder", READS},
    {"unknown-dropout", READS},    {"decoder-layers", DECODES},
    {"tied-embeddings", DECODES},  {"feed-previous", DECODES},
    {"context", SEARCHES},         {"context-use", SEARCHES},
    {"decoder", SEARCHES},         {"attention", SEARCHES},
    {"attention-state", SEARCHES}, {"attention-hidden", SEARCHES | POOLS},
    {"input-feeding", SEARCHES},   {"pooling", POOLS},
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
    const struct task *task = task_of((enum task_kind)s->task);
    const bool pools = task->head == HEAD_POOL;
    for (int i = 0; i < TASK_OWN_MOST && task->own[i].name; i++)
        set(s, task->own[i].name, task->own[i].value);
    if (pools && single_places(facts)) {
        set(s, "encoder-layers", "0");
        set(s, "pooling", "mean");
    } else if (pools) {
        set(s, "readout", "0");
    }
    if (task->rules.sources == 0 && s->embedding != (s->readout ? s->readout : s->hidden))
        set(s, "tied-embeddings", "off"); // else there would be a map between the two
    if (facts->contents[TARGET].form == FORM_VECTORS) {
        set(s, "tied-embeddings", "off");
        set(s, "label-smoothing", "0");
        set(s, "valid-metric", "loss");
    } else if (task->rules.classes && facts->valid_has_text) {
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
    const int traits = traits_of(task);
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
        int row = settings_row(meanings[i].name);
        if (!(meanings[i].traits & traits) && s->from[row] >= FROM_CONFIG)
            faults_add(faults, "--%s has no effect with --task %s", meanings[i].name, task->name);
    }
    check_sides(s, facts->contents, faults);
}
