#include "trainer/settings/help.h"
#include "comm/comm.h"
#include "io/sealed/sealed.h"
#include "model/product/product.h"
#include "trainer/metric/metric.h"
#include "trainer/process/console.h"
#include "trainer/settings/task.h"
#include <stdio.h>
#include <string.h>

enum { COLUMNS = 100, INDENT = 32 };

static const char statuses[] =
    "Exit status: 0 done, 1 failed, 2 wrong usage or settings, 75 stopped with a checkpoint: the\n"
    "same command continues.\n";

static void print(struct text *text)
{
    if (comm_launcher_rank() == 0)
        console_write(text);
    text_release(text);
}

/* Words, broken where the line is full; the first starts at `column`, later lines at INDENT. */
static void add_wrapped(struct text *text, int column, const char *words)
{
    while (*words) {
        int length = (int)strcspn(words, " ");
        if (column + 1 + length > COLUMNS) {
            text_add_format(text, "\n%*s", INDENT, "");
            column = INDENT;
        } else if (column > INDENT) {
            text_add_format(text, " ");
            column++;
        }
        text_add(text, words, (size_t)length);
        column += length;
        words += length + (words[length] == ' ');
    }
    text_add_format(text, "\n");
}

/* "adam, adamw: ": with which choices of another setting it has an effect. */
static void add_users(struct text *words, const struct setting *setting)
{
    const struct setting *chooser = &settings_table[settings_row(setting->chooser)];
    struct choice choice;
    int users = 0;
    for (int i = 0; (choice = setting_choice(chooser, i)).name; i++)
        if (choice.uses & setting->use)
            text_add_format(words, "%s%s", users++ ? ", " : "", choice.name);
    text_add_format(words, ": ");
}

/* "adam, the first; constant": what stands for ROWS_HELP. */
static void add_rows(struct text *words, const struct setting *setting)
{
    struct choice choice;
    for (int i = 0; (choice = setting->rows(i)).name; i++)
        text_add_format(words, "%s%s%s%s", i ? "; " : "", choice.name, choice.help ? ", " : "",
                        choice.help ? choice.help : "");
}

/* So many bytes of a setting's help. */
static void add_part(struct text *words, const struct setting *setting, const char *part,
                     size_t length)
{
    const char *rows = strstr(part, ROWS_HELP);
    if (rows && rows < part + length) {
        text_add(words, part, (size_t)(rows - part));
        add_rows(words, setting);
        length -= (size_t)(rows - part) + strlen(ROWS_HELP);
        part = rows + strlen(ROWS_HELP);
    }
    text_add(words, part, length);
}

/* What the command's help says of a setting: the whole, or the part that starts with the command's
 * name. */
static void add_words(struct text *words, const struct setting *setting, enum command command)
{
    char start[32];
    snprintf(start, sizeof start, "%s: ", command_name(command));
    const char *part = setting->help;
    if (!strchr(part, '|')) {
        add_part(words, setting, part, strlen(part));
        return;
    }
    while (part && strncmp(part, start, strlen(start)) != 0) {
        part = strchr(part, '|');
        part += part != NULL;
    }
    if (part)
        add_part(words, setting, part + strlen(start), strcspn(part + strlen(start), "|"));
}

static void add_bounds(struct text *words, const struct setting *setting)
{
    char least[32], most[32];
    text_of_real(setting->least, least);
    text_of_real(setting->most, most);
    if (setting->type == SETTING_INTEGER) {
        text_of_count((int64_t)setting->least, least);
        text_of_count((int64_t)setting->most, most);
    }
    if (setting->most >= 1e9)
        text_add_format(words, " [%s..]", least);
    else
        text_add_format(words, " [%s..%s]", least, most);
}

/* "  --hidden N", and for choices all of them. */
static void add_option(struct text *text, const struct setting *setting)
{
    if (strcmp(setting->name, "path") == 0) {
        text_add_format(text, "  PATH");
        return;
    }
    text_add_format(text, "  --%s%s", setting->type == SETTING_SWITCH ? "[no-]" : "",
                    setting->name);
    if (setting->type == SETTING_INTEGER)
        text_add_format(text, " N");
    if (setting->type == SETTING_REAL)
        text_add_format(text, " X");
    bool names = setting->choices || setting->rows;
    const char *name;
    for (int i = 0; names && (name = setting_choice(setting, i).name); i++)
        text_add_format(text, "%s%s", i ? "|" : " ", name);
}

static void add_line(struct text *text, const char *option, const char *words)
{
    int length = (int)strlen(option);
    text_add_format(text, "%s", option);
    if (length > INDENT - 2) {
        text_add_format(text, "\n");
        length = 0;
    }
    text_add_format(text, "%*s", INDENT - length, "");
    add_wrapped(text, INDENT, words);
}

static void add_setting(struct text *text, int row, enum command command)
{
    const struct setting *setting = &settings_table[row];
    const char *fallback = settings_fallback(row, command, 0);
    struct text option = {0}, words = {0};
    add_option(&option, setting);
    if (setting->chooser)
        add_users(&words, setting);
    add_words(&words, setting, command);
    if (fallback && fallback[0])
        text_add_format(&words, " (default: %s)", fallback);
    if (setting->type == SETTING_INTEGER || setting->type == SETTING_REAL)
        add_bounds(&words, setting);
    add_line(text, option.bytes, words.bytes);
    text_release(&option);
    text_release(&words);
}

