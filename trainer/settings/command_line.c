#include "trainer/settings/command_line.h"
#include "comm/base/die.h"
#include "trainer/settings/help.h"
#include <string.h>

static bool is(const char *word, const char *name)
{
    return strcmp(word, name) == 0;
}

static bool find_command(const char *word, enum command *command)
{
    for (int i = 0; i < COMMANDS; i++)
        if (is(word, command_names[i].name)) {
            *command = command_names[i].command;
            return true;
        }
    return false;
}

static _Noreturn void die_unknown_command(const char *word)
{
    const char *names[COMMANDS + 2] = {"--help", "--version"};
    for (int i = 0; i < COMMANDS; i++)
        names[i + 2] = command_names[i].name;
    const char *nearest = text_nearest(word, names, COMMANDS + 2);
    if (nearest)
        die_usage("unknown command '%s': did you mean '%s'?", word, nearest);
    die_usage("unknown command '%s': 'chorus --help' lists all", word);
}

/* An option where the command belongs. */
static _Noreturn void die_no_command(int argc, char **argv)
{
    enum command command;
    const char *const names[] = {"--help", "--version"};
    const char *nearest = text_nearest(argv[0], names, 2);
    for (int i = 1; i < argc; i++)
        if (find_command(argv[i], &command))
            die_usage("'%s': the command comes first: chorus %s %s", argv[0], argv[i], argv[0]);
    if (nearest)
        die_usage("unknown option '%s': did you mean '%s'?", argv[0], nearest);
    die_usage("'%s': no command is given: 'chorus --help' lists them", argv[0]);
}

static void refuse_more(int argc, char **argv, int most)
{
    if (argc > most)
        die_usage("unexpected argument '%s' behind '%s'", argv[most], argv[most - 1]);
}

static bool asks_for_help(int argc, char **argv)
{
    for (int i = 0; i < argc; i++)
        if (is(argv[i], "--help") || is(argv[i], "-h"))
            return true;
    return false;
}

/* help, help COMMAND, COMMAND --help, --version. False if the words ask for none of these. */
static bool answered(int argc, char **argv)
{
    enum command command;
    const char *first = argc > 0 ? argv[0] : "";
    bool help = is(first, "help");
    if (help && argc > 1 && !find_command(argv[1], &command))
        die_unknown_command(argv[1]);
    if (help || is(first, "--version"))
        refuse_more(argc, argv, help ? 2 : 1);
    if ((help && argc > 1) || (find_command(first, &command) && asks_for_help(argc - 1, argv + 1)))
        help_command(command);
    else if (help || is(first, "--help") || is(first, "-h"))
        help_program();
    else if (is(first, "--version"))
        help_version();
    else
        return false;
    return true;
}

bool command_line(int argc, char **argv, enum command *command)
{
    if (answered(argc, argv))
        return false;
    if (argc < 1)
        die_usage("no command is given: 'chorus --help' lists them");
    if (argv[0][0] == '-')
        die_no_command(argc, argv);
    if (!find_command(argv[0], command))
        die_unknown_command(argv[0]);
    return true;
}
