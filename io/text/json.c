#include "io/text/json.h"
#include "io/text/utf8.h"
#include <math.h>
#include <string.h>

static void add(struct text *text, const char *words)
{
    text_add(text, words, strlen(words));
}

/* Takes no memory of its own for a good string: the metrics are written inside the update loop. */
static void add_string(struct text *text, const char *value)
{
    struct text repaired;
    size_t length = strlen(value);
    text_init(&repaired);
    if (!utf8_valid(value, length)) {
        utf8_add_repaired(&repaired, value, length);
        value = repaired.bytes;
        length = repaired.length;
    }
    add(text, "\"");
    for (size_t i = 0; i < length; i++) {
        char byte = value[i];
        if (byte == '"' || byte == '\\')
            add(text, "\\");
        if (byte == '\n')
            add(text, "\\n");
        else if (byte == '\t')
            add(text, "\\t");
        else if ((unsigned char)byte < 0x20)
            text_add_format(text, "\\u%04x", (unsigned)byte);
        else
            text_add(text, &byte, 1);
    }
    add(text, "\"");
    text_release(&repaired);
}

/* The comma, unless the text ends where a first value goes, and the name. */
static void begin(struct text *text, const char *name)
{
    char last = text->length ? text->bytes[text->length - 1] : '\n';
    if (last != '{' && last != '[' && last != '\n')
        add(text, ",");
    if (!name)
        return;
    add_string(text, name);
    add(text, ":");
}

void json_open(struct text *text, const char *name)
{
    begin(text, name);
    add(text, "{");
}

void json_close(struct text *text)
{
    add(text, "}");
}

void json_open_list(struct text *text, const char *name)
{
    begin(text, name);
    add(text, "[");
}

void json_close_list(struct text *text)
{
    add(text, "]");
}

void json_integer(struct text *text, const char *name, int64_t value)
{
    begin(text, name);
    text_add_format(text, "%lld", (long long)value);
}

void json_real(struct text *text, const char *name, double value)
{
    char word[32] = "null";
    if (isfinite(value))
        text_of_real(value, word);
    begin(text, name);
    add(text, word);
}

void json_bool(struct text *text, const char *name, int value)
{
    begin(text, name);
    add(text, value ? "true" : "false");
}

void json_text(struct text *text, const char *name, const char *value)
{
    begin(text, name);
    add_string(text, value);
}
