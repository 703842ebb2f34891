#include "trainer/settings/settings.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static void *member_of(const struct settings *settings, int row)
{
    return (char *)settings + settings_table[row].offset;
}

static int64_t *integer_of(const struct settings *settings, int row)
{
    return member_of(settings, row);
}

static double *real_of(const struct settings *settings, int row)
{
    return member_of(settings, row);
}

static char **text_of(const struct settings *settings, int row)
{
    return member_of(settings, row);
}

static void set_text(char **member, const char *value)
{
    char *copy = value && value[0] ? memory_copy_text(value) : NULL;
    memory_free(*member);
    *member = copy;
}

static void set_chosen(struct settings *settings, int row)
{
    switch (settings_table[row].type) {
    case SETTING_REAL:
        *real_of(settings, row) = (double)NAN;
        break;
    case SETTING_TEXT:
        set_text(text_of(settings, row), NULL);
        break;
    default:
        *integer_of(settings, row) = CHOSEN;
    }
}

void settings_set_default(struct settings *settings, int row, const char *value)
{
    struct faults faults = {0};
    set_chosen(settings, row);
    if (value && value[0])
        settings_set(settings, row, value, FROM_DEFAULT, "", &faults);
    require(faults.count == 0);
}

void settings_init(struct settings *settings)
{
    memset(settings, 0, sizeof(*settings));
    settings->from = memory_take((size_t)settings_count * sizeof(*settings->from));
    for (int row = 0; row < settings_count; row++)
        settings_set_default(settings, row, settings_table[row].fallback);
}

void settings_release(struct settings *settings)
{
    for (int row = 0; row < settings_count; row++)
        if (settings_table[row].type == SETTING_TEXT)
            set_text(text_of(settings, row), NULL);
    for (int i = 0; i < settings->config_count; i++)
        memory_free(settings->configs[i]);
    memory_free(settings->configs);
    memory_free(settings->from);
    memset(settings, 0, sizeof(*settings));
}

/* A share that was given in percent. */
static void add_percent(const struct setting *setting, double number, char *hint, size_t capacity)
{
    char share[32];
    hint[0] = '\0';
    if (setting->type != SETTING_REAL || setting->most > 1 || number < 2 || number > 100)
        return;
    text_of_real(number / 100, share);
    snprintf(hint, capacity, " (%g %% is %s)", number, share);
}

static bool within_bounds(const struct setting *setting, double number, const char *value,
                          const char *subject, struct faults *faults)
{
    bool below = number < setting->least;
    char bound[32], hint[80];
    if (!below && number <= setting->most)
        return true;
    text_of_real(below ? setting->least : setting->most, bound);
    if (setting->type == SETTING_INTEGER)
        text_of_count((int64_t)(below ? setting->least : setting->most), bound);
    add_percent(setting, number, hint, sizeof hint);
    faults_add(faults, "%s: %s is %s %s%s", subject, value, below ? "below" : "above", bound, hint);
    return false;
}

/* What is wrong with a word that is no number, where it can be told: " (digits only)", or "". */
static const char *number_hint(const struct setting *setting, const char *value)
{
    bool digit = value[0] >= '0' && value[0] <= '9';
    if (strncmp(value, "\xE2\x80", 2) == 0) // where word processors' quotes stand
        return " (its quotes are not plain ones)";
    if (setting->type == SETTING_INTEGER)
        return digit && !strchr(value, '.') ? " (digits only)" : "";
    if (strchr(value, ','))
        return " (the decimal sign is a point)";
    return digit ? " (a number alone)" : "";
}

static bool parse_integer(const struct setting *setting, const char *value, const char *subject,
                          int64_t *integer, struct faults *faults)
{
    if (!text_to_integer(value, integer)) {
        faults_add(faults, "%s: '%s' is not a whole number%s", subject, value,
                   number_hint(setting, value));
        return false;
    }
    return within_bounds(setting, (double)*integer, value, subject, faults);
}

static bool parse_real(const struct setting *setting, const char *value, const char *subject,
                       double *number, struct faults *faults)
{
    if (!text_to_real(value, number)) {
        faults_add(faults, "%s: '%s' is not a number%s", subject, value,
                   number_hint(setting, value));
        return false;
    }
    return within_bounds(setting, *number, value, subject, faults);
}

/* on and off, and YAML's other words for them. */
static bool parse_switch(const char *value, const char *subject, int64_t *on, struct faults *faults)
{
    static const char *const words[][3] = {{"off", "false", "no"}, {"on", "true", "yes"}};
    for (*on = 0; *on < 2; ++*on)
        for (int i = 0; i < 3; i++)
            if (strcmp(value, words[*on][i]) == 0)
                return true;
    faults_add(faults, "%s: '%s' is neither on nor off", subject, value);
    return false;
}

