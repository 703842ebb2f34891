/* A file of settings, as --config and as a run's own; what was read is written and read again. */
#include "given.h"
#include "io/text/yaml.h"
#include "trainer/settings/settings.h"
#include <stdio.h>

static void there_and_back(const struct yaml *yaml)
{
    struct text text = {0};
    struct yaml again;
    struct reason why;
    for (int i = 0; i < yaml->count; i++)
        yaml_write(&text, yaml->pairs[i].name, yaml->pairs[i].value);
    require(yaml_parse(text.bytes ? text.bytes : "", text.length, &again, &why));
    require(again.count == yaml->count);
    for (int i = 0; i < again.count; i++)
        require(!strcmp(again.pairs[i].name, yaml->pairs[i].name) &&
                !strcmp(again.pairs[i].value, yaml->pairs[i].value));
    yaml_release(&again);
    text_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct given given = {data, size};
    struct reason why;
    struct yaml yaml;
    if (yaml_parse((const char *)data, size, &yaml, &why)) {
        there_and_back(&yaml);
        yaml_release(&yaml);
    }
    struct settings settings;
    struct faults faults = {0};
    struct text value = {0};
    char *words[] = {"--config", (char *)given_file(0, &given)};
    settings_init(&settings);
    settings_read(&settings, COMMAND_TRAIN, 2, words, &faults);
    settings_check(&settings, COMMAND_TRAIN, &faults);
    for (int row = 0; row < settings_count; row++)
        settings_get(&settings, row, &value);
    faults_words(&faults);
    faults_release(&faults);
    text_release(&value);
    settings_release(&settings);
    return 0;
}
