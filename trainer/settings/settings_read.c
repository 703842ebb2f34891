#include "comm/base/memory.h"
#include "io/text/yaml.h"
#include "trainer/settings/settings.h"
#include <stdio.h>
#include <string.h>

/* Options that are no settings. */
static const char *const others[] = {"config", "help"};
enum { OTHERS = 2, MOST_NAMES = 256 };

/* What the user most likely meant, of the command's own names; NULL if none is near. */
static const char *nearest_name(const char *word, enum command command)
{
    const char *names[MOST_NAMES];
    int count = 0;
    for (int row = 0; row < settings_count && count < MOST_NAMES - OTHERS; row++)
        if (settings_table[row].commands & (int)command)
            names[count++] = settings_table[row].name;
    for (int i = 0; i < OTHERS; i++)
        names[count++] = others[i];
    return text_nearest(word, names, count);
}

/* "train and score" */
static void name_commands(int commands, char *words, size_t capacity)
{
    int left = 0;
    for (int i = 0; i < COMMANDS; i++)
        left += (commands & (int)command_names[i].command) != 0;
    words[0] = '\0';
    for (int i = 0; i < COMMANDS; i++)
        if (commands & (int)command_names[i].command) {
            size_t length = strlen(words);
            left--;
            snprintf(words + length, capacity - length, "%s%s", command_names[i].name,
                     left > 1    ? ", "
                     : left == 1 ? " and "
                                 : "");
        }
}

/* The row of a name that the command knows, or -1 with a fault. where: what comes before the
 * message ("" or "small.yml: line 3: "); what: "option" or "setting"; dashes: before a name. */
static int row_of(const char *name, enum command command, const char *where, const char *what,
                  const char *dashes, struct faults *faults)
{
    int row = settings_row(name);
    if (row >= 0 && settings_table[row].commands & (int)command)
        return row;
    if (row >= 0) {
        char owners[128];
        name_commands(settings_table[row].commands, owners, sizeof owners);
        faults_add(faults, "%s%s '%s%s' belongs to %s, not to %s", where, what, dashes, name,
                   owners, command_name(command));
        return -1;
    }
    const char *nearest = nearest_name(name, command);
    if (nearest)
        faults_add(faults, "%sunknown %s '%s%s': did you mean '%s%s'?", where, what, dashes, name,
                   dashes, nearest);
    else
        faults_add(faults, "%sunknown %s '%s%s': 'chorus %s --help' lists all", where, what, dashes,
                   name, command_name(command));
    return -1;
}

/* What benchmark leaves out of a file that is meant for train. */
static bool applies(int row, enum command command)
{
    const struct setting *setting = &settings_table[row];
    return command == COMMAND_TRAIN ||
           (setting->commands & (int)command && setting->kind != SETTING_LIMIT);
}

static void read_config(struct settings *settings, enum command command, const char *path,
                        struct faults *faults)
{
    struct reason why;
    struct yaml yaml;
    if (!yaml_read(path, &yaml, &why)) {
        bool has_line = strncmp(why.text, "line ", 5) == 0;
        faults_add(faults, has_line ? "%s: %s" : "config '%s': %s", path, why.text);
        return;
    }
    for (int i = 0; i < yaml.count; i++) {
        const struct yaml_pair *pair = &yaml.pairs[i];
        char where[512];
        snprintf(where, sizeof where, "%s: line %d: ", path, pair->line);
        int row = row_of(pair->name, COMMAND_TRAIN, where, "setting", "", faults);
        if (row < 0 || !applies(row, command))
            continue;
        char subject[640];
        snprintf(subject, sizeof subject, "%s%s", where, pair->name);
        settings_set(settings, row, pair->value, FROM_CONFIG, subject, faults);
    }
    yaml_release(&yaml);
}

/* One word of the command line and what belongs to it. */
struct argument {
    char name[64];     // without dashes; "" for a plain argument
    const char *word;  // as typed
    const char *value; // behind "=", or NULL
};

static struct argument split(const char *word)
{
    struct argument argument = {.word = word};
    if (strncmp(word, "--", 2) != 0 || !word[2])
        return argument;
    size_t length = strcspn(word + 2, "=");
    if (word[2 + length] == '=')
        argument.value = word + 2 + length + 1;
    snprintf(argument.name, sizeof argument.name, "%.*s", (int)length, word + 2);
    return argument;
}

/* The next word, unless it is an option; moves on. A value that starts with two dashes is written
 * --name=value. */
static const char *next_value(int *at, int argc, char **argv)
{
    if (*at + 1 >= argc || strncmp(argv[*at + 1], "--", 2) == 0)
        return NULL;
    return argv[++*at];
}

static void read_switch(struct settings *settings, enum command command, int row,
                        const struct argument *argument, int *at, int argc, char **argv,
                        struct faults *faults)
{
    char subject[80];
    const char *value = argument->value;
    snprintf(subject, sizeof subject, "--%s", settings_table[row].name);
    if (!value && *at + 1 < argc &&
        (strcmp(argv[*at + 1], "on") == 0 || strcmp(argv[*at + 1], "off") == 0 ||
         (command != COMMAND_INSPECT && argv[*at + 1][0] != '-'))) // no other command has arguments
        value = argv[++*at];
    settings_set(settings, row, value ? value : "on", FROM_COMMAND_LINE, subject, faults);
}

