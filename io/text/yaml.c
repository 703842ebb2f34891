#include "io/text/yaml.h"
#include "comm/base/memory.h"
#include "io/text/utf8.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

enum { FILE_MOST = 1 << 20 };
static const char no_memory[] = "no memory for the YAML parser";

/* The events of a document and where it stands in them. */
struct reading {
    yaml_parser_t parser;
    yaml_event_t event;
    const char *bytes;
    struct yaml *yaml;
    struct reason *why;
};

static bool wrong(struct reading *reading, const char *words)
{
    return fail(reading->why, "line %zu: %s", reading->event.start_mark.line + 1, words);
}

static size_t count_lines(const char *bytes, size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += bytes[i] == '\n';
    return count;
}

static bool next_event(struct reading *reading)
{
    yaml_event_delete(&reading->event);
    yaml_parser_t *parser = &reading->parser;
    if (yaml_parser_parse(parser, &reading->event))
        return true;
    size_t line = parser->problem_mark.line;
    if (parser->error == YAML_MEMORY_ERROR)
        return fail(reading->why, "%s", no_memory);
    if (parser->error == YAML_READER_ERROR) // has an offset instead
        line = count_lines(reading->bytes, parser->problem_offset);
    return fail(reading->why, "line %zu: %s", line + 1,
                parser->problem ? parser->problem : "is not YAML");
}

/* The event must be a scalar; its text is copied. */
static bool take_scalar(struct reading *reading, const char *what, char **copy)
{
    char words[64];
    const char *found = NULL;
    switch (reading->event.type) {
    case YAML_SCALAR_EVENT:
        break;
    case YAML_SEQUENCE_START_EVENT:
        found = "a list";
        break;
    case YAML_MAPPING_START_EVENT:
        found = "a mapping";
        break;
    default:
        found = "an alias";
    }
    if (found) {
        snprintf(words, sizeof words, "%s where a %s belongs", found, what);
        return wrong(reading, words);
    }
    const char *value = (const char *)reading->event.data.scalar.value;
    if (strlen(value) != reading->event.data.scalar.length)
        return wrong(reading, "holds a NUL");
    *copy = memory_copy_text(value);
    return true;
}

static bool check_new(struct reading *reading, const char *name)
{
    const struct yaml *yaml = reading->yaml;
    for (int i = 0; i < yaml->count; i++)
        if (!strcmp(yaml->pairs[i].name, name))
            return fail(reading->why, "line %zu: '%.100s' is already on line %d",
                        reading->event.start_mark.line + 1, name, yaml->pairs[i].line);
    return true;
}

/* The pair whose name is the current event. */
static bool read_pair(struct reading *reading)
{
    struct yaml_pair pair = {.line = (int)reading->event.start_mark.line + 1};
    bool good = take_scalar(reading, "name", &pair.name) && check_new(reading, pair.name) &&
                next_event(reading) && take_scalar(reading, "value", &pair.value);
    if (!good) {
        memory_free(pair.name);
        return false;
    }
    struct yaml *yaml = reading->yaml;
    size_t bytes = (size_t)yaml->count * sizeof pair;
    yaml->pairs = memory_grow(yaml->pairs, bytes, bytes + sizeof pair);
    yaml->pairs[yaml->count++] = pair;
    return true;
}

static bool read_mapping(struct reading *reading)
{
    if (reading->event.type == YAML_SCALAR_EVENT && !reading->event.data.scalar.length)
        return true; // "---" and nothing
    if (reading->event.type != YAML_MAPPING_START_EVENT)
        return wrong(reading, "settings are lines of 'name: value'");
    if (!next_event(reading))
        return false;
    while (reading->event.type != YAML_MAPPING_END_EVENT)
        if (!read_pair(reading) || !next_event(reading))
            return false;
    return true;
}

