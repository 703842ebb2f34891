#include "comm/base/die.h"
#include "trainer/settings/settings.h"
#include <string.h>

const struct command_name command_names[COMMANDS] = {
    {COMMAND_PREPARE, "prepare", "turns parallel text into a corpus",
     "--source PATH --target PATH --output PATH"},
    {COMMAND_TRAIN, "train", "trains a model on a corpus, or continues a run",
     "--corpus PATH --output PATH"},
    {COMMAND_TRANSLATE, "translate", "translates text", "--model PATH"},
    {COMMAND_TAG, "tag", "tags each word, or each frame", "--model PATH"},
    {COMMAND_CLASSIFY, "classify", "gives each input its label", "--model PATH"},
    {COMMAND_GENERATE, "generate", "makes text from labels, features or vectors", "--model PATH"},
    {COMMAND_SCORE, "score", "gives the log-probability of pairs, and their perplexity",
     "--model PATH --corpus PATH"},
    {COMMAND_EVALUATE, "evaluate", "applies a model and measures its outputs by metrics",
     "--model PATH --corpus PATH"},
    {COMMAND_SAMPLE, "sample", "draws text from a language model", "--model PATH"},
    {COMMAND_INSPECT, "inspect", "tells what a corpus, a checkpoint or a run holds", "PATH"},
    {COMMAND_BENCHMARK, "benchmark", "measures how fast this machine is, and what limits it",
     "[--config PATH]"}};

const char *command_name(enum command command)
{
    for (int i = 0; i < COMMANDS; i++)
        if (command_names[i].command == command)
            return command_names[i].name;
    require(!"a command of the table");
    return NULL;
}

int settings_row(const char *name)
{
    for (int row = 0; row < settings_count; row++)
        if (strcmp(settings_table[row].name, name) == 0)
            return row;
    return -1;
}