/* --no-name; false if it is not of that form. */
static bool read_negation(struct settings *settings, enum command command,
                          const struct argument *argument, struct faults *faults)
{
    if (strncmp(argument->name, "no-", 3) != 0)
        return false;
    int row = settings_row(argument->name + 3);
    if (row < 0 || settings_table[row].type != SETTING_SWITCH ||
        !(settings_table[row].commands & (int)command))
        return false;
    if (argument->value)
        faults_add(faults, "--%s: takes no value", argument->name);
    else
        settings_set(settings, row, "off", FROM_COMMAND_LINE, "", faults);
    return true;
}

static void read_option(struct settings *settings, enum command command, int *at, int argc,
                        char **argv, struct faults *faults)
{
    struct argument argument = split(argv[*at]);
    if (read_negation(settings, command, &argument, faults))
        return;
    int row = row_of(argument.name, command, "", "option", "--", faults);
    if (row == settings_row("source") && settings->from[row] == FROM_COMMAND_LINE) {
        row = settings_row("second");
        if (settings->from[row] == FROM_COMMAND_LINE)
            faults_add(faults, "--source: there are two sources at most");
    }
    if (row >= 0 && settings_table[row].type == SETTING_SWITCH) {
        read_switch(settings, command, row, &argument, at, argc, argv, faults);
        return;
    }
    const char *value = argument.value ? argument.value : next_value(at, argc, argv);
    char subject[80];
    snprintf(subject, sizeof subject, "--%s", argument.name);
    if (row >= 0 && (!value || (!value[0] && !argument.value))) // a variable that is not set
        faults_add(faults, "%s: a value is missing", subject);
    else if (row >= 0)
        settings_set(settings, row, value, FROM_COMMAND_LINE, subject, faults);
}

/* What follows dashes that are not two plain ones: a single one, or what word processors make of
 * them (U+2010 to U+2015, U+2212). NULL: the word does not look like an option. */
static const char *behind_dashes(const char *word)
{
    const char *rest = word;
    for (size_t step = 1; step > 0; rest += step) {
        const unsigned char *at = (const unsigned char *)rest;
        bool dash = at[0] == 0xE2 && at[1] == 0x80 && at[2] >= 0x90 && at[2] <= 0x95;
        bool minus = at[0] == 0xE2 && at[1] == 0x88 && at[2] == 0x92;
        step = dash || minus ? 3 : *rest == '-';
    }
    return rest > word && *rest >= 'a' && *rest <= 'z' ? rest : NULL;
}

/* An option but for its dashes; its value is passed over. False if no setting is near. */
static bool read_misdashed(enum command command, int *at, int argc, char **argv,
                           struct faults *faults)
{
    const char *word = argv[*at], *rest = behind_dashes(word);
    char name[64] = "";
    if (rest)
        snprintf(name, sizeof name, "%.*s", (int)strcspn(rest, "="), rest);
    const char *nearest = rest ? nearest_name(name, command) : NULL;
    if (!nearest)
        return false;
    faults_add(faults, "unknown option '%s': did you mean '--%s', with two plain dashes?", word,
               nearest);
    if (!strchr(word, '=') && *at + 1 < argc && !behind_dashes(argv[*at + 1]))
        ++*at;
    return true;
}

static void read_plain(struct settings *settings, enum command command, int *at, int argc,
                       char **argv, struct faults *faults)
{
    const char *word = argv[*at];
    int row = settings_row(word);
    if (read_misdashed(command, at, argc, argv, faults))
        return;
    if (command == COMMAND_INSPECT && !settings->path)
        settings_set(settings, settings_row("path"), word, FROM_COMMAND_LINE, "PATH", faults);
    else if (row >= 0 && settings_table[row].commands & (int)command)
        faults_add(faults, "unexpected argument '%s': did you mean '--%s'?", word, word);
    else if (settings_table[settings_row("input")].commands & (int)command)
        faults_add(faults, "unexpected argument '%s': did you mean '--input %s'?", word, word);
    else
        faults_add(faults, "unexpected argument '%s'", word);
}

static bool is_config(const char *word)
{
    return strcmp(split(word).name, "config") == 0;
}

/* Before everything else: what stands in the files gives way to the command line. */
static void read_configs(struct settings *settings, enum command command, int argc, char **argv,
                         struct faults *faults)
{
    for (int i = 0; i < argc; i++) {
        if (!is_config(argv[i]))
            continue;
        if (!(command & (COMMAND_TRAIN | COMMAND_BENCHMARK))) {
            faults_add(faults, "option '--config' belongs to train and benchmark, not to %s",
                       command_name(command));
            continue;
        }
        struct argument argument = split(argv[i]);
        const char *path = argument.value ? argument.value : next_value(&i, argc, argv);
        if (!path || !path[0]) {
            faults_add(faults, "--config: a value is missing");
            continue;
        }
        size_t bytes = (size_t)settings->config_count * sizeof(char *);
        settings->configs = memory_grow(settings->configs, bytes, bytes + sizeof(char *));
        settings->configs[settings->config_count++] = memory_copy_text(path);
        read_config(settings, command, path, faults);
    }
}

void settings_read(struct settings *settings, enum command command, int argc, char **argv,
                   struct faults *faults)
{
    read_configs(settings, command, argc, argv, faults);
    for (int i = 0; i < argc; i++) {
        if (is_config(argv[i])) {
            if (!split(argv[i]).value)
                next_value(&i, argc, argv);
        } else if (split(argv[i]).name[0])
            read_option(settings, command, &i, argc, argv, faults);
        else
            read_plain(settings, command, &i, argc, argv, faults);
    }
    settings_own_defaults(settings, command);
}