static void add_settings(struct text *text, enum command command, int kinds)
{
    for (int row = 0; row < settings_count; row++) {
        const struct setting *setting = &settings_table[row];
        if (setting->commands & (int)command && kinds & 1 << setting->kind)
            add_setting(text, row, command);
    }
}

static void add_train(struct text *text)
{
    text_add_format(
        text,
        "\nA setting stands on the command line, or in a YAML file as a line of name: value.\n"
        "Later files win over earlier ones, the command line over all, and there the later of "
        "two.\n\n"
        "Run (may change when a run continues):\n");
    add_line(text, "  --config PATH", "YAML file of settings; may be repeated");
    add_settings(text, COMMAND_TRAIN, 1 << SETTING_RUN);
    text_add_format(text, "\nModel (in the checkpoints; fixed for a run):\n");
    add_settings(text, COMMAND_TRAIN, 1 << SETTING_MODEL);
    text_add_format(text, "\nTraining (in the checkpoints; fixed for a run):\n");
    add_settings(text, COMMAND_TRAIN, 1 << SETTING_TRAINING);
    text_add_format(text, "\nLimits (may change when a run continues):\n");
    add_settings(text, COMMAND_TRAIN, 1 << SETTING_LIMIT);
}

static void add_benchmark(struct text *text)
{
    text_add_format(
        text,
        "\nMeasures, in this run, what sgemm reaches on each core (cubes of 2048), then updates as "
        "train makes\nthem, and behind each the same micro-batches as validation and score have "
        "them, on a corpus that is\nmade up: what --task reads, 5 to 40 tokens a side, a tag for "
        "each word or one label, Zipf's law,\nsorted by target and source length within pools of "
        "100 micro-batches. Useful arithmetic is that of\nthe matrix products where no padding is. "
        "With --config the defaults are those of train, but for\nlanes and what stands under "
        "\"Run\"; what a file says of limits, and what has no effect on speed, is\nleft out.\n"
        "\nRun:\n");
    add_line(text, "  --config PATH", "YAML file of settings of train; may be repeated");
    add_settings(text, COMMAND_BENCHMARK, 1 << SETTING_RUN | 1 << SETTING_LIMIT);
    text_add_format(text, "\nModel (default: the shape reference of jobs/reference.yml):\n");
    add_settings(text, COMMAND_BENCHMARK, 1 << SETTING_MODEL);
    text_add_format(text, "\nTraining:\n");
    add_settings(text, COMMAND_BENCHMARK, 1 << SETTING_TRAINING);
}

static void add_metrics(struct text *text)
{
    const struct task *task = task_of(TASK_TRANSLATE);
    text_add_format(
        text,
        "\nA reference may hold alternatives, separated by TAB: losses are of the first, "
        "metrics of the\nnearest. Metrics, for a task that has what they are computed "
        "from; of %s by default\n%s:\n",
        task->name, task->metrics);
    for (int i = 0; metric_table[i]; i++) {
        char name[40];
        snprintf(name, sizeof name, "  %s", metric_table[i]->name);
        add_line(text, name, metric_table[i]->help);
    }
}

void help_add_command(enum command command, struct text *text)
{
    const struct command_name *name = command_names;
    while (name->command != command)
        name++;
    text_add_format(text,
                    "usage: chorus %s %s [--name value ...]\n\nchorus %s %s.\n"
                    "Also --name=value; a switch: --name, --no-name, or --name on|off. Bounds "
                    "stand in brackets.\n",
                    name->name, name->usage, name->name, name->summary);
    if (command == COMMAND_TRAIN) {
        add_train(text);
    } else if (command == COMMAND_BENCHMARK) {
        add_benchmark(text);
    } else {
        text_add_format(text, "\n");
        add_settings(text, command, ~0);
    }
    if (command == COMMAND_EVALUATE)
        add_metrics(text);
    text_add_format(text, "\n%s", statuses);
}

void help_command(enum command command)
{
    struct text text = {0};
    help_add_command(command, &text);
    print(&text);
}

void help_program(void)
{
    struct text text = {0};
    text_add_format(&text, "usage: chorus COMMAND [--name value ...]\n\nCommands:\n");
    for (int i = 0; i < COMMANDS; i++)
        text_add_format(&text, "  %-10s %s\n", command_names[i].name, command_names[i].summary);
    text_add_format(&text,
                    "\nchorus COMMAND --help lists a command's settings. Every command also "
                    "runs under mpirun.\n\n%s",
                    statuses);
    print(&text);
}

void help_version(void)
{
    struct text text = {0};
    bool launched = strcmp(comm_library(), "none") != 0;
    text_add_format(&text, "Chorus %s\ncompiler %s\n%s, kernel %s\n%s\n%s\n", CHORUS_VERSION,
                    __VERSION__, product_library(), product_kernel(), sealed_library(),
                    launched ? comm_library() : "MPI: not under a launcher");
    print(&text);
}
