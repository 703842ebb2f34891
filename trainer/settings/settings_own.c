/* Defaults that a command has for itself. */
#include "trainer/settings/settings.h"
#include <string.h>

/* always: also where --config files were given, which stand for train's defaults elsewhere. */
static const struct own {
    enum command command;
    bool always;
    const char *name, *value;
} own[] = {
    {COMMAND_TRANSLATE, true, "output", "-"},
    {COMMAND_SAMPLE, true, "length", "1000"},
    {COMMAND_BENCHMARK, true, "updates", "20"},
    {COMMAND_BENCHMARK, true, "vocabulary", "8004"},
    {COMMAND_BENCHMARK, true, "lanes", ""},
    /* The shape `reference` (jobs/reference.yml). */
    {COMMAND_BENCHMARK, false, "embedding", "512"},
    {COMMAND_BENCHMARK, false, "layers", "2"},
    {COMMAND_BENCHMARK, false, "attention", "general"},
    {COMMAND_BENCHMARK, false, "tied-embeddings", "off"},
    {COMMAND_BENCHMARK, false, "source-end", "off"},
    {COMMAND_BENCHMARK, false, "dropout", "0"},
    {COMMAND_BENCHMARK, false, "unknown-dropout", "0"},
    {COMMAND_BENCHMARK, false, "label-smoothing", "0"},
    {COMMAND_BENCHMARK, false, "batch-sentences", "64"},
    {COMMAND_BENCHMARK, false, "batch-tokens", "4000"},
    {COMMAND_BENCHMARK, false, "clip", "5"},
    {COMMAND_BENCHMARK, false, "learning-rate", "0.0003"},
};
enum { OWN = sizeof own / sizeof *own };

static const char *own_value(int row, enum command command, int with_config)
{
    for (int i = 0; i < OWN; i++)
        if (own[i].command == command && (own[i].always || !with_config) &&
            strcmp(own[i].name, settings_table[row].name) == 0)
            return own[i].value;
    return NULL;
}

const char *settings_fallback(int row, enum command command, int with_config)
{
    const char *value = own_value(row, command, with_config);
    return value ? value : settings_table[row].fallback;
}

void settings_own_defaults(struct settings *settings, enum command command)
{
    for (int row = 0; row < settings_count; row++) {
        const char *value = own_value(row, command, settings->config_count > 0);
        if (value && settings->from[row] == FROM_DEFAULT)
            settings_set_default(settings, row, value);
    }
}
