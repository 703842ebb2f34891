#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "io/text/json.h"
#include "trainer/checkpoint/snapshot.h"
#include "trainer/inspect/inspect.h"
#include "trainer/metric/metric.h"
#include "trainer/run/carried.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* A checkpoint that is open, both as what it describes and as a file. */
struct look {
    struct snapshot snapshot;
    struct checkpoint *file;
    bool json;
};

static bool check_finite(const struct parameter *p, const float *values, const char *what,
                         struct reason *why)
{
    for (int64_t j = 0; j < parameter_elements(p); j++)
        if (!isfinite(values[j]))
            return fail(why, "%s '%s' is not finite at element %lld", what, p->name, (long long)j);
    return true;
}

/* What is carried, of its shape, a lane at a time. */
static bool check_carried(const struct look *look, struct reason *why)
{
    const struct settings *s = &look->snapshot.settings;
    int64_t lane = decoder_carried(&look->snapshot.model.decoder, carried_rows(s));
    float *read = memory_take((size_t)lane * sizeof *read);
    bool well = true;
    for (int64_t i = 0; well && i < s->lanes; i++)
        well = checkpoint_read(look->file, snapshot_block_names[SNAPSHOT_CARRIED], "states",
                               (int)s->lanes, (int)lane, i * lane, lane, read, why);
    memory_free(read);
    return well;
}

/* Every parameter has what the settings make of it, of its shape; weights and average are finite.
 */
static bool check_arrays(const struct look *look, struct reason *why)
{
    static const char *const finite[SNAPSHOT_BLOCKS] = {
        [SNAPSHOT_WEIGHTS] = "parameter", [SNAPSHOT_AVERAGE] = "average of"};
    const struct snapshot *snapshot = &look->snapshot;
    const struct parameters *parameters = &snapshot->model.parameters;
    float *read = memory_take((size_t)parameters->total * sizeof *read);
    bool well = true;
    for (enum snapshot_block block = 0; block < SNAPSHOT_CARRIED; block++)
        for (int i = 0; well && snapshot_has(&snapshot->settings, block) && i < parameters->count;
             i++) {
            const struct parameter *p = &parameters->list[i];
            bool have = block == snapshot_used(&snapshot->settings);
            well =
                (have || checkpoint_read(look->file, snapshot_block_names[block], p->name, p->rows,
                                         p->columns, 0, parameter_elements(p), read, why)) &&
                (!finite[block] ||
                 check_finite(p, have ? snapshot->weights + p->first : read, finite[block], why));
        }
    memory_free(read);
    return well &&
           (!snapshot_has(&snapshot->settings, SNAPSHOT_CARRIED) || check_carried(look, why));
}

static bool add_state(const struct look *look, struct text *text, struct reason *why)
{
    int64_t integer;
    double number;
    char word[32];
    for (int i = 0; state_integers[i]; i++) {
        const char *name = state_integers[i];
        if (!checkpoint_get_integer(look->file, name, &integer, why))
            return false;
        if (look->json)
            json_integer(text, name, integer);
        else
            inspect_add_line(text, name, "%lld", (long long)integer);
    }
    for (int i = 0; state_reals[i]; i++) {
        const char *name = state_reals[i];
        if (!checkpoint_get_real(look->file, name, &number, why))
            return false;
        text_of_real(number, word);
        if (look->json)
            json_real(text, name, number);
        else
            inspect_add_line(text, name, "%s", word);
    }
    return true;
}

/* In JSON as its type; it has been read as a setting before. */
static void add_setting_json(const struct setting *setting, const char *value, struct text *text)
{
    int64_t integer = 0;
    double number = 0;
    if (setting->type == SETTING_INTEGER && text_to_integer(value, &integer))
        json_integer(text, setting->name, integer);
    else if (setting->type == SETTING_REAL && text_to_real(value, &number))
        json_real(text, setting->name, number);
    else if (setting->type == SETTING_SWITCH)
        json_bool(text, setting->name, strcmp(value, "on") == 0);
    else
        json_text(text, setting->name, value);
}

static void add_settings(const struct look *look, enum setting_kind kind, struct text *text)
{
    for (int row = 0; row < settings_count; row++) {
        const struct setting *setting = &settings_table[row];
        const char *value = checkpoint_get_setting(look->file, setting->name);
        if (setting->kind != kind || !value)
            continue;
        if (look->json)
            add_setting_json(setting, value, text);
        else
            inspect_add_line(text, setting->name, "%s", value);
    }
}

static void add_parameter_json(const struct parameter *p, struct text *text)
{
    json_open(text, NULL);
    json_text(text, "name", p->name);
    json_open_list(text, "shape");
    json_integer(text, NULL, p->rows);
    if (p->columns)
        json_integer(text, NULL, p->columns);
    json_close_list(text);
    json_close(text);
}