static bool read_documents(struct reading *reading)
{
    int documents = 0;
    while (next_event(reading)) {
        if (reading->event.type == YAML_STREAM_END_EVENT)
            return true;
        if (reading->event.type != YAML_DOCUMENT_START_EVENT)
            continue;
        if (documents++)
            return wrong(reading, "a second document");
        if (!next_event(reading) || !read_mapping(reading))
            return false;
    }
    return false;
}

bool yaml_parse(const char *bytes, size_t length, struct yaml *yaml, struct reason *why)
{
    *yaml = (struct yaml){0};
    if (length >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0))
        return fail(why, "line 1: looks like UTF-16, not UTF-8");
    if (length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
        bytes += 3;
        length -= 3;
    }
    struct reading reading = {.bytes = bytes, .yaml = yaml, .why = why};
    if (!yaml_parser_initialize(&reading.parser))
        return fail(why, "%s", no_memory);
    yaml_parser_set_encoding(&reading.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reading.parser, (const unsigned char *)bytes, length);
    bool good = read_documents(&reading);
    yaml_event_delete(&reading.event);
    yaml_parser_delete(&reading.parser);
    if (!good)
        yaml_release(yaml);
    return good;
}

bool yaml_read(const char *path, struct yaml *yaml, struct reason *why)
{
    *yaml = (struct yaml){0};
    FILE *file = fopen(path, "re");
    if (!file)
        return fail_errno(why);
    char *bytes = memory_take(FILE_MOST + 1);
    errno = 0;
    size_t length = fread(bytes, 1, FILE_MOST + 1, file);
    bool good = true;
    if (ferror(file))
        good = fail_errno(why);
    else if (length > FILE_MOST)
        good = fail(why, "is longer than 1 MiB");
    fclose(file);
    good = good && yaml_parse(bytes, length, yaml, why);
    memory_free(bytes);
    return good;
}

void yaml_release(struct yaml *yaml)
{
    for (int i = 0; i < yaml->count; i++) {
        memory_free(yaml->pairs[i].name);
        memory_free(yaml->pairs[i].value);
    }
    memory_free(yaml->pairs);
    *yaml = (struct yaml){0};
}

static bool letter_or_digit(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9');
}

static bool plain(const char *value)
{
    if (!letter_or_digit(value[0]) && value[0] != '/')
        return false;
    for (const char *byte = value; *byte; byte++)
        if (!letter_or_digit(*byte) && !strchr("/_.+-", *byte))
            return false;
    return true;
}

/* A character as it stands between double quotes. */
static void write_character(struct text *text, const char *bytes, int step)
{
    uint32_t point = utf8_code_point(bytes, step);
    bool control = point < 0x20 || (point >= 0x7F && point < 0xA0);
    bool special = point == 0x2028 || point == 0x2029 || point == 0xFEFF || point == 0xFFFE ||
                   point == 0xFFFF; // line breaks, byte order marks
    if (point == '\n')
        text_add(text, "\\n", 2);
    else if (control || special)
        text_add_format(text, "\\u%04X", (unsigned)point);
    else if (point == '"' || point == '\\')
        text_add_format(text, "\\%c", (int)point);
    else
        text_add(text, bytes, (size_t)step);
}

static void write_scalar(struct text *text, const char *value)
{
    if (plain(value)) {
        text_add(text, value, strlen(value));
        return;
    }
    struct text good;
    text_init(&good);
    text_clear(&good);
    utf8_add_repaired(&good, value, strlen(value));
    text_add(text, "\"", 1);
    for (size_t at = 0; at < good.length;) {
        int step = utf8_step(good.bytes + at, good.length - at);
        write_character(text, good.bytes + at, step);
        at += (size_t)step;
    }
    text_add(text, "\"", 1);
    text_release(&good);
}

void yaml_write(struct text *text, const char *name, const char *value)
{
    write_scalar(text, name);
    text_add(text, ": ", 2);
    write_scalar(text, value);
    text_add(text, "\n", 1);
}