struct choice setting_choice(const struct setting *setting, int64_t i)
{
    return setting->rows ? setting->rows((int)i) : (struct choice){.name = setting->choices[i]};
}

static bool parse_choice(const struct setting *setting, const char *value, const char *subject,
                         int64_t *choice, struct faults *faults)
{
    char known[256] = "";
    const char *name;
    for (*choice = 0; (name = setting_choice(setting, *choice).name); ++*choice) {
        if (strcmp(value, name) == 0)
            return true;
        size_t length = strlen(known);
        snprintf(known + length, sizeof known - length, "%s%s", length ? ", " : "", name);
    }
    faults_add(faults, "%s: '%s' is none of %s", subject, value, known);
    return false;
}

/* "~" that no shell has replaced: it stood in quotes, behind "=", or in a file. */
static bool parse_text(const struct setting *setting, const char *value, const char *subject,
                       struct faults *faults)
{
    bool path = setting->choices && strcmp(setting->choices[0], "PATH") == 0;
    if (!path || value[0] != '~' || (value[1] != '/' && value[1] != '\0'))
        return true;
    faults_add(faults, "%s: '%s': '~' is not replaced here: give the whole path", subject, value);
    return false;
}

void settings_set(struct settings *settings, int row, const char *value, enum setting_from from,
                  const char *subject, struct faults *faults)
{
    const struct setting *setting = &settings_table[row];
    int64_t integer = 0;
    double number = 0;
    bool good = true;
    if (!value[0] && setting->type != SETTING_TEXT) {
        faults_add(faults, "%s: a value is missing", subject);
        return;
    }
    switch (setting->type) {
    case SETTING_INTEGER:
        good = parse_integer(setting, value, subject, &integer, faults);
        break;
    case SETTING_REAL:
        good = parse_real(setting, value, subject, &number, faults);
        break;
    case SETTING_SWITCH:
        good = parse_switch(value, subject, &integer, faults);
        break;
    case SETTING_CHOICE:
        good = parse_choice(setting, value, subject, &integer, faults);
        break;
    case SETTING_TEXT:
        good = parse_text(setting, value, subject, faults);
        set_text(text_of(settings, row), value[0] ? value : setting->fallback);
        break;
    }
    if (!good)
        return;
    settings->from[row] = from;
    if (setting->type == SETTING_REAL)
        *real_of(settings, row) = number;
    else if (setting->type != SETTING_TEXT)
        *integer_of(settings, row) = integer;
}

bool settings_get(const struct settings *settings, int row, struct text *value)
{
    const struct setting *setting = &settings_table[row];
    char word[32];
    text_clear(value);
    if (setting->type == SETTING_TEXT) {
        const char *bytes = *text_of(settings, row);
        text_add_format(value, "%s", bytes ? bytes : "");
        return true;
    }
    if (setting->type == SETTING_REAL) {
        double number = *real_of(settings, row);
        if (isnan(number))
            return false;
        text_of_real(number, word);
        text_add_format(value, "%s", word);
        return true;
    }
    int64_t integer = *integer_of(settings, row);
    if (integer == CHOSEN)
        return false;
    if (setting->type == SETTING_INTEGER)
        text_add_format(value, "%lld", (long long)integer);
    else if (setting->type == SETTING_SWITCH)
        text_add_format(value, "%s", integer ? "on" : "off");
    else
        text_add_format(value, "%s", setting_choice(setting, integer).name);
    return true;
}

struct choice settings_chosen(const struct settings *settings, const char *name)
{
    int row = settings_row(name);
    return setting_choice(&settings_table[row], *integer_of(settings, row));
}

bool settings_given(const struct settings *settings, const void *member)
{
    size_t offset = (size_t)((const char *)member - (const char *)settings);
    int row = 0;
    while (row < settings_count && settings_table[row].offset != offset)
        row++;
    require(row < settings_count);
    return settings->from[row] == FROM_CONFIG || settings->from[row] == FROM_COMMAND_LINE;
}

struct examples_options settings_texts(const struct settings *s)
{
    return (struct examples_options){
        .paths = {[SOURCE] = s->source, [SECOND] = s->second, [TARGET] = s->target},
        .formats = {[SOURCE] = (enum examples_format)s->source_format,
                    [SECOND] = (enum examples_format)s->second_format,
                    [TARGET] = (enum examples_format)s->target_format}};
}