static void add_json(const struct look *look, const char *name, bool checked, struct text *text)
{
    const struct parameters *parameters = &look->snapshot.model.parameters;
    struct reason why;
    json_open(text, name);
    json_text(text, "what", "checkpoint");
    json_open(text, "state");
    add_state(look, text, &why);
    json_close(text);
    json_open(text, "settings");
    add_settings(look, SETTING_MODEL, text);
    add_settings(look, SETTING_TRAINING, text);
    json_close(text);
    for (enum side side = SOURCE; side < SIDES; side++) {
        if (look->snapshot.contents[side].form == FORM_NONE)
            continue;
        inspect_add_content_json(&look->snapshot.contents[side], side, text);
        json_close(text);
    }
    json_open_list(text, "parameters");
    for (int i = 0; i < parameters->count; i++)
        add_parameter_json(&parameters->list[i], text);
    json_close_list(text);
    json_integer(text, "elements", parameters_elements(parameters));
    json_bool(text, "checked", checked);
    json_close(text);
}

static void add_best_metric(const struct metric *metric, double value, int64_t update,
                            struct text *text)
{
    struct text words = {0};
    metric_words_of(metric, value, &words);
    inspect_add_line(text, "best validation", "%s %s at update %lld", metric->name, words.bytes,
                     (long long)update);
    text_release(&words);
}

static void add_best(const struct look *look, struct text *text)
{
    const struct metric *metric = metric_steering(look->snapshot.settings.valid_metric);
    int64_t best;
    double loss;
    struct reason why;
    if (!checkpoint_get_integer(look->file, "best_update", &best, &why) ||
        !checkpoint_get_real(look->file, "best_loss", &loss, &why) || best == 0)
        inspect_add_line(text, "best validation", "none yet");
    else if (metric)
        add_best_metric(metric, metric_turned(metric, loss), best, text);
    else if (look->snapshot.model.shape.side[TARGET].form == FORM_VECTORS)
        inspect_add_line(text, "best validation", "loss %.4f at update %lld", loss,
                         (long long)best);
    else
        inspect_add_line(text, "best validation", "perplexity %.4f at update %lld", exp(loss),
                         (long long)best);
}

static void add_for_people(const struct look *look, const char *path, bool checked,
                           struct text *text)
{
    const struct parameters *parameters = &look->snapshot.model.parameters;
    struct reason why;
    char count[32];
    text_add_format(text, "checkpoint '%s'\n", path);
    add_best(look, text);
    for (enum side side = SOURCE; side < SIDES; side++)
        if (look->snapshot.contents[side].form != FORM_NONE)
            inspect_add_content(&look->snapshot.contents[side], side, text);
    text_of_count(parameters_elements(parameters), count);
    inspect_add_line(text, "parameters", "%s in %d arrays", count, parameters->count);
    if (snapshot_has(&look->snapshot.settings, SNAPSHOT_AVERAGE))
        inspect_add_line(text, "average", "of the weights, which translate and score use");
    if (checked)
        inspect_add_line(text, "checked", "all weights and moments");
    text_add_format(text, "\nState\n");
    add_state(look, text, &why);
    text_add_format(text, "\nModel settings\n");
    add_settings(look, SETTING_MODEL, text);
    text_add_format(text, "\nTraining settings\n");
    add_settings(look, SETTING_TRAINING, text);
    text_add_format(text, "\nParameters\n");
    for (int i = 0; i < parameters->count; i++) {
        const struct parameter *p = &parameters->list[i];
        char shape[32];
        if (p->columns)
            snprintf(shape, sizeof shape, "%d x %d", p->rows, p->columns);
        else
            snprintf(shape, sizeof shape, "%d", p->rows);
        text_of_count(parameter_elements(p), count);
        text_add_format(text, "  %-32s %15s %15s\n", p->name, shape, count);
    }
}

void inspect_checkpoint(const char *path, const char *name, const struct settings *settings,
                        struct text *text)
{
    struct look look = {.json = settings->json == 1};
    struct reason why;
    struct text unread = {0};
    bool check = settings->check == 1;
    bool well = snapshot_open(&look.snapshot, path, check, &why) &&
                (look.file = checkpoint_open(path, &why)) != NULL &&
                add_state(&look, &unread, &why) && (!check || check_arrays(&look, &why));
    if (!well)
        die("checkpoint '%s': %s", path, why.text);
    if (look.json)
        add_json(&look, name, check, text);
    else
        add_for_people(&look, path, check, text);
    text_release(&unread);
    checkpoint_close(look.file);
    snapshot_close(&look.snapshot);
}
